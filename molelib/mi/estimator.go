package mi

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mole-kernel/mole-kernel/molelib/internal/parallel"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Value is an estimate with its parts, all in bits.
type Value struct {
	Information float64 // I(T;Y) = Entropy + Target − Joint
	Entropy     float64 // S(T)
	Target      float64 // S(Y), the most that Information can be
	Joint       float64 // S(T,Y)
}

// Normalized returns I(T;Y)/S(T,Y), and 0 when nothing varies.
func (v Value) Normalized() float64 {
	if v.Joint <= 0 {
		return 0
	}
	return v.Information / v.Joint
}

// Estimator estimates information again and again in the same memory: after the first
// batch of a size it allocates nothing to speak of. It must not be used from two
// goroutines at once.
//
// With labels it uses that K∘L, ordered by class, is block-diagonal: instead of an
// eigenproblem of size n there is one for each class, and S(Y) follows from the class
// frequencies.
type Estimator struct {
	options        Options
	t, y           sample
	channels       []sample
	whole, blocks  []span
	single, joint  spectrum
	second         spectrum // the other joint one, of LabelsAndPoints
	own            spectrum // S(Y) of points, in the memory of inner
	problems       []problem
	loop           parallel.Loop
	kernelPart     func(i int) // the kernel of t, of y
	solvePart      func(i int) // problems[i]
	order          []int       // row of the batch that stands in place i; by class with labels
	both, m, inner []float64   // n×n: K_T∘K_Y, dF/dK_T, dS(T,Y)/dJ
	product        []float64   // n×n: K_1∘…∘K_C of channels, which is K_T
	dt             []float64   // n×d
	frequencies    []float64   // of the classes
}

// NewEstimator returns an estimator. It panics when Options.Check has an error.
func NewEstimator(o Options) *Estimator {
	mustCheck(o)
	e := &Estimator{options: o.withDefaults()}
	e.kernelPart = func(i int) {
		if i == 0 {
			e.t.kernel(e.options)
		} else {
			e.y.kernel(e.options.target())
		}
	}
	e.solvePart = func(i int) {
		p, n := &e.problems[i], e.whole[0].to
		p.entropy = p.spectrum.solve(p.k, n, p.blocks, e.options.Alpha, 1/float64(n), p.gradient)
	}
	return e
}

// problem is one of the entropies of a batch: that of k/n on the blocks.
type problem struct {
	spectrum *spectrum
	k        []float64
	blocks   []span
	gradient bool
	entropy  float64 // the solution
}

// Labels returns I(T;Y) of a representation t (n×d) and labels y. Unless grad is nil,
// the gradient of the information with respect to t is written to it (n×d).
func (e *Estimator) Labels(grad, t *tensor.Matrix, y []int) Value {
	v := e.evaluate(t, Labels(y), grad != nil)
	e.write(grad, v, false)
	return v
}

// NormalizedLabels is Labels with the gradient of I(T;Y)/S(T,Y).
func (e *Estimator) NormalizedLabels(grad, t *tensor.Matrix, y []int) Value {
	v := e.evaluate(t, Labels(y), grad != nil)
	e.write(grad, v, true)
	return v
}

// Points returns I(T;X) of a representation t (n×d) and a sample x of n examples, such as
// the data that it is made of, or targets. Unless grad is nil, the gradient with respect to t is written to it.
func (e *Estimator) Points(grad, t *tensor.Matrix, x Sample) Value {
	v := e.evaluate(t, pointsOf(x), grad != nil)
	e.write(grad, v, false)
	return v
}

// NormalizedPoints is Points with the gradient of I(T;X)/S(T,X).
func (e *Estimator) NormalizedPoints(grad, t *tensor.Matrix, x Sample) Value {
	v := e.evaluate(t, pointsOf(x), grad != nil)
	e.write(grad, v, true)
	return v
}

// evaluate computes the value, and keeps what the gradient needs.
func (e *Estimator) evaluate(t, y Points, gradient bool) Value {
	x := y
	if _, labels := y.(Labels); labels {
		x = nil
	}
	e.load(t, y, x)
	e.pose(e.t.k, gradient)
	e.solve()
	return e.value()
}

// load computes the kernels of t and of the points x (nil: none), in the order of y. The
// samples are read by the caller's goroutine, as they may be of any type.
func (e *Estimator) load(t, y, x Points) {
	e.arrange(mustPair(t, y), y)
	e.t.load(t, e.order)
	if x == nil {
		e.t.kernel(e.options)
		return
	}
	e.y.load(x, e.order)
	e.loop.Run(2, e.kernelPart)
}

// labelled reports whether Y are labels.
func (e *Estimator) labelled() bool { return len(e.blocks) > 0 }

// pose lists the entropies of I(T;Y) for the kernel k of T: S(T), S(T,Y) and, unless Y are
// labels, S(Y).
func (e *Estimator) pose(k []float64, gradient bool) {
	e.problems = append(e.problems[:0], problem{spectrum: &e.single, k: k, blocks: e.whole, gradient: gradient})
	if e.labelled() {
		e.problems = append(e.problems, problem{spectrum: &e.joint, k: k, blocks: e.blocks, gradient: gradient})
		return
	}
	e.posePoints(&e.joint, k, gradient)
}

