package data

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// message returns what f panics with.
func message(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	f()
	return "no panic"
}

func TestMisuseIsExplained(t *testing.T) {
	var none *Dataset
	unlabelled := Iris()
	unlabelled.Y = unlabelled.Y[:3]
	strange := Iris()
	strange.Y[2] = 9
	for name, c := range map[string]struct {
		call func()
		want string
	}{
		"split of nil":          {func() { none.Split(0.2, 1) }, "the dataset is nil"},
		"split of nothing":      {func() { new(Dataset).Split(0.2, 1) }, "has no examples"},
		"split without labels":  {func() { unlabelled.Split(0.2, 1) }, "150 examples but 3 labels"},
		"split of wrong labels": {func() { strange.Split(0.2, 1) }, "row 2: label 9"},
		"row outside":           {func() { Iris().Subset([]int{1, 150}) }, "no row 150: Iris has 150"},
		"negative row":          {func() { Iris().Subset([]int{-1}) }, "no row -1"},
		"scaler of nil":         {func() { FitScaler(none) }, "FitScaler: the dataset is nil"},
		"standardize nil":       {func() { Standardize(Iris(), none) }, "Apply: the dataset is nil"},
	} {
		if got := message(c.call); !strings.Contains(got, c.want) || !strings.HasPrefix(got, "data: ") {
			t.Errorf("%s: got %q, want %q in it", name, got, c.want)
		}
	}
}

func TestWrongLabelsAreErrors(t *testing.T) {
	row := [][]float64{{1}}
	_, huge := FromRows(row, []int{1 << 40}, nil)
	_, negative := FromRows(row, []int{-1}, nil)
	_, missing := New(nil, nil, nil)
	_, null := New((*tensor.Matrix)(nil), nil, nil)
	for want, err := range map[string]error{
		"label 1099511627776": huge, "label -1 is outside": negative, "no matrix": missing, "matrix is nil": null,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestAnEmptyDatasetIsShown(t *testing.T) {
	d := new(Dataset)
	if _, err := d.MIMEBundle(); err != nil {
		t.Error(err)
	}
	strange := Iris()
	strange.Y[2] = 9
	if _, err := strange.MIMEBundle(); err != nil {
		t.Error(err)
	}
}
