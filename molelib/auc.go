package mole

import (
	"cmp"
	"math"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// meanAUC returns the mean area under the ROC curves of the classes that have examples,
// one against the rest.
func meanAUC(logits *tensor.Matrix, y []int) float64 {
	scores := probabilities(logits)
	sum, classes := 0.0, 0
	for c := range logits.Cols {
		if area := auc(scores, y, c); !math.IsNaN(area) {
			sum += area
			classes++
		}
	}
	if classes == 0 {
		return math.NaN()
	}
	return sum / float64(classes)
}

// auc is the Mann–Whitney statistic: the share of pairs of an example of class c and
// another one in which the first has the higher score, ties counted half. It is NaN when
// there are no such pairs.
func auc(scores *tensor.Matrix, y []int, c int) float64 {
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(scores.Row(i)[c], scores.Row(j)[c]) })
	ranks, members := 0.0, 0
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && scores.Row(order[to])[c] == scores.Row(order[from])[c] {
			to++
		}
		for _, i := range order[from:to] {
			if y[i] == c {
				ranks += float64(from+to+1) / 2 // the mean rank of equal scores, from 1
				members++
			}
		}
		from = to
	}
	others := len(y) - members
	if members == 0 || others == 0 {
		return math.NaN()
	}
	return (ranks - float64(members)*float64(members+1)/2) / (float64(members) * float64(others))
}

// probabilities returns the softmax of each row.
func probabilities(logits *tensor.Matrix) *tensor.Matrix {
	p := tensor.NewMatrix(logits.Rows, logits.Cols)
	for i := range logits.Rows {
		row, out := logits.Row(i), p.Row(i)
		top, sum := slices.Max(row), 0.0
		for j, v := range row {
			e := math.Exp(float64(v - top))
			out[j] = float32(e)
			sum += e
		}
		for j := range out {
			out[j] = float32(float64(out[j]) / sum)
		}
	}
	return p
}
