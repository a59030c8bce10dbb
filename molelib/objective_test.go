package mole_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

func ExampleBottleneck() {
	net := mole.MLP(64, 32, 10).SetObjective(mole.Bottleneck(0.1))
	fmt.Print(net)
	// Output:
	// network of 2 modules, 2410 parameters
	//   0  hidden 1     dense 64→32, relu                I(T;Y) − 0.1·I(T;X), α = 1.01, projection 128
	//   1  output       dense 32→10                      cross-entropy
}

func ExampleCNN() {
	fmt.Print(mole.CNN(nn.Grid{Channels: 1, Height: 8, Width: 8}, 10, 16, 32))
	// Output:
	// network of 3 modules, 6090 parameters
	//   0  conv 1       conv 3×3 1×8×8→16×8×8, max pool 2×2 16×8×8→16×4×4, relu  I(T;Y), α = 1.01, projection 128
	//   1  conv 2       conv 3×3 16×4×4→32×4×4, max pool 2×2 32×4×4→32×2×2, relu I(T;Y), α = 1.01, projection 128
	//   2  output       dense 128→10                                             cross-entropy
}

// objectives are those whose gradient with respect to the output has to be right: every type
// in its different ways.
var objectives = []mole.Objective{
	mole.Information{},
	mole.Information{Projection: -1, Alpha: 2},
	mole.Information{Projection: -1, Alpha: 1},
	mole.Information{Projection: -1, Alpha: 0.6, Width: 1.5},
	mole.Information{Projection: -1, Alpha: math.Inf(1)},
	mole.Information{Projection: -1, Normalized: true, TargetWidth: 0.7},
	mole.Information{Projection: -1, Alpha: 2, Decoder: 1, Encoder: 0.5},
	mole.Information{Projection: -1, Alpha: 2, Encoder: 1, OfData: true},
	mole.Information{Projection: 5, Alpha: 2, TargetScale: 0.5},
	mole.Information{Projection: -1, Alpha: 2, Normalized: true, Decoder: 1, Encoder: 0.5},
	mole.Information{Projection: -1, Alpha: 2, Rule: mi.Silverman},
	mole.Information{Alpha: 2, Channels: 3},
	mole.Information{Alpha: 2, Channels: 3, Decoder: 1, Encoder: 0.5},
	mole.Information{Projection: -1, Alpha: 2, Kernel: mi.Laplacian},
	mole.Information{Projection: -1, Alpha: 2, Kernel: mi.Polynomial},
	mole.Information{Projection: -1, Alpha: 2, Kernel: mi.Linear},
	mole.Bottleneck(0.3),
	mole.MutualInformationX(),
	mole.MutualInformationY(),
	mole.Dependence{},
	mole.Dependence{Measure: mole.HSIC, Encoder: -0.2, Width: 2},
	mole.Dependence{Measure: mole.HSIC, Encoder: 1, OfData: true, TargetScale: 0.5},
	mole.Dependence{Measure: mole.CauchySchwarz, TargetWidth: 0.7},
	mole.CrossEntropy(),
	mole.SquaredError(),
}

// A type that has Bind is an objective, and belongs into the list.
func TestEveryObjectiveIsInTheListOfGradients(t *testing.T) {
	listed := map[string]bool{}
	for _, o := range objectives {
		listed[reflect.TypeOf(o).Name()] = true
	}
	found := 0
	for _, name := range typesWithBind(t) {
		found++
		if !listed[name] {
			t.Errorf("%s is not among the objectives whose gradients are tested: add it to the list", name)
		}
	}
	if found < 4 {
		t.Errorf("the package has %d objectives, want at least 4: does the search find them?", found)
	}
}

// typesWithBind returns the types of the package that have a method Bind.
func typesWithBind(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Bind" {
				continue
			}
			receiver := f.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			names = append(names, receiver.(*ast.Ident).Name)
		}
	}
	return names
}

