package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// GATLayer is a graph attention layer (Veličković et al. 2018). Each head takes z = x·W
// and gives node i the mean of z_j over itself and its neighbours j, weighted by
//
//	α_ij = softmax_j LeakyReLU(a_src·z_j + a_dst·z_i)
//
// The output is all heads beside each other, or their mean, plus b.
type GATLayer struct {
	onNodes
	Attention           Attention
	Weight              *Param // inputs×(heads·outputs), head after head
	Source, Destination *Param // heads×outputs: a_src and a_dst
	Bias                *Param // 1×the width of the output

	source *rand.PCG // of dropout
	shared sharing
	work   gatWork
}

// Attention is how a GAT layer attends. Its zero value is one head without dropout.
type Attention struct {
	Heads   int     // 0 means 1
	Mean    bool    // the heads' mean is the output, as in a last layer, not all beside each other
	Slope   float64 // of the LeakyReLU below 0; 0 means 0.2
	Dropout float64 // share of the α_ij that are set to zero in training, in [0, 1)
}

// gatWork has what is computed on the way. Values of edges are heads beside each other;
// those of node i stand in rows edges(i), itself first and then its neighbours.
type gatWork struct {
	z           tensor.Matrix // nodes×(heads·outputs)
	source      tensor.Matrix // nodes×heads: a_src·z
	destination tensor.Matrix // nodes×heads: a_dst·z
	alpha       tensor.Matrix // edges×heads: α before dropout
	kept        tensor.Matrix // edges×heads: α behind dropout

	factors []float32 // of dropout, for each α: 0 or 1/(1−Dropout)

	dScore, dSource, dDestination, dz tensor.Matrix // gradients
	dHeads                            tensor.Matrix // dy of each head, when the output is their mean
}

var (
	_ onFeatures = (*GATLayer)(nil)
	_ Rescaler   = (*GATLayer)(nil)
)

// GAT returns a graph attention layer with zero parameters, whose heads have the given
// number of outputs; Init gives it Glorot's initialization. Beside each other, the heads
// make an output of heads·outputs values. It panics when a setting is out of range.
//
//	nn.GAT(1433, 8, nn.Attention{Heads: 8, Dropout: 0.6}) // 64 values
func GAT(inputs, outputs int, a Attention) *GATLayer {
	if a.Heads == 0 {
		a.Heads = 1
	}
	if a.Slope == 0 {
		a.Slope = 0.2
	}
	if inputs < 1 || outputs < 1 || a.Heads < 1 || !(a.Slope > 0 && a.Slope < 1) || !(a.Dropout >= 0 && a.Dropout < 1) {
		panic(fmt.Sprintf("nn: GAT(%d, %d, %+v): widths and heads must be at least 1, slope and dropout between 0 and 1", inputs, outputs, a))
	}
	width := a.Heads * outputs
	l := &GATLayer{
		Attention: a,
		Weight:    NewParam("weight", inputs, width, true),
		Source:    NewParam("source attention", a.Heads, outputs, true), Destination: NewParam("destination attention", a.Heads, outputs, true),
		source: rand.NewPCG(0, 0),
	}
	if a.Mean {
		width = outputs
	}
	l.Bias = NewParam("bias", 1, width, false)
	return l
}

// Name describes the layer, as in "gat 1433→8×8", or "gat 64→mean of 8×7".
func (l *GATLayer) Name() string {
	mean := ""
	if l.Attention.Mean {
		mean = "mean of "
	}
	return fmt.Sprintf("gat %d→%s%d×%d", l.Inputs(), mean, l.Attention.Heads, l.Source.Value.Cols)
}

// Inputs returns the number of rows of W.
func (l *GATLayer) Inputs() int { return l.Weight.Value.Rows }

// Outputs returns heads·outputs, or outputs when the heads' mean is taken.
func (l *GATLayer) Outputs(inputs int) (int, error) {
	return outputs(l, inputs, l.Bias.Value.Cols)
}

