package onnx_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/onnx"
)

var update = flag.Bool("update", false, "write testdata anew")

func ExampleWrite() {
	var model bytes.Buffer
	err := onnx.Write(&model, "digits", 64, nn.Dense(64, 16), nn.ReLU(), nn.Dense(16, 10))
	fmt.Println(err, bytes.Contains(model.Bytes(), []byte("2.weight")))

	err = onnx.Write(&model, "digits", 64, nn.Dense(32, 16))
	fmt.Println(err)
	// Output:
	// <nil> true
	// onnx: layer 0: dense 32→16 takes 32 values, but gets 64
}

// TestModelsStayTheSame compares with files that ONNX Runtime has run: the end-to-end test
// TestONNXRuntimeComputesWhatTheNetworkDoes has these layers.
func TestModelsStayTheSame(t *testing.T) {
	image := nn.Grid{Channels: 1, Height: 4, Width: 4}
	conv := nn.Conv2D(image, 2, 3, nn.Window{Padding: 1})
	pooled := nn.AvgPool2D(conv.Out, 2, nn.Window{})
	for name, layers := range map[string][]nn.Layer{
		"images": {conv, nn.BatchNorm2D(conv.Out), nn.ReLU(), pooled, nn.Flatten(), nn.Dense(8, 3)},
		"rows":   {nn.Dense(16, 4), nn.LeakyReLU(0.1), nn.Residual(nn.LayerNorm(4), nn.Dropout(0.5), nn.Dense(4, 4)), nn.Tanh()},
	} {
		rng := rand.New(rand.NewPCG(1, 2))
		for _, l := range layers {
			l.Init(rng)
		}
		var got bytes.Buffer
		if err := onnx.Write(&got, name, 16, layers...); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".onnx")
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: the model of %d bytes differs from the %d of %s", name, got.Len(), len(want), path)
		}
	}
}

func TestLayersOnGraphsAreAnError(t *testing.T) {
	err := onnx.Write(&bytes.Buffer{}, "nodes", 4, nn.Dense(4, 4), nn.Residual(nn.GCN(4, 4)))
	if err == nil || !strings.HasPrefix(err.Error(), "onnx: layer 1: ") || !strings.Contains(err.Error(), "gcn") {
		t.Errorf("got %v, want the layer named", err)
	}
}