// drawnBatch returns 12 random examples of 6 values, with labels of 3 classes or 6 targets.
func drawnBatch(rng *rand.Rand, targets bool) mole.Batch {
	b := mole.Batch{T: tensor.NewMatrix(12, 6), X: tensor.NewMatrix(12, 4), Data: tensor.NewMatrix(12, 5)}
	all := []*tensor.Matrix{b.T, b.X, b.Data}
	if targets {
		b.Targets = tensor.NewMatrix(12, 6)
		all = append(all, b.Targets)
	} else {
		for i := range 12 {
			b.Y = append(b.Y, i%3)
		}
	}
	for _, m := range all {
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
	}
	return b
}

func TestGradientsOfObjectivesMatchFiniteDifferences(t *testing.T) {
	for _, targets := range []bool{false, true} {
		for _, o := range objectives {
			if targets && o == mole.CrossEntropy() {
				continue // needs labels
			}
			rng := rand.New(rand.NewPCG(1, 2))
			batch := drawnBatch(rng, targets)
			c, gradient := o.Bind(6, 3, rng), tensor.NewMatrix(12, 6)
			c.Loss(gradient, batch)
			other := tensor.NewMatrix(12, 6)
			for i := range batch.T.Data {
				// A step of 2⁻⁷ is exact in float32; its own error is of order 1e-4.
				const step = 1.0 / 128
				v := batch.T.Data[i]
				batch.T.Data[i] = v + step
				up := c.Loss(other, batch)
				batch.T.Data[i] = v - step
				down := c.Loss(other, batch)
				batch.T.Data[i] = v
				if got, want := float64(gradient.Data[i]), (up-down)/(2*step); math.Abs(got-want) > 2e-3*(1+math.Abs(want)) {
					t.Errorf("%s (%+v), targets: %v: gradient of T[%d]: got %v, want %v", o.Name(), o, targets, i, got, want)
					break
				}
			}
		}
	}
}

// An objective of the data must see them where it otherwise sees the input of the module.
func TestObjectivesOfTheDataLookAtThem(t *testing.T) {
	for _, targets := range []bool{false, true} {
		batch := drawnBatch(rand.New(rand.NewPCG(1, 2)), targets)
		swapped := batch
		swapped.X = batch.Data
		for _, pair := range [][2]mole.Objective{
			{mole.Information{Encoder: 1, OfData: true}, mole.Information{Encoder: 1}},
			{mole.Information{Decoder: 1, Encoder: 0.5, OfData: true}, mole.Information{Decoder: 1, Encoder: 0.5}},
			{mole.Information{Decoder: 1, Encoder: 0.5, Normalized: true, OfData: true}, mole.Information{Decoder: 1, Encoder: 0.5, Normalized: true}},
			{mole.Dependence{Encoder: 1, OfData: true}, mole.Dependence{Encoder: 1}},
		} {
			loss := func(o mole.Objective, b mole.Batch) float64 {
				return o.Bind(6, 3, rand.New(rand.NewPCG(3, 4))).Loss(tensor.NewMatrix(12, 6), b)
			}
			got, want, input := loss(pair[0], batch), loss(pair[1], swapped), loss(pair[1], batch)
			if got != want || got == input {
				t.Errorf("%s, targets: %v: loss %v, want %v, that of the data, and not %v, that of the input", pair[0].Name(), targets, got, want, input)
			}
		}
	}
}

func TestEveryObjectiveLearns(t *testing.T) {
	train, test := data.Iris().Split(0.3, 1)
	train, test = data.Standardize(train, test)
	for _, o := range []mole.Objective{
		mole.Bottleneck(0.05), mole.MutualInformationX(), mole.Information{Kernel: mi.Laplacian},
		mole.Dependence{}, mole.Dependence{Measure: mole.HSIC}, mole.Dependence{Measure: mole.CauchySchwarz}, mole.SquaredError(),
	} {
		net := mole.MLP(4, 16, 3)
		if o == mole.SquaredError() {
			net.Modules[1].Objective = o
		} else {
			net.SetObjective(o)
		}
		report, err := mole.Train(context.Background(), net, train, mole.Options{Seed: 1, Test: test, Epochs: 100, OutputEpochs: 400})
		if err != nil {
			t.Errorf("%s: %v", o.Name(), err)
			continue
		}
		// 45 flowers, of which back-propagation misses one or two.
		if report.Accuracy() < 0.88 {
			t.Errorf("%s: accuracy %.3f, want at least 0.88", o.Name(), report.Accuracy())
		}
	}
}

