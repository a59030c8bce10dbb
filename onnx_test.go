package molekernel_test

import (
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// runONNX runs a model on an array and keeps what comes out.
const runONNX = `
import sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
x = numpy.load(sys.argv[2])
(y,) = session.run(None, {"input": x})
numpy.save(sys.argv[3], y)
`

// TestONNXRuntimeComputesWhatTheNetworkDoes has all layers that can be written, with weights and
// running averages that are not the initial ones.
func TestONNXRuntimeComputesWhatTheNetworkDoes(t *testing.T) {
	python := withPython(t)
	image := nn.Grid{Channels: 2, Height: 9, Width: 8}
	conv := nn.Conv2D(image, 6, 3, nn.Window{Padding: 1, Stride: 2})
	pooled := nn.MaxPool2D(conv.Out, 3, nn.Window{Stride: 1, Padding: 1})
	mean := nn.AvgPool2D(pooled.Out, 2, nn.Window{Padding: 1})
	sequence := nn.Conv1D(3, 12, 4, 5, nn.Window{Padding: 2})
	halved := nn.MaxPool1D(4, 12, 2, nn.Window{})
	for name, layers := range map[string][]nn.Layer{
		"dense": {
			nn.Dense(7, 5), nn.ReLU(), nn.Dropout(0.5), nn.Dense(5, 6), nn.Tanh(), nn.LayerNorm(6), nn.BatchNorm(6), nn.Sigmoid(),
			nn.Dense(6, 4), nn.ELU(), nn.Dense(4, 3), nn.LeakyReLU(0.2), nn.LeakyReLU(0),
		},
		"images": {
			nn.BatchNorm2D(image), conv, nn.BatchNorm2D(conv.Out), nn.ReLU(), pooled, mean, nn.Flatten(), nn.Dense(mean.Out.Size(), 3),
		},
		"planes":    {conv.Clone(), nn.GlobalAvgPool(conv.Out), nn.Dense(6, 3)},
		"sequences": {sequence, nn.BatchNorm2D(sequence.Out), nn.ReLU(), halved, nn.Dense(24, 3)},
		"residual": {
			nn.Dense(5, 8), nn.Residual(nn.Dense(8, 8), nn.ReLU(), nn.Residual(nn.LayerNorm(8)), nn.Dense(8, 8)), nn.Dense(8, 3),
			nn.Residual(nn.Conv1D(1, 3, 1, 3, nn.Window{Padding: 1})),
		},
	} {
		t.Run(name, func(t *testing.T) {
			net := mole.NewNetwork(mole.Module{Layers: layers})
			rng := rand.New(rand.NewPCG(1, 2))
			for _, l := range layers {
				disturb(l, rng)
			}
			x := tensor.NewMatrix(5, net.Inputs())
			for i := range x.Data {
				x.Data[i] = float32(rng.NormFloat64())
			}
			compareONNX(t, python, net, x, net.Activations(0, x))
		})
	}
}

// TestONNXGivesTargetsInTheirUnits looks at what stands behind the last layer of a regression.
func TestONNXGivesTargetsInTheirUnits(t *testing.T) {
	python := withPython(t)
	d := data.Diabetes()
	net := mole.MLP(d.Width(), 16, 1)
	if _, err := mole.Train(t.Context(), net, d, mole.Options{Epochs: 2, OutputEpochs: 5, Probe: -1}); err != nil {
		t.Fatal(err)
	}
	compareONNX(t, python, net, d.X, net.PredictValues(d.X))
}

// withPython returns the Python of the pinned packages, ONNX Runtime and safetensors among them.
func withPython(t *testing.T) (python string) {
	t.Helper()
	if testing.Short() {
		t.Skip("end-to-end tests are not short")
	}
	python, err := virtualEnv()
	if err != nil {
		missing(t, "the pinned Python packages cannot be installed (Debian: apt install python3-venv; network needed the first time): %v", err)
	}
	return python
}

// disturb moves all weights and running averages; variances stay positive.
func disturb(l nn.Layer, rng *rand.Rand) {
	state := map[string]nn.Tensor{}
	for _, part := range nn.State(l) {
		for i := range part.Data {
			part.Data[i] += float32(math.Abs(rng.NormFloat64()) / 3)
		}
		state[part.Name] = part
	}
	// What State returned always fits.
	_ = nn.SetState(l, func(name string) (nn.Tensor, bool) { return state[name], true })
}

func compareONNX(t *testing.T, python string, net *mole.Network, x, want *tensor.Matrix) {
	t.Helper()
	folder := t.TempDir()
	model, in, out := filepath.Join(folder, "m.onnx"), filepath.Join(folder, "x.npy"), filepath.Join(folder, "y.npy")
	if err := net.SaveONNX(model); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := data.WriteNPY(f, x); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.CommandContext(t.Context(), python, "-c", runONNX, model, in, out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got, err := data.LoadNPY(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Shape) != 2 || got.Shape[0] != want.Rows || got.Shape[1] != want.Cols {
		t.Fatalf("got shape %v, want %v", got.Shape, want)
	}
	for i, v := range want.Data {
		// Sums of float32 in another order.
		if d := math.Abs(got.Values[i] - float64(v)); !(d <= 1e-5*(1+math.Abs(float64(v)))) {
			t.Fatalf("value %d: got %v, want %v", i, got.Values[i], v)
		}
	}
}
