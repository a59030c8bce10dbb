package nn

import (
	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// BackwardOn takes the gradient through the weighted means and the attention: with
// dα_ij = dy_i·z_j, the softmax gives dscore_ij = α_ij·(dα_ij − Σ_k α_ik·dα_ik), and z_j
// gets α_ij·dy_i from every node i that attends to it, besides a_src and a_dst times the
// sums of dscore over the edges from and to it.
func (l *GATLayer) BackwardOn(g *Graph, dx, dy, x, _ *tensor.Matrix) {
	l.backwardOf(g, dx, dy, (*dense)(x))
}

func (l *GATLayer) backwardOf(g *Graph, dx, dy *tensor.Matrix, x features) {
	w := &l.work
	sumRows(l.Bias.Grad.Data, dy)
	slopes := l.headSlopes(dy)
	sized(&w.dScore, w.alpha.Rows, w.alpha.Cols)
	sized(&w.dSource, g.Nodes, l.Attention.Heads)
	sized(&w.dDestination, g.Nodes, l.Attention.Heads)
	sized(&w.dz, w.z.Rows, w.z.Cols)
	l.shared.run(g.Nodes, func(_, from, to int) {
		for i := from; i < to; i++ {
			l.scoreSlopes(g, i, slopes)
		}
	})
	reverse := g.reversed()
	l.shared.run(g.Nodes, func(_, from, to int) {
		for j := from; j < to; j++ {
			l.valueSlopes(g, j, slopes, reverse)
		}
	})
	l.attentionSlopes()
	x.gradient(l.Weight.Grad, &w.dz)
	if dx != nil {
		backend.MatMul(dx, 1, &w.dz, false, l.Weight.Value, true, 0)
	}
}

// headSlopes returns the gradient of the output of each head.
func (l *GATLayer) headSlopes(dy *tensor.Matrix) *tensor.Matrix {
	if !l.Attention.Mean {
		return dy
	}
	heads, out := l.Attention.Heads, &l.work.dHeads
	sized(out, dy.Rows, heads*dy.Cols)
	clear(out.Data)
	for i := range dy.Rows {
		for h := range heads {
			axpy(headOf(out.Row(i), h, heads), 1/float32(heads), dy.Row(i))
		}
	}
	return out
}

// scoreSlopes computes the gradients of the scores that node i gives, and their sum.
func (l *GATLayer) scoreSlopes(g *Graph, i int, slopes *tensor.Matrix) {
	w, heads := &l.work, l.Attention.Heads
	from, to := g.edges(i)
	alpha, dScore := w.alpha.Data[from*heads:to*heads], w.dScore.Data[from*heads:to*heads]
	own, mine, total := slopes.Row(i), w.destination.Row(i), w.dDestination.Row(i)
	for k := range to - from {
		z := w.z.Row(g.other(i, k))
		for h := range heads {
			dScore[k*heads+h] = dot(headOf(own, h, heads), headOf(z, h, heads))
		}
	}
	if l.Attention.Dropout > 0 {
		for k, factor := range w.factors[from*heads : to*heads] {
			dScore[k] *= factor
		}
	}
	for h := range heads {
		mean := float32(0)
		for k := h; k < len(alpha); k += heads {
			mean += alpha[k] * dScore[k]
		}
		total[h] = 0
		for k := range to - from {
			at := k*heads + h
			dScore[at] = alpha[at] * (dScore[at] - mean)
			if w.source.Data[g.other(i, k)*heads+h]+mine[h] <= 0 {
				dScore[at] *= float32(l.Attention.Slope)
			}
			total[h] += dScore[at]
		}
	}
}

// valueSlopes computes the gradient of z_j from all nodes that attend to node j: itself
// and its neighbours.
func (l *GATLayer) valueSlopes(g *Graph, j int, slopes *tensor.Matrix, reverse []int32) {
	w, heads, weights := &l.work, l.Attention.Heads, l.weights()
	out, dSource := w.dz.Row(j), w.dSource.Row(j)
	clear(out)
	clear(dSource)
	first, end := g.edges(j)
	for k := range end - first {
		i, edge := j, first
		if k > 0 {
			place := int(g.Offsets[j]) + k - 1
			i = int(g.Neighbors[place])
			edge = int(reverse[place]) + i + 1
		}
		for h, weight := range weights.Row(edge) {
			axpy(headOf(out, h, heads), weight, headOf(slopes.Row(i), h, heads))
			dSource[h] += w.dScore.Row(edge)[h]
		}
	}
	for h := range heads {
		axpy(headOf(out, h, heads), dSource[h], l.Source.Value.Row(h))
		axpy(headOf(out, h, heads), w.dDestination.Row(j)[h], l.Destination.Value.Row(h))
	}
}

// attentionSlopes computes da_src = Σ dsource_j·z_j, and the same of a_dst.
func (l *GATLayer) attentionSlopes() {
	w, heads := &l.work, l.Attention.Heads
	clear(l.Source.Grad.Data)
	clear(l.Destination.Grad.Data)
	for j := range w.z.Rows {
		for h := range heads {
			z := headOf(w.z.Row(j), h, heads)
			axpy(l.Source.Grad.Row(h), w.dSource.Row(j)[h], z)
			axpy(l.Destination.Grad.Row(h), w.dDestination.Row(j)[h], z)
		}
	}
}
