package nn

import "github.com/mole-kernel/mole-kernel/molelib/tensor"

// Propagate computes y = Â·x with Â = D^-½·(A + I)·D^-½, the graph convolution without
// weights: each node's row becomes a weighted mean of its own and those of its neighbours.
// Since Â is symmetric, the same takes a gradient with respect to y to one with respect to
// x. x and y are different matrices of a row for each node.
func (g *Graph) Propagate(y, x *tensor.Matrix) {
	g.mustHave("Propagate", x)
	sameShape("Propagate", y, x)
	inverse := g.normalization()
	g.aggregate(y, x, 1, inverse, inverse, new(sharing))
}