// posePoints lists S(T,X) and S(X) of the points that are loaded.
func (e *Estimator) posePoints(joint *spectrum, k []float64, gradient bool) {
	e.both = resize(e.both, len(k))
	for i, v := range k {
		e.both[i] = v * e.y.k[i]
	}
	// The eigenvectors of S(X) are not needed, and the memory of the gradient is free now.
	e.own.vectors = e.inner
	e.problems = append(e.problems,
		problem{spectrum: joint, k: e.both, blocks: e.whole, gradient: gradient},
		problem{spectrum: &e.own, k: e.y.k, blocks: e.whole})
}

// solve solves the problems side by side: none needs another one.
func (e *Estimator) solve() {
	e.loop.Run(len(e.problems), e.solvePart)
	if e.own.vectors != nil {
		e.inner, e.own.vectors = e.own.vectors, nil
	}
}

// value returns the information by the solutions of the problems that pose listed.
func (e *Estimator) value() Value {
	v := Value{Entropy: e.problems[0].entropy, Joint: e.problems[1].entropy}
	if e.labelled() {
		v.Target = e.classEntropy()
	} else {
		v.Target = e.problems[2].entropy
	}
	v.Information = v.Entropy + v.Target - v.Joint
	return v
}

// mustPair panics unless both samples have the same number of examples, which it returns.
func mustPair(x, y Points) int {
	n, _ := x.Dims()
	if m, _ := y.Dims(); m != n {
		panic(fmt.Sprintf("mi: %d examples on one side, %d on the other", n, m))
	}
	mustHave(x)
	return n
}

// mustHave panics unless there are examples.
func mustHave(x Points) Points {
	if rowsOf(x) == 0 {
		panic("mi: no examples")
	}
	return x
}

// arrange puts the examples in the order of their labels and finds the blocks of
// equal ones; points stay as they are.
func (e *Estimator) arrange(n int, y Points) {
	if len(e.whole) == 0 || e.whole[0].to != n {
		e.whole = whole(n)
	}
	e.order, e.blocks = e.order[:0], e.blocks[:0]
	for i := range n {
		e.order = append(e.order, i)
	}
	labels, ok := y.(Labels)
	if !ok {
		return
	}
	slices.SortStableFunc(e.order, func(i, j int) int { return labels[i] - labels[j] })
	for from := 0; from < n; {
		to := from + 1
		for to < n && labels[e.order[to]] == labels[e.order[from]] {
			to++
		}
		e.blocks = append(e.blocks, span{from, to})
		from = to
	}
}

// classEntropy is S(Y): the eigenvalues of L/n are the class frequencies.
func (e *Estimator) classEntropy() float64 {
	e.frequencies = resize(e.frequencies, len(e.blocks))
	for i, b := range e.blocks {
		e.frequencies[i] = float64(b.to-b.from) / float64(e.whole[0].to)
	}
	s := spectrum{alpha: e.options.Alpha, values: e.frequencies}
	return s.entropy()
}

// differentiate fills dt with the gradient of I(T;Y), or of NMI = I/S(T,Y), with
// respect to T in the order of the estimator:
//
//	M = dI/dK = (dS/dA − dS/dJ ∘ K_Y)/n,   dNMI = (dI − NMI·dS(J))/S(J).
func (e *Estimator) differentiate(v Value, normalized bool) {
	n := e.t.n
	share := 1 / float64(n)
	own, joint := share, -share
	if normalized {
		if v.Joint <= 0 {
			own, joint = 0, 0
		} else {
			own, joint = share/v.Joint, -share*(1+v.Normalized())/v.Joint
		}
	}
	e.dt = resize(e.dt, n*e.t.d)
	e.differentiateKernel(own, joint)
	e.t.chain(e.dt, e.m, e.options)
}

// differentiateKernel fills m with own·dS/dA + joint·dS/dJ ∘ K_Y.
func (e *Estimator) differentiateKernel(own, joint float64) {
	n := e.t.n
	e.m = resize(e.m, n*n)
	clear(e.m)
	e.single.addGradient(e.m, own)
	if e.labelled() {
		e.joint.addGradient(e.m, joint)
		return
	}
	e.addOfProduct(&e.joint, joint)
}

// addOfProduct adds weight·dS(J)/dJ ∘ K_Y to m, with J the product of K_T and K_Y.
func (e *Estimator) addOfProduct(joint *spectrum, weight float64) {
	e.inner = resize(e.inner, len(e.m))
	clear(e.inner)
	joint.addGradient(e.inner, weight)
	for i, g := range e.inner {
		e.m[i] += g * e.y.k[i]
	}
}

// write puts the gradient into grad, row by row where the example came from.
func (e *Estimator) write(grad *tensor.Matrix, v Value, normalized bool) {
	if grad == nil {
		return
	}
	e.mustFit(grad)
	e.differentiate(v, normalized)
	e.scatter(grad)
}

func (e *Estimator) mustFit(grad *tensor.Matrix) {
	if grad.Rows != e.t.n || grad.Cols != e.t.d {
		panic(fmt.Sprintf("mi: the gradient is %v, the representation %d×%d", grad, e.t.n, e.t.d))
	}
}

// scatter writes dt to grad, in the order of the examples.
func (e *Estimator) scatter(grad *tensor.Matrix) {
	for r, i := range e.order {
		row := grad.Row(i)
		for j, g := range e.dt[r*e.t.d : (r+1)*e.t.d] {
			row[j] = float32(g)
		}
	}
}

func (e *Estimator) gradient(v Value, normalized bool) *mat.Dense {
	g := newGradient(e.t.n, e.t.d)
	e.differentiate(v, normalized)
	for r, i := range e.order {
		g.SetRow(i, e.dt[r*e.t.d:(r+1)*e.t.d])
	}
	return g
}
