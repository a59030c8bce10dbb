package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Matrix is the shape of a matrix with one point a row: gonum's matrices and
// tensor.Matrix have it.
type Matrix interface {
	Dims() (r, c int)
	At(i, j int) float64
}

// fitRows bounds the points from which the principal axes are found.
const fitRows = 1000

// plane is a view of points in two dimensions.
type plane struct {
	x, y   []float64
	xName  string
	yName  string
	shares [2]float64 // of the variance; zero when the points were plane already
}

// project brings the given rows of points to two dimensions: one column is drawn
// against the row number, two as they are, more by their two principal components.
func project(points Matrix, rows []int) (*plane, error) {
	_, cols := points.Dims()
	if len(rows) == 0 || cols == 0 {
		return nil, ErrNoData
	}
	dense := mat.NewDense(len(rows), cols, nil)
	for k, i := range rows {
		for j := range cols {
			v := points.At(i, j)
			if !finite(v) {
				return nil, fmt.Errorf("plotting: point %d has %v in column %d: leave such rows out", i, v, j)
			}
			dense.Set(k, j, v)
		}
	}
	switch cols {
	case 1:
		return &plane{x: numbers(rows), y: mat.Col(nil, 0, dense), xName: "point", yName: "value"}, nil
	case 2:
		return &plane{x: mat.Col(nil, 0, dense), y: mat.Col(nil, 1, dense), xName: "dimension 1", yName: "dimension 2"}, nil
	}
	scores, shares := principal(dense)
	return &plane{
		x: mat.Col(nil, 0, scores), y: mat.Col(nil, 1, scores),
		xName:  fmt.Sprintf("PC 1 (%.0f %% of the variance)", 100*shares[0]),
		yName:  fmt.Sprintf("PC 2 (%.0f %%)", 100*shares[1]),
		shares: shares,
	}, nil
}

func numbers(rows []int) []float64 {
	x := make([]float64, len(rows))
	for k, i := range rows {
		x[k] = float64(i)
	}
	return x
}

func counted(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}

// principal returns the first two principal components of the rows of x (n×d, it
// is centred in place) as n×2, and their shares of the variance. An axis points to
// where its largest coefficient is positive, so that pictures are repeatable.
func principal(x *mat.Dense) (scores *mat.Dense, shares [2]float64) {
	n, d := x.Dims()
	for j := range d {
		mean := 0.0
		for i := range n {
			mean += x.At(i, j) / float64(n)
		}
		for i := range n {
			x.Set(i, j, x.At(i, j)-mean)
		}
	}
	sample := x
	if n > fitRows {
		sample = mat.NewDense(fitRows, d, nil)
		for i := range fitRows {
			sample.SetRow(i, x.RawRowView(i*n/fitRows))
		}
	}
	axes, values, total := leadingAxes(sample)
	scores = mat.NewDense(n, 2, nil)
	scores.Mul(x, axes)
	for k := range shares {
		if total > 0 {
			shares[k] = values[k] / total
		}
	}
	return scores, shares
}

// leadingAxes returns the two leading eigenvectors of xᵀx (d×2), their eigenvalues
// and its trace.
func leadingAxes(x *mat.Dense) (axes *mat.Dense, values [2]float64, total float64) {
	_, d := x.Dims()
	moments := mat.NewSymDense(d, nil)
	moments.SymOuterK(1, x.T())
	total = mat.Trace(moments)
	axes = subspace(moments)
	var image mat.Dense
	image.Mul(moments, axes)
	for k := range values {
		values[k] = mat.Dot(axes.ColView(k), image.ColView(k))
		turn(axes, k)
	}
	return axes, values, total
}

// turn makes the largest coefficient of column k positive.
func turn(axes *mat.Dense, k int) {
	d, _ := axes.Dims()
	largest := 0.0
	for i := range d {
		if v := axes.At(i, k); math.Abs(v) > math.Abs(largest)*(1+1e-9) {
			largest = v
		}
	}
	if largest < 0 {
		for i := range d {
			axes.Set(i, k, -axes.At(i, k))
		}
	}
}

// smallEnough is the size up to which all eigenvectors are computed: gonum's
// eigensolver takes about 4 ms at 128 and seconds at 784.
const smallEnough = 128

// subspace returns the two leading eigenvectors of the positive matrix a (d×2).
// Large ones are found by orthogonal iteration with more vectors than wanted,
// which converges by the ratio of the third-but-some to the second eigenvalue.
func subspace(a *mat.SymDense) *mat.Dense {
	d := a.SymmetricDim()
	if d <= smallEnough {
		var eigen mat.EigenSym
		var vectors mat.Dense
		if eigen.Factorize(a, true) {
			eigen.VectorsTo(&vectors)
			axes := mat.NewDense(d, 2, nil)
			axes.SetCol(0, mat.Col(nil, d-1, &vectors))
			axes.SetCol(1, mat.Col(nil, d-2, &vectors))
			return axes
		}
	}
	const extra, rounds = 8, 60
	q := mat.NewDense(d, 2+extra, nil)
	for i := range d {
		for k := range 2 + extra {
			q.Set(i, k, math.Sin(float64(1+i*(k+1)+k*k))) // Any start that is in general position.
		}
	}
	var z mat.Dense
	var last [2]float64
	for range rounds {
		z.Mul(a, q)
		now := [2]float64{mat.Norm(z.ColView(0), 2), mat.Norm(z.ColView(1), 2)}
		orthonormalize(&z)
		q.Copy(&z)
		if settled(now[0], last[0]) && settled(now[1], last[1]) {
			break
		}
		last = now
	}
	// Rotate the subspace to the eigenvectors within it.
	var small, axes mat.Dense
	z.Mul(a, q)
	small.Mul(q.T(), &z)
	inner := mat.NewSymDense(2+extra, nil)
	for i := range 2 + extra {
		for j := i; j < 2+extra; j++ {
			inner.SetSym(i, j, (small.At(i, j)+small.At(j, i))/2)
		}
	}
	axes.Mul(q, subspace(inner))
	return &axes
}

// settled says that an eigenvalue has converged; its vector is then right to the
// root of that, far below a pixel.
func settled(now, last float64) bool { return math.Abs(now-last) <= 1e-11*math.Abs(now) }

// orthonormalize makes the columns of z orthonormal, by Gram and Schmidt, twice for
// accuracy. A column without a direction of its own becomes zero.
func orthonormalize(z *mat.Dense) {
	d, k := z.Dims()
	for j := range k {
		v := mat.Col(nil, j, z)
		column := mat.NewVecDense(d, v)
		before := mat.Norm(column, 2)
		for range 2 {
			for i := range j {
				u := z.ColView(i)
				column.AddScaledVec(column, -mat.Dot(u, column), u)
			}
		}
		if norm := mat.Norm(column, 2); norm > 1e-14*before && norm > 0 {
			column.ScaleVec(1/norm, column)
		} else {
			column.Zero()
		}
		z.SetCol(j, v)
	}
}
