package plotting

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func TestPCAAgreesWithGonum(t *testing.T) {
	for _, d := range []int{3, 20, 200} { // Below and above the size of the direct solver.
		points, _ := heap(300, d, 5)
		var reference stat.PC
		if !reference.PrincipalComponents(points, nil) {
			t.Fatal("gonum finds no components")
		}
		var axes mat.Dense
		reference.VectorsTo(&axes)
		variances := reference.VarsTo(nil)
		total := 0.0
		for _, v := range variances {
			total += v
		}
		scores, shares := principal(mat.DenseCopyOf(points))
		for k := range 2 {
			// The iteration stops when eigenvalues stand to 1e-11.
			if want := variances[k] / total; math.Abs(shares[k]-want) > 1e-9 {
				t.Errorf("d = %d: share %d is %.12f, want %.12f", d, k, shares[k], want)
			}
			if got := variance(mat.Col(nil, k, scores)); math.Abs(got/variances[k]-1) > 1e-8 {
				t.Errorf("d = %d: variance of component %d is %g, want %g", d, k, got, variances[k])
			}
		}
		// Scores up to the sign: the correlation with the reference is ±1.
		var want mat.Dense
		want.Mul(points, axes.Slice(0, d, 0, 2))
		for k := range 2 {
			r := stat.Correlation(mat.Col(nil, k, scores), mat.Col(nil, k, &want), nil)
			if math.Abs(math.Abs(r)-1) > 1e-8 {
				t.Errorf("d = %d: component %d correlates by %.10f with gonum's", d, k, r)
			}
		}
	}
}

func variance(x []float64) float64 { return stat.Variance(x, nil) }

func TestPCAOfALineIsItsLength(t *testing.T) {
	points := mat.NewDense(4, 3, nil)
	for i := range 4 {
		for j := range 3 {
			points.Set(i, j, float64(i))
		}
	}
	scores, shares := principal(points)
	if math.Abs(shares[0]-1) > 1e-12 || math.Abs(shares[1]) > 1e-12 {
		t.Errorf("shares %v, want 1 and 0", shares)
	}
	// Equal steps of √3, and the direction in which the coordinates grow.
	if d := scores.At(1, 0) - scores.At(0, 0); math.Abs(d-math.Sqrt(3)) > 1e-12 {
		t.Errorf("a step of %g, want √3", d)
	}
}

func TestPCAOfEqualPointsIsZero(t *testing.T) {
	for _, d := range []int{3, 200} {
		scores, shares := principal(mat.NewDense(5, d, nil))
		if shares != [2]float64{} || mat.Max(scores) != 0 || mat.Min(scores) != 0 {
			t.Errorf("d = %d: shares %v, scores %v", d, shares, mat.Formatted(scores))
		}
	}
}

func TestNarrowPointsAreShownAsTheyAre(t *testing.T) {
	v, err := project(mat.NewDense(2, 2, []float64{5, 6, 7, 8}), []int{0, 1})
	if err != nil || v.x[1] != 7 || v.y[0] != 6 || v.shares != [2]float64{} {
		t.Errorf("%+v, %v", v, err)
	}
	v, err = project(mat.NewDense(2, 1, []float64{5, 6}), []int{0, 1})
	if err != nil || v.x[1] != 1 || v.y[1] != 6 {
		t.Errorf("%+v, %v", v, err)
	}
}
