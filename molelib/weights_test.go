package mole_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/safetensors"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// everyLayer is a network with a layer of every kind that has state.
func everyLayer() *mole.Network {
	image := nn.Grid{Channels: 1, Height: 8, Width: 8}
	conv := nn.Conv2D(image, 3, 3, nn.Window{})
	return mole.NewNetwork(
		mole.Module{Layers: []nn.Layer{conv, nn.BatchNorm2D(conv.Out), nn.ReLU()}},
		mole.Module{Layers: []nn.Layer{nn.Dense(108, 6), nn.LayerNorm(6), nn.Residual(nn.Dense(6, 6), nn.BatchNorm(6))}},
		mole.Module{Layers: []nn.Layer{nn.Dense(6, 4)}},
	)
}

func outputs(net *mole.Network) []float32 {
	x := tensor.NewMatrix(3, net.Inputs())
	for i := range x.Data {
		x.Data[i] = float32(i%7) - 3
	}
	return net.Activations(len(net.Modules)-1, x).Data
}

func TestWeightsComeBackFromTheirFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	net, other := everyLayer(), everyLayer()
	net.Init(7)
	other.Init(8)
	if err := net.SaveWeights(path); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(outputs(net), outputs(other)) {
		t.Fatal("two seeds give the same network")
	}
	if err := other.LoadWeights(path); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(outputs(net), outputs(other)) {
		t.Error("the loaded network computes something else")
	}
}

func TestWeightsHaveTheNamesAndShapesOfPyTorch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := everyLayer().SaveWeights(path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tensors, _, err := safetensors.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	shapes := make(map[string][]int)
	for _, s := range tensors {
		shapes[s.Name] = s.Shape
	}
	for name, want := range map[string][]int{
		"0.weight": {3, 1, 3, 3}, "1.running_var": {3}, "3.weight": {6, 108}, "3.bias": {6},
		"4.weight": {6}, "5.0.weight": {6, 6}, "5.1.running_mean": {6}, "6.weight": {4, 6},
	} {
		if !slices.Equal(shapes[name], want) {
			t.Errorf("%s has shape %v, want %v", name, shapes[name], want)
		}
	}
}

func TestWeightsOfPyTorchCountBatches(t *testing.T) {
	folder := t.TempDir()
	net := mole.NewNetwork(mole.Module{Layers: []nn.Layer{nn.Dense(2, 1), nn.BatchNorm(1)}})
	ours := filepath.Join(folder, "ours.safetensors")
	if err := net.SaveWeights(ours); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	// What PyTorch adds: a number of batches, of type int64, before all the floats.
	size := binary.LittleEndian.Uint64(content)
	var header map[string]any
	if err := json.Unmarshal(content[8:8+size], &header); err != nil {
		t.Fatal(err)
	}
	for _, entry := range header {
		if at, ok := entry.(map[string]any)["data_offsets"].([]any); ok {
			at[0], at[1] = at[0].(float64)+8, at[1].(float64)+8
		}
	}
	header["1.num_batches_tracked"] = map[string]any{"dtype": "I64", "shape": []int{}, "data_offsets": []int{0, 8}}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(folder, "theirs.safetensors")
	file := slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text, []byte{9, 0, 0, 0, 0, 0, 0, 0}, content[8+size:])
	if err := os.WriteFile(theirs, file, 0o600); err != nil {
		t.Fatal(err)
	}
	want := outputs(net)
	net.Init(5)
	if err := net.LoadWeights(theirs); err != nil {
		t.Fatal(err)
	}
	if got := outputs(net); !slices.Equal(got, want) {
		t.Errorf("the network computes %v, want %v", got, want)
	}
}

func TestDenseWeightsAreTransposedForPyTorch(t *testing.T) {
	l := nn.Dense(2, 3) // inputs×outputs
	copy(l.Weight.Value.Data, []float32{1, 2, 3, 4, 5, 6})
	if got, want := nn.State(l)[0].Data, []float32{1, 4, 2, 5, 3, 6}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWeightsOfAnotherNetworkChangeNothing(t *testing.T) {
	folder := t.TempDir()
	net := mole.MLP(4, 8, 3)
	for want, other := range map[string]*mole.Network{
		"layer 0.dense 4→8: weight has shape [9 4], want [8 4]": mole.MLP(4, 9, 3),
		"layer 2.dense 8→3: there is no weight":                 mole.MLP(4, 8),
		"4.": mole.MLP(4, 8, 3, 5),
	} {
		path := filepath.Join(folder, "w.safetensors")
		if err := other.SaveWeights(path); err != nil {
			t.Fatal(err)
		}
		before := outputs(net)
		err := net.LoadWeights(path)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if !slices.Equal(before, outputs(net)) {
			t.Errorf("%s: the network changed", want)
		}
	}
	diverged := mole.MLP(4, 8, 3)
	diverged.Modules[0].Layers[0].Params()[0].Value.Set(0, 3, math.NaN())
	path := filepath.Join(folder, "nan.safetensors")
	if err := diverged.SaveWeights(path); err != nil {
		t.Fatal(err)
	}
	before := outputs(net)
	if err := net.LoadWeights(path); err == nil || !strings.Contains(err.Error(), "0.weight: value 12 is NaN") || !slices.Equal(before, outputs(net)) {
		t.Errorf("weights that hold NaN: error %v", err)
	}
	if err := net.LoadWeights(filepath.Join(folder, "none")); err == nil {
		t.Error("a missing file is no error")
	}
	if err := net.SaveWeights(filepath.Join(folder, "none", "w")); err == nil {
		t.Error("a missing folder is no error")
	}
}

func TestONNXOfANetworkThatIsNoChainIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.onnx")
	jumping := mole.NewNetwork(
		mole.Module{Layers: []nn.Layer{nn.Dense(4, 8), nn.ReLU()}}, mole.Module{Layers: []nn.Layer{nn.Dense(8, 8), nn.ReLU()}},
		mole.Module{Name: "head", Layers: []nn.Layer{nn.Dense(16, 3)}, Jumping: true},
	)
	for name, net := range map[string]*mole.Network{"head": jumping, "gcn": mole.GCN(4, 8, 3)} {
		if err := net.SaveONNX(path); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want an error with %q", err, name)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a file is left behind")
		}
	}
}
