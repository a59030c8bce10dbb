package data

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Split shuffles d by seed and divides it: the share testShare of the examples,
// rounded up, becomes test, the rest train. Every class keeps its share in both
// (stratified), as far as whole examples allow; a class with a single example
// stays in train. Examples without labels are divided by chance alone. The same seed gives
// the same split. testShare must lie in (0, 1).
func (d *Dataset) Split(testShare float64, seed int) (train, test *Dataset) {
	d.mustFit("Split")
	strata, counts := d.strata()
	trainRows, testRows := splitRows(strata, counts, testShare, seed)
	return d.Subset(trainRows), d.Subset(testRows)
}

// splitRows divides the examples that have the given labels.
func splitRows(labels, counts []int, testShare float64, seed int) (trainRows, testRows []int) {
	if !(testShare > 0 && testShare < 1) {
		panic("data: Split: the share of test examples must lie between 0 and 1")
	}
	quota := testQuota(counts, testShare)
	for _, i := range permutation(len(labels), seed) {
		if y := labels[i]; quota[y] > 0 {
			quota[y]--
			testRows = append(testRows, i)
		} else {
			trainRows = append(trainRows, i)
		}
	}
	return trainRows, testRows
}

// strata returns the group of every example that divisions keep the shares of, and the
// sizes of the groups: the classes, or a single one without labels.
func (d *Dataset) strata() (of, counts []int) {
	if d.Labelled() {
		return d.Y, d.ClassCounts()
	}
	return make([]int, d.Len()), []int{d.Len()}
}

// testQuota shares ⌈n·share⌉ test examples out to the classes by largest remainder.
func testQuota(counts []int, share float64) []int {
	type claim struct {
		class     int
		remainder float64
	}
	quota, claims, n, given := make([]int, len(counts)), []claim(nil), 0, 0
	for class, count := range counts {
		exact := float64(count) * share
		quota[class] = min(int(exact), max(0, count-1))
		n, given = n+count, given+quota[class]
		if quota[class] < count-1 {
			claims = append(claims, claim{class, exact - float64(quota[class])})
		}
	}
	slices.SortStableFunc(claims, func(a, b claim) int { return cmp.Compare(b.remainder, a.remainder) })
	// The small constant keeps 0.3·10 = 3.0000000000000004 at 3.
	want := int(math.Ceil(float64(n)*share - 1e-9))
	for _, c := range claims[:max(0, min(len(claims), want-given))] {
		quota[c.class]++
	}
	return quota
}

// Subset returns the examples in the given rows, in that order, as a copy. A row
// may occur more than once.
func (d *Dataset) Subset(rows []int) *Dataset {
	d.mustFit("Subset")
	for _, i := range rows {
		if i < 0 || i >= d.Len() {
			panic(fmt.Sprintf("data: Subset: there is no row %d: %s has %d, counted from 0", i, d.Name, d.Len()))
		}
	}
	s := *d
	s.X = chosen(d.X, rows)
	if d.Labelled() {
		s.Y = make([]int, len(rows))
		d.Gather(nil, s.Y, rows)
	}
	if d.Targets != nil {
		s.Targets = chosen(d.Targets, rows)
	}
	return &s
}

func chosen(m *tensor.Matrix, rows []int) *tensor.Matrix {
	out := tensor.NewMatrix(len(rows), m.Cols)
	for k, i := range rows {
		copy(out.Row(k), m.Row(i))
	}
	return out
}

// Gather copies the given rows of d into x (len(rows)×d) and their labels into y,
// without allocating. Either of x and y may be nil; y must be when d has no labels.
func (d *Dataset) Gather(x *tensor.Matrix, y []int, rows []int) {
	if x != nil && (x.Rows != len(rows) || x.Cols != d.X.Cols) {
		panic("data: Gather: x does not have the shape of the rows")
	}
	for k, i := range rows {
		if x != nil {
			copy(x.Row(k), d.X.Row(i))
		}
		if y != nil {
			y[k] = d.Y[i]
		}
	}
}

// Head returns a copy of the first n examples, or of all when there are fewer.
func (d *Dataset) Head(n int) *Dataset {
	return d.Subset(upTo(max(0, min(n, d.Len()))))
}

// Shuffled returns a copy of d in an order that seed decides.
func (d *Dataset) Shuffled(seed int) *Dataset {
	return d.Subset(permutation(d.Len(), seed))
}

// Batches returns the rows of d, shuffled by seed, in batches of the given size;
// the last one may be smaller. The same seed gives the same batches: use another
// one, such as seed + epoch, for every epoch.
func (d *Dataset) Batches(size, seed int) [][]int {
	if size < 1 {
		panic("data: Batches: the size must be at least 1")
	}
	return slices.Collect(slices.Chunk(permutation(d.Len(), seed), size))
}

func permutation(n, seed int) []int {
	return rand.New(rand.NewPCG(uint64(seed), 0x6d6f6c65)).Perm(n)
}
