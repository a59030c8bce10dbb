package molekernel_test

import (
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// exchangeWeights computes the network of the test with the weights of a file that we wrote,
// and writes a file with all weights doubled for us to read.
const exchangeWeights = `
import sys, numpy
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
w = load_file(sys.argv[1])
with safe_open(sys.argv[1], framework="numpy") as f:
    assert sorted(f.keys()) == sorted(w), f.keys()
assert {k: v.shape for k, v in w.items()} == {
    "0.weight": (5, 3), "0.bias": (5,), "1.weight": (5,), "1.bias": (5,), "1.running_mean": (5,), "1.running_var": (5,),
    "3.weight": (2, 5), "3.bias": (2,)}, {k: v.shape for k, v in w.items()}
assert all(v.dtype == numpy.float32 for v in w.values())
x = numpy.arange(12, dtype=numpy.float32).reshape(4, 3) / 10
t = x @ w["0.weight"].T + w["0.bias"]
t = (t - w["1.running_mean"]) / numpy.sqrt(w["1.running_var"] + 1e-5) * w["1.weight"] + w["1.bias"]
y = numpy.maximum(t, 0) @ w["3.weight"].T + w["3.bias"]
save_file({k: 2 * v for k, v in w.items()}, sys.argv[2], metadata={"format": "np"})
print(" ".join("%.6f" % v for v in y.ravel()))
`

// TestPythonReadsAndWritesOurWeights exchanges safetensors files with Python's own package.
func TestPythonReadsAndWritesOurWeights(t *testing.T) {
	python := withPython(t)
	layers := []nn.Layer{nn.Dense(3, 5), nn.BatchNorm(5), nn.ReLU(), nn.Dense(5, 2)}
	net := mole.NewNetwork(mole.Module{Layers: layers[:3]}, mole.Module{Layers: layers[3:]})
	net.Init(3)
	ours, theirs := filepath.Join(t.TempDir(), "ours.safetensors"), filepath.Join(t.TempDir(), "theirs.safetensors")
	if err := net.SaveWeights(ours); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, "-c", exchangeWeights, ours, theirs).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	x := tensor.NewMatrix(4, 3)
	for i := range x.Data {
		x.Data[i] = float32(i) / 10
	}
	numbers := strings.Fields(string(out))
	for i, v := range net.Activations(1, x).Data {
		if got, err := strconv.ParseFloat(numbers[i], 64); err != nil || math.Abs(got-float64(v)) > 1e-5 {
			t.Errorf("output %d: Python computes %s, we %v; %v", i, numbers[i], v, err)
		}
	}
	other := net.Clone()
	if err := other.LoadWeights(theirs); err != nil {
		t.Fatal(err)
	}
	loaded := slices.Concat(other.Modules[0].Layers, other.Modules[1].Layers)
	for i, l := range layers {
		was, is := nn.State(l), nn.State(loaded[i])
		for k := range was {
			doubled := slices.Clone(was[k].Data)
			for j := range doubled {
				doubled[j] *= 2
			}
			if !slices.Equal(doubled, is[k].Data) {
				t.Errorf("layer %d, %s: %v came back as %v", i, was[k].Name, doubled, is[k].Data)
			}
		}
	}
}
