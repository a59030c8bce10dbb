package mi

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Binned returns Shannon's I(X;Y) of x, divided into bins of equal width over the range of
// all its values, and labels y, in bits (Tishby, Zaslavsky 2015; Saxe et al. 2018). With
// many dimensions almost every example falls into a cell of its own, and the value is near
// H(Y) whatever x is: it is here to compare with.
func Binned(x Sample, y Labels, bins int) float64 {
	n := mustPair(pointsOf(x), y)
	if bins < 1 {
		panic(fmt.Sprintf("mi: Binned: %d bins: give at least 1", bins))
	}
	if Validate(x) != nil {
		return math.NaN()
	}
	cells := cellsOf(pointsOf(x), bins)
	both, labels := make([]string, n), make([]string, n)
	for i := range n {
		labels[i] = string(binary.AppendVarint(nil, int64(y[i])))
		both[i] = cells[i] + labels[i]
	}
	return frequencyEntropy(cells) + frequencyEntropy(labels) - frequencyEntropy(both)
}

// cellsOf names the cell of each example by the bins of its values.
func cellsOf(x Points, bins int) []string {
	n, d := x.Dims()
	low, high := math.Inf(1), math.Inf(-1)
	for i := range n {
		for j := range d {
			low, high = min(low, x.At(i, j)), max(high, x.At(i, j))
		}
	}
	cells := make([]string, n)
	for i := range n {
		var cell []byte
		for j := range d {
			bin := 0
			if high > low {
				bin = min(bins-1, int(float64(bins)*(x.At(i, j)-low)/(high-low)))
			}
			cell = binary.LittleEndian.AppendUint32(cell, uint32(bin))
		}
		cells[i] = string(cell)
	}
	return cells
}

func frequencyEntropy(names []string) float64 {
	counts := make(map[string]int)
	for _, name := range names {
		counts[name]++
	}
	frequencies := make([]float64, 0, len(counts))
	for _, c := range counts {
		frequencies = append(frequencies, float64(c)/float64(len(names)))
	}
	// The order of a map must not reach the last bits of a sum.
	slices.Sort(frequencies)
	s := spectrum{alpha: 1, values: frequencies}
	return s.entropy()
}

// KSG returns Shannon's I(X;Y) from distances to the k-th nearest neighbour, in bits. With
// two sets of points it is the first estimator of Kraskov, Stögbauer, Grassberger (Phys.
// Rev. E 2004), ψ(k) − ⟨ψ(n_x+1) + ψ(n_y+1)⟩ + ψ(n); with Labels on either side that of Ross
// (PLoS ONE 2014), ψ(n) − ⟨ψ(n_class)⟩ + ψ(k) − ⟨ψ(m)⟩. Distances are maximum norms. It may be
// slightly negative for independent variables; points that coincide spoil it. k must lie
// between 1 and n−1. It takes time n²·d.
func KSG(x, y Sample, k int) float64 {
	return ksg(pointsOf(x), pointsOf(y), k)
}

func ksg(x, y Points, k int) float64 {
	n := mustPair(x, y)
	if k < 1 || k >= n {
		panic(fmt.Sprintf("mi: KSG: k = %d: it must lie between 1 and %d", k, n-1))
	}
	if Validate(x) != nil || Validate(y) != nil {
		return math.NaN()
	}
	if _, labels := x.(Labels); labels {
		x, y = y, x
	}
	dx := maximumDistances(x)
	if labels, ok := y.(Labels); ok {
		return ross(dx, labels, k) / math.Ln2
	}
	dy := maximumDistances(y)
	sum, joint := 0.0, make([]float64, 0, n)
	for i := range n {
		joint = joint[:0]
		for j := range n {
			if j != i {
				joint = append(joint, max(dx[i*n+j], dy[i*n+j]))
			}
		}
		slices.Sort(joint)
		nx, ny := 0, 0
		for j := range n {
			if j == i {
				continue
			}
			if dx[i*n+j] < joint[k-1] {
				nx++
			}
			if dy[i*n+j] < joint[k-1] {
				ny++
			}
		}
		sum += mathext.Digamma(float64(nx+1)) + mathext.Digamma(float64(ny+1))
	}
	return (mathext.Digamma(float64(k)) - sum/float64(n) + mathext.Digamma(float64(n))) / math.Ln2
}

// ross leaves out classes of one example, which have no neighbour.
func ross(dx []float64, y Labels, k int) float64 {
	n := len(y)
	counts := make(map[int]int)
	for _, c := range y {
		counts[c]++
	}
	var classes, within, neighbours float64
	used := 0
	near := make([]float64, 0, n)
	for i := range n {
		if counts[y[i]] < 2 {
			continue
		}
		near = near[:0]
		for j := range n {
			if j != i && y[j] == y[i] {
				near = append(near, dx[i*n+j])
			}
		}
		slices.Sort(near)
		ki := min(k, len(near))
		radius, m := near[ki-1], 0
		for j := range n {
			if j != i && counts[y[j]] > 1 && dx[i*n+j] <= radius {
				m++
			}
		}
		used++
		classes += mathext.Digamma(float64(counts[y[i]]))
		within += mathext.Digamma(float64(ki))
		neighbours += mathext.Digamma(float64(m))
	}
	if used == 0 {
		return 0
	}
	return mathext.Digamma(float64(used)) + (within-classes-neighbours)/float64(used)
}

func maximumDistances(x Points) []float64 {
	n, d := x.Dims()
	values := make([]float64, n*d)
	for i := range n {
		for j := range d {
			values[i*d+j] = x.At(i, j)
		}
	}
	distances := make([]float64, n*n)
	for i := range n {
		for j := i + 1; j < n; j++ {
			far := 0.0
			for c := range d {
				far = max(far, math.Abs(values[i*d+c]-values[j*d+c]))
			}
			distances[i*n+j], distances[j*n+i] = far, far
		}
	}
	return distances
}
