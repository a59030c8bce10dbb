package mole

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/onnx"
	"github.com/mole-kernel/mole-kernel/molelib/safetensors"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// SaveWeights writes the weights of all layers to a safetensors file, in place of one that
// is there. The names are those of PyTorch's nn.Sequential of the same layers, counted
// through all modules ("0.weight", "0.bias", "2.weight", …), and so are the shapes:
//
//	model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
//	model.load_state_dict(safetensors.torch.load_file("digits.safetensors"))
//
// A network that was trained for targets gives standardized outputs; mean and deviation are
// in the file's metadata, "target_mean" and "target_std", as lists of numbers in JSON.
//
// The file appears whole or not at all.
func (net *Network) SaveWeights(path string) error {
	var tensors []safetensors.Tensor
	net.eachLayer(func(prefix string, l nn.Layer) {
		for _, t := range nn.State(l) {
			tensors = append(tensors, safetensors.Tensor{Name: prefix + t.Name, Shape: t.Shape, Data: t.Data})
		}
	})
	err := writeWhole(path, func(f *os.File) error {
		return safetensors.Write(f, tensors, net.metadata())
	})
	if err != nil {
		return fmt.Errorf("mole: save weights: %w", err)
	}
	return nil
}

// SaveONNX writes the whole network, in use, as a model in the ONNX format, in place of a file that
// is there. It takes "input", n×Inputs, and gives "output", n×Outputs: the logits of the classes, or
// the values that PredictValues returns; its weights have the names of SaveWeights. See package onnx for the layers that
// can be written; another one is an error.
//
//	session = onnxruntime.InferenceSession("digits.onnx")
//	logits, = session.run(None, {"input": images.reshape(-1, 64).astype("float32")})
//
// The file appears whole or not at all.
func (net *Network) SaveONNX(path string) error {
	for _, m := range net.Modules {
		if m.Jumping {
			return fmt.Errorf("mole: save as ONNX: module %q takes the representations of all modules before it, and only chains can be written", m.Name)
		}
	}
	var layers []nn.Layer
	net.eachLayer(func(_ string, l nn.Layer) { layers = append(layers, l) })
	if net.units != nil {
		layers = append(layers, scaling(net.units))
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	err := writeWhole(path, func(f *os.File) error { return onnx.Write(f, name, net.Inputs(), layers...) })
	if err != nil {
		return fmt.Errorf("mole: save as ONNX: %w", err)
	}
	return nil
}

// scaling is the layer that turns standardized values into their units.
func scaling(units *data.Scaler) nn.Layer {
	l := nn.Dense(len(units.Mean), len(units.Mean))
	for j, mean := range units.Mean {
		l.Weight.Value.Set(j, j, units.Std[j])
		l.Bias.Value.Set(0, j, mean)
	}
	return l
}

// LoadWeights gives the network the weights of a safetensors file that SaveWeights or
// PyTorch wrote for the same layers. A file that lacks a tensor, has one of another shape
// or one too many, NaN or an infinity is an error, and the network is as it was.
func (net *Network) LoadWeights(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("mole: load weights: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	tensors, metadata, err := safetensors.Read(bufio.NewReader(f))
	if err != nil {
		return fmt.Errorf("mole: load weights: %s: %w", path, err)
	}
	units, err := unitsOf(metadata, net.Outputs())
	if err == nil {
		err = net.setWeights(tensors)
	}
	if err != nil {
		return fmt.Errorf("mole: load weights: %s: %w", path, err)
	}
	net.units = units
	return nil
}

func (net *Network) metadata() map[string]string {
	m := map[string]string{"format": "pt", "producer": "mole-kernel"}
	if net.units != nil {
		m["target_mean"], m["target_std"] = jsonList(net.units.Mean), jsonList(net.units.Std)
	}
	return m
}

func jsonList(v []float64) string {
	text, _ := json.Marshal(v) // Finite numbers have no error.
	return string(text)
}

// unitsOf reads the units of a network with the given number of outputs, nil when the file
// has none.
func unitsOf(metadata map[string]string, outputs int) (*data.Scaler, error) {
	if metadata["target_mean"] == "" && metadata["target_std"] == "" {
		return nil, nil
	}
	var u data.Scaler
	for key, dst := range map[string]*[]float64{"target_mean": &u.Mean, "target_std": &u.Std} {
		if err := json.Unmarshal([]byte(metadata[key]), dst); err != nil || len(*dst) != outputs {
			return nil, fmt.Errorf("metadata %s is %q: want a list of %d numbers", key, metadata[key], outputs)
		}
	}
	return &u, nil
}

func (net *Network) setWeights(tensors []safetensors.Tensor) error {
	byName := make(map[string]nn.Tensor, len(tensors))
	for _, t := range tensors {
		// PyTorch counts the batches that a batch normalization has seen.
		if strings.HasSuffix(t.Name, ".num_batches_tracked") {
			continue
		}
		m := tensor.Matrix{Rows: 1, Cols: len(t.Data), Data: t.Data}
		if _, i, finite := m.Finite(); !finite {
			return fmt.Errorf("%s: value %d is %v: these are weights of a training that diverged, take those of an earlier epoch", t.Name, i, t.Data[i])
		}
		byName[t.Name] = nn.Tensor{Name: t.Name, Shape: t.Shape, Data: t.Data}
	}
	// All is tried on a copy first, so that an error leaves the network whole.
	if err := net.Clone().assign(byName); err != nil {
		return err
	}
	return net.assign(byName)
}

// assign gives the layers their tensors, all of which must be for one of them.
func (net *Network) assign(byName map[string]nn.Tensor) error {
	var first error
	used := make(map[string]bool, len(byName))
	net.eachLayer(func(prefix string, l nn.Layer) {
		err := nn.SetState(l, func(name string) (nn.Tensor, bool) {
			t, ok := byName[prefix+name]
			used[prefix+name] = true
			return t, ok
		})
		if err != nil && first == nil {
			first = fmt.Errorf("layer %s%w", prefix, err)
		}
	})
	for name := range byName {
		if first == nil && !used[name] {
			first = fmt.Errorf("%s is for no layer of the network: the file is of another one", name)
		}
	}
	return first
}

// eachLayer visits the layers with their number in a Sequential of all, as in "3.".
func (net *Network) eachLayer(visit func(prefix string, l nn.Layer)) {
	i := 0
	for _, m := range net.Modules {
		for _, l := range m.Layers {
			visit(fmt.Sprintf("%d.", i), l)
			i++
		}
	}
}

// writeWhole writes a file beside path and then gives it the name, so that path is never
// half written.
func writeWhole(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // After the rename there is nothing to remove.
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
