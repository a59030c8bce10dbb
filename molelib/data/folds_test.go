package data_test

import (
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

func TestFoldsTestEveryExampleOnceInEveryClass(t *testing.T) {
	d := data.Wine()
	tested := make(map[float32]int)
	for i := range d.X.Rows {
		d.X.Row(i)[0] = float32(i) // a name for each example
	}
	for f, fold := range d.Folds(10, 3) {
		if got := fold.Train.Len() + fold.Test.Len(); got != d.Len() {
			t.Errorf("fold %d has %d examples, want %d", f, got, d.Len())
		}
		if n := fold.Test.Len(); n < 17 || n > 18 {
			t.Errorf("fold %d tests %d of 178 examples, want 17 or 18", f, n)
		}
		for class, n := range fold.Test.ClassCounts() {
			if all := d.ClassCounts()[class]; n < all/10 || n > all/10+1 {
				t.Errorf("fold %d tests %d of the %d examples of class %d", f, n, all, class)
			}
		}
		for i := range fold.Test.Len() {
			tested[fold.Test.X.Row(i)[0]]++
		}
	}
	for i := range d.Len() {
		if n := tested[float32(i)]; n != 1 {
			t.Errorf("example %d is tested %d times, want once", i, n)
		}
	}
}

func TestFoldsFollowTheSeed(t *testing.T) {
	d := data.Iris()
	a, b, c := d.Folds(5, 1)[0].Test, d.Folds(5, 1)[0].Test, d.Folds(5, 2)[0].Test
	if a.X.Data[0] != b.X.Data[0] || !same(a.X.Data, b.X.Data) {
		t.Error("the same seed gives other folds")
	}
	if same(a.X.Data, c.X.Data) {
		t.Error("another seed gives the same folds")
	}
}

func same(a, b []float32) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}
