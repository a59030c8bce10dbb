package mole_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// A module is layers, an objective and, where they are others, an optimizer and a rate.
func ExampleNewNetwork() {
	net := mole.NewNetwork(
		mole.Module{Name: "encoder", Layers: []nn.Layer{nn.Dense(4, 16), nn.ReLU()}, Objective: mole.MutualInformationX()},
		mole.Module{Name: "decoder", Layers: []nn.Layer{nn.Dense(16, 16), nn.ReLU()}, Objective: mole.MutualInformationY(),
			Optimizer: optim.SGD{Momentum: 0.9}, Rate: 0.05},
		mole.Module{Name: "classes", Layers: []nn.Layer{nn.Dense(16, 3)}, Objective: mole.CrossEntropy()},
	)
	fmt.Print(net)
	fmt.Println(net.Inputs(), "features,", net.Outputs(), "classes,", net.Parameters(), "parameters")
	// Output:
	// network of 3 modules, 403 parameters
	//   0  encoder      dense 4→16, relu                 I(T;X), α = 1.01, projection 128
	//   1  decoder      dense 16→16, relu                I(T;Y), α = 1.01, projection 128
	//   2  classes      dense 16→3                       cross-entropy
	// 4 features, 3 classes, 403 parameters
}

func ExampleNetwork_SaveWeights() {
	folder, err := os.MkdirTemp("", "weights")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "iris.safetensors")

	net := mole.MLP(4, 8, 3)
	if err := net.SaveWeights(path); err != nil {
		fmt.Println(err)
		return
	}

	other := mole.MLP(4, 8, 3)
	other.Init(7) // other weights
	if err := other.LoadWeights(path); err != nil {
		fmt.Println(err)
		return
	}
	same := true
	for i, class := range net.Predict(data.Iris().X) {
		same = same && other.Predict(data.Iris().X)[i] == class
	}
	fmt.Println("the same predictions:", same)
	// Output: the same predictions: true
}

func ExampleNetwork_Init() {
	a, b, c := mole.MLP(4, 8, 3), mole.MLP(4, 8, 3), mole.MLP(4, 8, 3)
	a.Init(1)
	b.Init(1)
	c.Init(2)
	x := tensor.FromRows([][]float64{{1, 2, 3, 4}})
	of := func(net *mole.Network) float64 { return net.Activations(1, x).At(0, 0) }
	fmt.Println(of(a) == of(b), of(a) == of(c))
	// Output: true false
}

func ExampleNetwork_Clone() {
	net := mole.MLP(4, 8, 3)
	before := net.Clone()
	net.Init(5)
	x := tensor.FromRows([][]float64{{1, 2, 3, 4}})
	fmt.Println(before.Activations(1, x).At(0, 0) == net.Activations(1, x).At(0, 0))
	// Output: false
}

func ExampleNetwork_Predict() {
	train, test := data.Standardize(data.Iris().Split(0.2, 1))
	net := mole.MLP(4, 16, 3)
	if _, err := mole.Train(context.Background(), net, train, mole.Options{Seed: 1, Epochs: 100, OutputEpochs: 200}); err != nil {
		fmt.Println(err)
		return
	}
	correct := 0
	for i, class := range net.Predict(test.X) {
		if class == test.Y[i] {
			correct++
		}
	}
	fmt.Println(correct == net.Evaluate(test).Correct)
	// Output: true
}

func ExampleNetwork_EvaluateContext() {
	net := mole.MLP(4, 8, 3)
	_, err := net.EvaluateContext(context.Background(), data.Wine()) // has 13 features
	fmt.Println(err)

	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = net.EvaluateContext(stopped, data.Iris())
	fmt.Println(err)
	// Output:
	// mole: Wine has 13 features, but the network takes 4: make it with mole.MLP(13, …)
	// mole: evaluation on Iris stopped: context canceled
}