func TestConvolutionsLearnDigitsModuleByModule(t *testing.T) {
	train, test := data.Digits().Split(0.2, 1)
	net := mole.CNN(nn.Grid{Channels: 1, Height: 8, Width: 8}, 10, 16, 32)
	report, err := mole.Train(context.Background(), net, train, mole.Options{Seed: 1, Test: test, Epochs: 10, OutputEpochs: 40})
	if err != nil {
		t.Fatal(err)
	}
	if report.Accuracy() < 0.95 {
		t.Errorf("accuracy %.3f, want at least 0.95", report.Accuracy())
	}
}

func TestNamesOfObjectivesSayWhatIsMaximized(t *testing.T) {
	for want, o := range map[string]mole.Objective{
		"I(T;Y)/S(T,Y), α = 2":                           mole.Information{Alpha: 2, Projection: -1, Normalized: true},
		"I(T;X)/S(T,X), α = 2":                           mole.Information{Alpha: 2, Projection: -1, Normalized: true, Encoder: 1},
		"2·I(T;Y), α = 1.01, projection 128":             mole.Information{Decoder: 2},
		"I(T;Y)/S(T,Y) + 0.1·I(T;X)/S(T,X), α = 2":       mole.Information{Alpha: 2, Projection: -1, Normalized: true, Decoder: 1, Encoder: 0.1},
		"I(T;Y) − 0.1·I(T;X), α = 1.01, projection 128":  mole.Bottleneck(0.1),
		"I(T;Y) + 0.5·I(T;X₀), α = 1.01, projection 128": mole.Information{Decoder: 1, Encoder: 0.5, OfData: true},
		"HSIC(T,Y) − 5·HSIC(T,X)":                        mole.Dependence{Measure: mole.HSIC, Encoder: -5},
		"measure 7(T,Y)":                                 mole.Dependence{Measure: 7},
	} {
		if got := o.Name(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestProjectionOfAGridSeesMeansOfItsMaps(t *testing.T) {
	for _, c := range []struct {
		grid nn.Grid
		want int // values of the auxiliary weights' input
	}{
		{nn.Grid{Channels: 2, Height: 14, Width: 14}, 2 * 4 * 4},
		{nn.Grid{Channels: 2, Height: 7, Width: 7}, 2 * 4 * 4},
		{nn.Grid{Channels: 3, Height: 9, Width: 5}, 3 * 3 * 2},
		{nn.Grid{Channels: 2, Height: 3, Width: 3}, 2 * 3 * 3},
		{nn.Grid{Channels: 2, Height: 1, Width: 20}, 2 * 20},
	} {
		criterion := mole.Information{Grid: c.grid}.Bind(c.grid.Size(), 10, rand.New(rand.NewPCG(1, 2)))
		if got := criterion.Params()[0].Value.Rows; got != c.want {
			t.Errorf("%v: the projection takes %d values, want %d", c.grid, got, c.want)
		}
	}
}

func TestNewObjectivesOfConvolutionsKeepTheirGrids(t *testing.T) {
	image, other := nn.Grid{Channels: 1, Height: 8, Width: 8}, nn.Grid{Channels: 8, Height: 1, Width: 16}
	net := mole.CNN(image, 10, 8)
	grid := net.Modules[0].Objective.(mole.Information).Grid
	if want := (nn.Grid{Channels: 8, Height: 4, Width: 4}); grid != want {
		t.Fatalf("the grid is %v, want %v", grid, want)
	}
	for _, c := range []struct{ set, want mole.Objective }{
		{mole.Information{Encoder: 1}, mole.Information{Encoder: 1, Grid: grid}},
		{mole.Information{Encoder: 1, Grid: other}, mole.Information{Encoder: 1, Grid: other}},
		{mole.Dependence{Measure: mole.CKA}, mole.Dependence{Measure: mole.CKA}},
		{mole.Information{}, mole.Information{}}, // there is none to keep any more
	} {
		if got := net.SetObjective(c.set).Modules[0].Objective; got != c.want {
			t.Errorf("after %+v the objective is %+v, want %+v", c.set, got, c.want)
		}
	}
}

// What channels know of the input of a module, which is one variable.
func TestChannelsOfAnEncoderAreTheMultivariateExtension(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	batch := drawnBatch(rng, false)
	loss := mole.Information{Encoder: 1, Channels: 3, Alpha: 2}.Bind(6, 3, rng).Loss(tensor.NewMatrix(12, 6), batch)
	var channels []mi.Sample
	for c := range 3 {
		channel := tensor.NewMatrix(12, 2)
		for i := range 12 {
			copy(channel.Row(i), batch.T.Row(i)[2*c:])
		}
		channels = append(channels, channel)
	}
	want := mi.MutualJoint(channels, batch.X, mi.Options{Alpha: 2, Scale: math.Sqrt(3), Target: &mi.Options{}})
	if math.Abs(loss+want) > 1e-12 {
		t.Errorf("the objective is %v, want %v", -loss, want)
	}
}

// An objective behind a pointer is as good as its value.
func TestPointersToObjectivesAreObjectives(t *testing.T) {
	train, _ := digits(1)
	o := mole.Options{Seed: 1, Epochs: 1, OutputEpochs: 1}
	value, pointer := mole.MLP(64, 16, 10), mole.MLP(64, 16, 10)
	pointer.SetObjective(&mole.Information{})
	for _, net := range []*mole.Network{value, pointer} {
		if _, err := mole.Train(t.Context(), net, train, o); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := weights(pointer), weights(value); !reflect.DeepEqual(got, want) {
		t.Error("the weights are others than those by mole.Information{}")
	}
}

func TestSettingsThatMakeNoSenseAreErrors(t *testing.T) {
	train := data.Iris()
	for want, o := range map[string]mole.Objective{
		"nothing is learned":         mole.Information{Encoder: -1},
		"must not be negative":       mole.Information{Decoder: -1},
		"normalized information":     mole.Information{Channels: 2, Normalized: true},
		"measure 7 is unknown":       mole.Dependence{Measure: 7},
		"the weight of the labels":   mole.Dependence{Decoder: -1},
		"mi: kernel 9 is unknown":    mole.Information{Kernel: 9},
		"-2 channels: give those of": mole.Information{Channels: -2},
		"kernel of channels must be": mole.Information{Channels: 2, Kernel: mi.Linear},
		"the grid 1×2×2 has 4 value": mole.Information{Grid: nn.Grid{Channels: 1, Height: 2, Width: 2}},
		"mi.Delta has no gradient":   mole.Information{Kernel: mi.Delta},
		"take mi.Gaussian":           mole.Dependence{Kernel: mi.Delta},
		"NaN of I(T;X) must be":      mole.Information{Decoder: 1, Encoder: math.NaN()},
		"+Inf of I(T;X) must be":     mole.Information{Encoder: math.Inf(1)},
		"+Inf of the labels and 0":   mole.Dependence{Decoder: math.Inf(1)},
		"NaN of the data must be":    mole.Dependence{Encoder: math.NaN()},
		"measure -1 is unknown":      &mole.Dependence{Measure: -1},
		"does not divide into 3":     &mole.Information{Channels: 3},
	} {
		_, err := mole.NewTrainer(mole.MLP(4, 8, 3).SetObjective(o), train, mole.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", o, err, want)
		}
	}
}

func TestClippedGradientsTakeSmallSteps(t *testing.T) {
	train, _ := digits(1)
	o := mole.Options{Seed: 1, Epochs: 1, OutputEpochs: 1, Clip: 1e-12}
	net := mole.MLP(64, 16, 10)
	net.Modules[0].Optimizer = optim.SGD{}
	tr := trainer(t, net, train, o)
	before := weights(net)
	if _, err := tr.Step(context.Background()); err != nil {
		t.Fatal(err)
	}
	for k, after := range weights(net) {
		for i, v := range after {
			if math.Abs(float64(v-before[k][i])) > 1e-9 {
				t.Fatalf("a weight moved by %v with gradients clipped at 1e-12", v-before[k][i])
			}
		}
	}
}