// Init draws W and the attention vectors uniformly within ±√(6/(fan-in + fan-out)) (Glorot,
// Bengio 2010), so that attention begins nearly even, clears b and seeds the layer's own
// generator.
func (l *GATLayer) Init(rng *rand.Rand) {
	glorot(l.Weight, l.Weight.Value.Rows+l.Weight.Value.Cols, rng)
	glorot(l.Source, l.Source.Value.Rows+l.Source.Value.Cols, rng)
	glorot(l.Destination, l.Destination.Value.Rows+l.Destination.Value.Cols, rng)
	clear(l.Bias.Value.Data)
	l.source.Seed(rng.Uint64(), rng.Uint64())
}

func glorot(p *Param, fans int, rng *rand.Rand) {
	limit := math.Sqrt(6 / float64(fans))
	for i := range p.Value.Data {
		p.Value.Data[i] = float32(limit * (2*rng.Float64() - 1))
	}
}

// Params returns W, a_src, a_dst and b.
func (l *GATLayer) Params() []*Param { return []*Param{l.Weight, l.Source, l.Destination, l.Bias} }

// ApplyOn computes each head's weighted mean.
func (l *GATLayer) ApplyOn(g *Graph, y, x *tensor.Matrix) {
	g.mustHave(l.Name(), x)
	l.applyTo(g, y, (*dense)(x))
}

func (l *GATLayer) applyTo(g *Graph, y *tensor.Matrix, x features) {
	var shared sharing
	var work gatWork
	l.attend(g, x, &work, &shared)
	l.gather(g, y, &work.alpha, &work, &shared)
}

// ForwardOn is ApplyOn with dropout.
func (l *GATLayer) ForwardOn(g *Graph, y, x *tensor.Matrix) {
	g.mustHave(l.Name(), x)
	l.forwardOf(g, y, (*dense)(x))
}

func (l *GATLayer) forwardOf(g *Graph, y *tensor.Matrix, x features) {
	l.attend(g, x, &l.work, &l.shared)
	if l.Attention.Dropout > 0 {
		l.drop(&l.work)
	}
	l.gather(g, y, l.weights(), &l.work, &l.shared)
}

// weights returns the α behind dropout, where there is any.
func (l *GATLayer) weights() *tensor.Matrix {
	if l.Attention.Dropout > 0 {
		return &l.work.kept
	}
	return &l.work.alpha
}

// attend computes z and α.
func (l *GATLayer) attend(g *Graph, x features, w *gatWork, shared *sharing) {
	heads := l.Attention.Heads
	sized(&w.z, g.Nodes, l.Weight.Value.Cols)
	sized(&w.source, g.Nodes, heads)
	sized(&w.destination, g.Nodes, heads)
	sized(&w.alpha, g.Nodes+len(g.Neighbors), heads)
	x.times(&w.z, l.Weight.Value, false)
	shared.run(g.Nodes, func(_, from, to int) {
		for i := from; i < to; i++ {
			for h := range heads {
				z := headOf(w.z.Row(i), h, heads)
				w.source.Row(i)[h] = dot(l.Source.Value.Row(h), z)
				w.destination.Row(i)[h] = dot(l.Destination.Value.Row(h), z)
			}
		}
	})
	shared.run(g.Nodes, func(_, from, to int) {
		for i := from; i < to; i++ {
			l.weigh(g, i, w)
		}
	})
}

// headOf returns the part of a row that belongs to head h.
func headOf(row []float32, h, heads int) []float32 {
	width := len(row) / heads
	return row[h*width : (h+1)*width]
}

func dot(a, b []float32) float32 {
	total := float32(0)
	for i, v := range a {
		total += v * b[i]
	}
	return total
}

// edges returns the rows from ≤ k < to of values of edges that belong to node i.
func (g *Graph) edges(i int) (from, to int) {
	return int(g.Offsets[i]) + i, int(g.Offsets[i+1]) + i + 1
}