// A cancelled context stops a long computation; what does not fit is an error and no panic.
func ExampleNetwork_PredictContext() {
	net := mole.MLP(4, 8, 3)
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := net.PredictContext(stopped, data.Iris())
	fmt.Println(err)
	_, err = net.PredictContext(context.Background(), data.Wine())
	fmt.Println(err)

	classes, err := net.PredictContext(context.Background(), data.Iris())
	fmt.Println(len(classes), err)
	shares, err := net.ProbabilitiesContext(context.Background(), data.Iris())
	fmt.Println(shares, err)
	hidden, err := net.ActivationsContext(context.Background(), 0, data.Iris())
	fmt.Println(hidden, err)
	values, err := mole.MLP(10, 8, 1).PredictValuesContext(context.Background(), data.Diabetes())
	fmt.Println(values, err)
	// Output:
	// mole: the computation of activations stopped: context canceled
	// mole: the network takes 4 features, but an example has 13
	// 150 <nil>
	// 150×3 float32 <nil>
	// 150×8 float32 <nil>
	// 442×1 float32 <nil>
}

func ExampleInformation() {
	fmt.Println(mole.Information{}.Name())
	fmt.Println(mole.Information{Alpha: 2, Projection: -1, Normalized: true}.Name())
	fmt.Println(mole.Information{Decoder: 1, Encoder: 0.1}.Name())
	fmt.Println(mole.Information{Channels: 32}.Name())
	fmt.Println(mole.Information{Alpha: -1}.Check())
	// Output:
	// I(T;Y), α = 1.01, projection 128
	// I(T;Y)/S(T,Y), α = 2
	// I(T;Y) + 0.1·I(T;X), α = 1.01, projection 128
	// I(T;Y), α = 1.01, 32 channels
	// mi: order α = -1: it must be positive
}

// An objective is bound to a module, and then gives a loss and its gradient for each batch.
func ExampleObjective() {
	var objective mole.Objective = mole.Information{Width: 1, Projection: -1}
	criterion := objective.Bind(2, 2, nil)
	batch := mole.Batch{
		T: tensor.FromRows([][]float64{{0, 0}, {0, 0}, {9, 9}, {9, 9}}),
		X: tensor.FromRows([][]float64{{0}, {1}, {2}, {3}}),
		Y: []int{0, 0, 1, 1},
	}
	gradient := tensor.NewMatrix(4, 2)
	loss := criterion.Loss(gradient, batch)
	fmt.Printf("%s: %.2f, %d auxiliary parameters\n", objective.Name(), loss, len(criterion.Params()))
	// Output: I(T;Y), α = 1.01: -1.00, 0 auxiliary parameters
}

// CKA and others stand in place of information.
func ExampleDependence() {
	for _, o := range []mole.Dependence{
		{},
		{Measure: mole.HSIC, Encoder: -0.1, Width: 5}, // the HSIC bottleneck
		{Measure: mole.CauchySchwarz, Kernel: mi.Laplacian},
	} {
		fmt.Println(o.Name(), o.Check())
	}
	// Output:
	// CKA(T,Y) <nil>
	// HSIC(T,Y) − 0.1·HSIC(T,X) <nil>
	// Cauchy–Schwarz(T,Y) <nil>
}

func ExampleNetwork_SetObjective() {
	net := mole.MLP(64, 32, 16, 10).SetObjective(mole.Dependence{Measure: mole.CKA})
	net.Modules[2].Objective = mole.SquaredError()
	fmt.Print(net)
	// Output:
	// network of 3 modules, 2778 parameters
	//   0  hidden 1     dense 64→32, relu                CKA(T,Y)
	//   1  hidden 2     dense 32→16, relu                CKA(T,Y)
	//   2  output       dense 16→10                      squared error
}

func ExampleNetwork_SaveONNX() {
	folder, err := os.MkdirTemp("", "model")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "digits.onnx")
	net := mole.CNN(nn.Grid{Channels: 1, Height: 8, Width: 8}, 10, 16, 32)
	if err := net.SaveONNX(path); err != nil {
		fmt.Println(err)
		return
	}
	file, err := os.Stat(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Name(), "holds", net.Parameters(), "values of 4 bytes:", file.Size() > int64(4*net.Parameters()))
	// Output: digits.onnx holds 6090 values of 4 bytes: true
}
