package mi

import "github.com/mole-kernel/mole-kernel/molelib/tensor"

// LabelsAndPoints returns I(T;Y) and I(T;X) of a representation t (n×d), labels y and a
// sample x of n examples, as Labels and Points do. The gradient of
// ofLabels·I(T;Y) + ofPoints·I(T;X) is written to grad (n×d) unless it is nil. S(T) and the
// way from K to T are computed once for both.
func (e *Estimator) LabelsAndPoints(grad, t *tensor.Matrix, y []int, x Sample, ofLabels, ofPoints float64) (labels, points Value) {
	gradient := grad != nil
	classes, data := Labels(y), pointsOf(x)
	n := mustPair(t, data)
	e.load(t, classes, data)
	e.pose(e.t.k, gradient)
	e.posePoints(&e.second, e.t.k, gradient)
	e.solve()
	labels = e.value()
	points = Value{Entropy: labels.Entropy, Joint: e.problems[2].entropy, Target: e.problems[3].entropy}
	points.Information = points.Entropy + points.Target - points.Joint
	if !gradient {
		return labels, points
	}
	e.mustFit(grad)
	share := 1 / float64(n)
	e.differentiateKernel((ofLabels+ofPoints)*share, -ofLabels*share)
	e.addOfProduct(&e.second, -ofPoints*share)
	e.dt = resize(e.dt, n*e.t.d)
	e.t.chain(e.dt, e.m, e.options)
	e.scatter(grad)
	return labels, points
}