// weigh computes the α of node i.
func (l *GATLayer) weigh(g *Graph, i int, w *gatWork) {
	heads, near := l.Attention.Heads, g.Near(i)
	from, to := g.edges(i)
	alpha := w.alpha.Data[from*heads : to*heads]
	for h := range heads {
		mine := w.destination.Data[i*heads+h]
		largest := l.leaky(w.source.Data[i*heads+h] + mine)
		alpha[h] = largest
		for k, j := range near {
			score := l.leaky(w.source.Data[int(j)*heads+h] + mine)
			alpha[(k+1)*heads+h] = score
			largest = max(largest, score)
		}
		total := float32(0)
		for k := h; k < len(alpha); k += heads {
			alpha[k] = float32(math.Exp(float64(alpha[k] - largest)))
			total += alpha[k]
		}
		for k := h; k < len(alpha); k += heads {
			alpha[k] /= total
		}
	}
}

func (l *GATLayer) leaky(v float32) float32 { return max(v, float32(l.Attention.Slope)*v) }

// other returns the node at the far end of value k of node i: i itself, then its
// neighbours.
func (g *Graph) other(i, k int) int {
	if k == 0 {
		return i
	}
	return int(g.Neighbors[int(g.Offsets[i])+k-1])
}

// drop sets a share of α to zero and divides the others by what is left.
func (l *GATLayer) drop(w *gatWork) {
	sized(&w.kept, w.alpha.Rows, w.alpha.Cols)
	w.factors = grown(w.factors, len(w.alpha.Data))
	drawFactors(w.factors, l.Attention.Dropout, l.source)
	for i, v := range w.alpha.Data {
		w.kept.Data[i] = v * w.factors[i]
	}
}

// gather adds up what each node attends to.
func (l *GATLayer) gather(g *Graph, y, weights *tensor.Matrix, w *gatWork, shared *sharing) {
	heads, share := l.Attention.Heads, float32(1)
	if l.Attention.Mean {
		share = 1 / float32(heads)
	}
	shared.run(g.Nodes, func(_, from, to int) {
		for i := from; i < to; i++ {
			out := y.Row(i)
			copy(out, l.Bias.Value.Data)
			first, end := g.edges(i)
			for k := first; k < end; k++ {
				z := w.z.Row(g.other(i, k-first))
				for h, weight := range weights.Row(k) {
					axpy(l.target(out, h), share*weight, headOf(z, h, heads))
				}
			}
		}
	})
}

// target returns the part of an output row that head h adds to.
func (l *GATLayer) target(out []float32, h int) []float32 {
	if l.Attention.Mean {
		return out
	}
	return headOf(out, h, l.Attention.Heads)
}

// Rescale multiplies W and b by factor and divides the attention vectors by it, so that
// attention stays.
func (l *GATLayer) Rescale(factor float32) {
	rescale(factor, []*Param{l.Weight, l.Bias})
	rescale(1/factor, []*Param{l.Source, l.Destination})
}

// Clone returns a layer with a copy of the parameters, in the same random state.
func (l *GATLayer) Clone() Layer {
	source := *l.source
	return &GATLayer{
		Attention: l.Attention, source: &source, Weight: l.Weight.clone(), Bias: l.Bias.clone(),
		Source: l.Source.clone(), Destination: l.Destination.clone(),
	}
}

func (l *GATLayer) slots() []slot {
	w, a := l.Weight.Value, []int{1, l.Source.Value.Rows, l.Source.Value.Cols}
	return []slot{
		{"lin.weight", []int{w.Cols, w.Rows}, w.Data, true},
		{"att_src", a, l.Source.Value.Data, false}, {"att_dst", a, l.Destination.Value.Data, false},
		{"bias", []int{l.Bias.Value.Cols}, l.Bias.Value.Data, false},
	}
}
