package data

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func regression(t *testing.T) *Dataset {
	t.Helper()
	x, y := tensor.NewMatrix(10, 2), tensor.NewMatrix(10, 2)
	for i := range 10 {
		x.Set(i, 0, float64(i))
		x.Set(i, 1, float64(-i))
		y.Set(i, 0, float64(10*i))
		y.Set(i, 1, float64(i*i))
	}
	d, err := NewRegression(x, y, []string{"ten", "square"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTargetsStayWithTheirExamples(t *testing.T) {
	d := regression(t)
	train, test := d.Split(0.3, 1)
	parts := []*Dataset{train, test, d.Head(3), d.Shuffled(2), d.Subset([]int{9, 0})}
	for _, f := range d.Folds(3, 1) {
		parts = append(parts, f.Train, f.Test)
	}
	scaled := FitScaler(train).Apply(test)
	if !slices.Equal(scaled.Targets.Data, test.Targets.Data) {
		t.Error("scaling features changed the targets")
	}
	for k, p := range parts {
		if err := p.Validate(); err != nil {
			t.Errorf("part %d: %v", k, err)
		}
		for i := range p.Len() {
			if x := p.X.At(i, 0); p.Targets.At(i, 0) != 10*x || p.Targets.At(i, 1) != x*x {
				t.Errorf("part %d: example %v has the targets %v", k, x, p.Targets.Row(i))
			}
		}
	}
	if train.Len() != 7 || test.Len() != 3 {
		t.Errorf("split in %d and %d, want 7 and 3", train.Len(), test.Len())
	}
	parts[2].Targets.Set(0, 0, 99)
	if d.Targets.At(0, 0) == 99 {
		t.Error("a part shares its targets with the whole")
	}
}

func TestEveryExampleIsTestedOnceWithoutLabels(t *testing.T) {
	d, seen := regression(t).Unlabelled(), make(map[float64]int)
	for _, f := range d.Folds(4, 1) {
		for i := range f.Test.Len() {
			seen[f.Test.X.At(i, 0)]++
		}
		if f.Train.Len()+f.Test.Len() != 10 || f.Train.Labelled() || f.Train.Regression() {
			t.Errorf("fold of %d and %d examples", f.Train.Len(), f.Test.Len())
		}
	}
	for x, n := range seen {
		if n != 1 || len(seen) != 10 {
			t.Errorf("example %v was tested %d times", x, n)
		}
	}
}

func TestBadTargetsAreNamed(t *testing.T) {
	for want, spoil := range map[string]func(*Dataset){
		"row 3, target 1 (square) is NaN":  func(d *Dataset) { d.Targets.Set(3, 1, math.NaN()) },
		"row 0, target 0 (ten) is -Inf":    func(d *Dataset) { d.Targets.Set(0, 0, math.Inf(-1)) },
		"10 examples but 9 rows":           func(d *Dataset) { d.Targets = tensor.NewMatrix(9, 2) },
		"2 targets but 1 target names":     func(d *Dataset) { d.TargetNames = d.TargetNames[:1] },
		"both labels and targets":          func(d *Dataset) { d.Y, d.Classes = make([]int, 10), []string{"a"} },
		"Targets are 10×2 but hold 3":      func(d *Dataset) { d.Targets.Data = d.Targets.Data[:3] },
		"row 2, column 1 is NaN":           func(d *Dataset) { d.X.Set(2, 1, math.NaN()) },
		"has no examples or no features":   func(d *Dataset) { d.X = nil },
		"the dataset is nil: look at the ": nil,
	} {
		d := regression(t)
		if spoil == nil {
			d = nil
		} else {
			spoil(d)
		}
		wantError(t, d.Validate(), want)
	}
	_, err := NewRegression(tensor.NewMatrix(1, 1), nil, nil)
	wantError(t, err, "targets: data: no matrix")
}

func TestTargetsAndUnlabelledSetsAreShown(t *testing.T) {
	d := regression(t)
	bundle, err := d.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	text, page := d.String(), bundle["text/html"].(string)
	for _, want := range []string{"2 targets", "ten from 0 to 90, mean 45"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	if !strings.Contains(page, "square") || strings.Contains(page, "class") {
		t.Errorf("the page is %s", page)
	}
	if text := d.Unlabelled().String(); !strings.Contains(text, "no labels") {
		t.Errorf("without labels: %q", text)
	}
}

func TestFriedmanIsTheFormula(t *testing.T) {
	d := Friedman(2000, 0, 1)
	x := d.X.Row(7)
	want := 10*math.Sin(math.Pi*float64(x[0])*float64(x[1])) + 20*math.Pow(float64(x[2])-0.5, 2) + 10*float64(x[3]) + 5*float64(x[4])
	if got := d.Targets.At(7, 0); math.Abs(got-want) > 1e-5 { // float32
		t.Errorf("got %v, want %v", got, want)
	}
	// The features are the same with noise, the targets differ by about its size.
	noisy, std := Friedman(2000, 2, 1), 0.0
	for i := range 2000 {
		std += math.Pow(noisy.Targets.At(i, 0)-d.Targets.At(i, 0), 2) / 2000
	}
	if math.Abs(math.Sqrt(std)-2) > 0.1 {
		t.Errorf("noise of deviation %v, want 2", math.Sqrt(std))
	}
	if s := FitTargetScaler(d); math.Abs(s.Mean[0]-14.4) > 0.3 || math.Abs(s.Std[0]-4.9) > 0.2 {
		t.Errorf("mean %v and deviation %v, want about 14.4 and 4.9", s.Mean[0], s.Std[0])
	}
	if !slices.Equal(Friedman(20, 1, 3).Targets.Data, Friedman(20, 1, 3).Targets.Data) {
		t.Error("the same seed gives other examples")
	}
}

const houses = "rooms,colour,price,rent\n3,red,100,1.5\n4,blue,120,2\n2,red,80,1\n"

func TestColumnsOfACSVBecomeTargets(t *testing.T) {
	d, err := ReadCSV(strings.NewReader(houses), "houses.csv", CSVOptions{Targets: []string{"rent", "price"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
	if !slices.Equal(d.Features, []string{"rooms", "colour=blue", "colour=red"}) || !slices.Equal(d.TargetNames, []string{"rent", "price"}) {
		t.Errorf("features %q, targets %q", d.Features, d.TargetNames)
	}
	if !mat.Equal(d.Targets.Dense(), mat.NewDense(3, 2, []float64{1.5, 100, 2, 120, 1, 80})) || d.Y != nil {
		t.Errorf("targets %v, labels %v", d.Targets.Data, d.Y)
	}
	d, err = ReadCSV(strings.NewReader(houses), "houses.csv", CSVOptions{NoLabel: true})
	if err != nil || d.Labelled() || d.Regression() || d.Width() != 5 {
		t.Errorf("without a label: %v, %v", d, err)
	}
}

func TestBadTargetsOfACSVAreNamed(t *testing.T) {
	for want, c := range map[string]struct {
		text string
		o    CSVOptions
	}{
		`houses.csv, line 3, column 2 (price): "dear" is no number`: {"rooms,price\n3,1\n4,dear\n", CSVOptions{Targets: []string{"price"}}},
		"line 2, column 2 (price): the target is missing":           {"rooms,price\n3,\n4,1\n", CSVOptions{Targets: []string{"price"}, Missing: KeepMissing}},
		"line 2, column 2 (price): 1e99 is infinite":                {"rooms,price\n3,1e99\n4,1\n", CSVOptions{Targets: []string{"price"}}},
		`has no column "cost" (Targets)`:                            {houses, CSVOptions{Targets: []string{"cost"}}},
		"exclude each other":                                        {houses, CSVOptions{Targets: []string{"price"}, Label: "rent"}},
		"nothing to learn from":                                     {"price\n3\n", CSVOptions{Targets: []string{"price"}}},
	} {
		_, err := ReadCSV(strings.NewReader(c.text), "houses.csv", c.o)
		wantError(t, err, want)
	}
	d, err := ReadCSV(strings.NewReader("rooms,price\n3,\n4,1\n"), "houses.csv", CSVOptions{Targets: []string{"price"}, Missing: DropMissing})
	if err != nil || d.Len() != 1 {
		t.Errorf("dropping: %v, %v", d, err)
	}
}

func FuzzCSVTargets(f *testing.F) {
	f.Add(houses, "price", uint(0))
	f.Add("a,b\n1,NA\n\"x\ny\",2\n", "b", uint(1))
	f.Add("a,b\n1,1e40\n", "b", uint(2))
	f.Fuzz(func(t *testing.T, text, target string, missing uint) {
		o := CSVOptions{Targets: []string{target}, Missing: Missing(missing % 3)}
		if target == "" {
			o = CSVOptions{NoLabel: true, Missing: Missing(missing % 3)}
		}
		d, err := ReadCSV(strings.NewReader(text), "t", o)
		if err != nil {
			return
		}
		if d.Labelled() || d.Regression() != (target != "") {
			t.Errorf("ReadCSV(%q) to predict %q: %v", text, target, d)
		}
		if err := d.Validate(); err != nil && (o.Missing != KeepMissing || !strings.Contains(err.Error(), "column")) {
			t.Errorf("ReadCSV(%q) gives an unfit dataset: %v", text, err)
		}
	})
}
