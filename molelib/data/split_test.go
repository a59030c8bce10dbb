package data

import (
	"math"
	"slices"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestSplitIsStratifiedAndComplete(t *testing.T) {
	for _, d := range []*Dataset{Iris(), Wine(), BreastCancer(), Digits()} {
		for _, share := range []float64{0.1, 0.2, 0.25, 1. / 3, 0.5} {
			train, test := d.Split(share, 7)
			if want := int(math.Ceil(float64(d.Len())*share - 1e-9)); test.Len() != want || train.Len() != d.Len()-want {
				t.Errorf("%s, %v: %d + %d examples, want %d for test", d.Name, share, train.Len(), test.Len(), want)
			}
			counts := d.ClassCounts()
			for class, n := range test.ClassCounts() {
				if exact := float64(counts[class]) * share; math.Abs(float64(n)-exact) >= 1 {
					t.Errorf("%s, %v: %d test examples of class %d, want about %.1f", d.Name, share, n, class, exact)
				}
			}
			if sum(train.X)+sum(test.X) != sum(d.X) {
				t.Errorf("%s, %v: examples were lost or doubled", d.Name, share)
			}
		}
	}
}

func sum(m *tensor.Matrix) (s int64) {
	for _, v := range m.Data {
		s += int64(math.Round(float64(v) * 1e5))
	}
	return s
}

func TestSplitDependsOnTheSeedAlone(t *testing.T) {
	a, _ := Digits().Split(0.2, 1)
	b, _ := Digits().Split(0.2, 1)
	c, _ := Digits().Split(0.2, 2)
	if !slices.Equal(a.X.Data, b.X.Data) {
		t.Error("the same seed gives another split")
	}
	if slices.Equal(a.X.Data, c.X.Data) {
		t.Error("another seed gives the same split")
	}
}

func TestSplitLeavesSingleExamplesInTrain(t *testing.T) {
	d, err := FromRows([][]float64{{0}, {1}, {2}, {3}, {4}}, []int{0, 0, 0, 0, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range 20 {
		train, test := d.Split(0.4, seed)
		if train.ClassCounts()[1] != 1 || test.Len() != 2 {
			t.Fatalf("seed %d: the only example of class 1 went to test (%v, %v)", seed, train.Y, test.Y)
		}
	}
}

func TestSplitRefusesAShareOutsideTheUnitInterval(t *testing.T) {
	for _, share := range []float64{0, 1, -0.1, 1.5, math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Split(%v) did not panic", share)
				}
			}()
			Iris().Split(share, 1)
		}()
	}
}

func TestSubsetCopies(t *testing.T) {
	d := Iris()
	s := d.Subset([]int{149, 0, 149})
	if !slices.Equal(s.Y, []int{2, 0, 2}) || !slices.Equal(s.X.Row(0), d.X.Row(149)) {
		t.Errorf("rows 149, 0, 149 became %v", s.Y)
	}
	s.X.Row(0)[0] = 99
	if d.X.Row(149)[0] == 99 {
		t.Error("a subset shares memory with its origin")
	}
	if n := d.Head(1000).Len(); n != 150 {
		t.Errorf("Head(1000) of 150 has %d", n)
	}
}

func TestBatchesCoverEveryRowOnce(t *testing.T) {
	d := Iris()
	batches := d.Batches(64, 3)
	if len(batches) != 3 || len(batches[0]) != 64 || len(batches[2]) != 22 {
		t.Fatalf("%d batches, the last of %d", len(batches), len(batches[len(batches)-1]))
	}
	rows := slices.Sorted(slices.Values(slices.Concat(batches...)))
	for i, row := range rows {
		if i != row {
			t.Fatalf("row %d is missing or doubled", i)
		}
	}
	if !slices.Equal(batches[1], d.Batches(64, 3)[1]) || slices.Equal(batches[1], d.Batches(64, 4)[1]) {
		t.Error("batches must depend on the seed, and on nothing else")
	}
}

func TestScalerStandardizesTrainAndOnlyAppliesToTest(t *testing.T) {
	train, test := Wine().Split(0.3, 1)
	s := FitScaler(train)
	scaled := s.Apply(train)
	for j := range scaled.Width() {
		var mean, square float64
		for i := range scaled.Len() {
			v := float64(scaled.X.Row(i)[j])
			mean += v / float64(scaled.Len())
			square += v * v / float64(scaled.Len())
		}
		// float32 values: about 1e-7 an element.
		if math.Abs(mean) > 1e-5 || math.Abs(square-1) > 1e-5 {
			t.Errorf("feature %d: mean %g, mean square %g; want 0 and 1", j, mean, square)
		}
	}
	want := float32((float64(test.X.Row(4)[12]) - s.Mean[12]) / s.Std[12])
	if got := s.Apply(test).X.Row(4)[12]; got != want {
		t.Errorf("test value %v, want %v by the training examples' mean and deviation", got, want)
	}
	a, b := Standardize(train, test)
	if !slices.Equal(a.X.Data, scaled.X.Data) || !slices.Equal(b.X.Data, s.Apply(test).X.Data) {
		t.Error("Standardize differs from FitScaler and Apply")
	}
}

func TestScalerLeavesConstantFeaturesFinite(t *testing.T) {
	d, err := FromRows([][]float64{{0.1, 5}, {0.1, 7}, {0.1, 9}}, []int{0, 1, 0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	scaled := FitScaler(d).Apply(d)
	if err := scaled.Validate(); err != nil {
		t.Error(err)
	}
	if v := scaled.X.Row(2)[0]; math.Abs(float64(v)) > 1e-6 {
		t.Errorf("a constant feature became %v, want 0", v)
	}
}
