package data

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one that says %q", err, want)
	}
}

func TestNewTakesAMatrix(t *testing.T) {
	x := mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 6})
	y := []int{0, 1, 1}
	d, err := New(x, y, []string{"no", "yes"})
	if err != nil {
		t.Fatal(err)
	}
	x.Set(0, 0, 99)
	y[0] = 1
	if d.Len() != 3 || d.Width() != 2 || !slices.Equal(d.X.Data, []float32{1, 2, 3, 4, 5, 6}) || d.Y[0] != 0 {
		t.Errorf("got %v with labels %v: not a copy of what was given", d.X.Data, d.Y)
	}
}

func TestNewTakesATensor(t *testing.T) {
	iris := Iris()
	d, err := New(iris.X, iris.Y, iris.Classes)
	if err != nil || !slices.Equal(d.X.Data, iris.X.Data) {
		t.Errorf("%v, %v", d, err)
	}
}

func TestFromRowsNamesClassesByLabel(t *testing.T) {
	d, err := FromRows([][]float64{{1}, {2}}, []int{2, 0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Classes, []string{"0", "1", "2"}) {
		t.Errorf("classes %q", d.Classes)
	}
}

func TestBadDataIsNamedByRowAndColumn(t *testing.T) {
	rows := [][]float64{{1, 2}, {3, 4}}
	for _, c := range []struct {
		rows    [][]float64
		y       []int
		classes []string
		want    string
	}{
		{nil, nil, nil, "no rows"},
		{[][]float64{{1, 2}, {3}}, []int{0, 1}, nil, "row 1 has 1 features, row 0 has 2"},
		{rows, []int{0}, nil, "2 examples but 1 labels"},
		{rows, []int{0, 2}, []string{"a", "b"}, "row 1: label 2 is outside"},
		{rows, []int{0, -1}, []string{"a", "b"}, "row 1: label -1 is outside"},
		{[][]float64{{1, 2}, {3, math.NaN()}}, []int{0, 1}, nil, "row 1, column 1 is NaN"},
		{[][]float64{{math.Inf(1), 2}, {3, 4}}, []int{0, 1}, nil, "row 0, column 0 is +Inf"},
	} {
		_, err := FromRows(c.rows, c.y, c.classes)
		wantError(t, err, c.want)
	}
	d := Iris()
	d.X.Row(7)[2] = float32(math.NaN())
	wantError(t, d.Validate(), "Iris, row 7, column 2 (petal length (cm)) is NaN")
	d = Digits()
	d.Shape = []int{8, 9}
	wantError(t, d.Validate(), "shape [8 9] has 72 values")
}

func TestVectorDataShowsATable(t *testing.T) {
	page := bundle(t, Wine())
	for _, want := range []string{"<b>Wine</b>", "alcohol", "proline", ">1680</td>", "class_2"} {
		if !strings.Contains(page, want) {
			t.Errorf("the table misses %q:\n%s", want, page)
		}
	}
}

func TestImageDataShowsExamplesOfEveryClass(t *testing.T) {
	page := bundle(t, Digits())
	sources := regexp.MustCompile(`src="data:image/png;base64,([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(sources) != 10 {
		t.Fatalf("%d pictures, want one for each class:\n%s", len(sources), page)
	}
	for _, source := range sources {
		raw, err := base64.StdEncoding.DecodeString(source[1])
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if size := picture.Bounds().Size(); size.X != 90 || size.Y != 8 {
			t.Errorf("a strip of %v, want 10 examples of 8×8 with a border of 1", size)
		}
	}
}

func TestNamesCannotInjectHTML(t *testing.T) {
	d := Iris()
	d.Name, d.Classes[0], d.Features[0] = "<script>a", "<script>b", "<script>c"
	if page := bundle(t, d); strings.Contains(page, "<script>") {
		t.Errorf("unescaped name in\n%s", page)
	}
}

func TestEmptyDatasetCanBeShown(t *testing.T) {
	bundle(t, Iris().Head(0))
	bundle(t, Digits().Head(0))
}

func bundle(t *testing.T, d *Dataset) string {
	t.Helper()
	b, err := d.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	if b["text/plain"] != d.String() {
		t.Errorf("text/plain is %q, want String()", b["text/plain"])
	}
	return b["text/html"].(string)
}
