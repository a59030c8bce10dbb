package optim_test

import (
	"math"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/internal/golden"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

// torch is testdata/torch.json, of testdata/golden.py: steps of PyTorch's optimizers in float64
// with a learning rate of 0.05, and learning rates of its schedulers over 20 steps, from 1 on.
type torch struct {
	Optimizers []struct {
		Name          string
		W, B          []float32      // a weight of 2×9 values and a bias of 3, which does not decay
		Grads, Values [][2][]float32 // of both, before and after each step
	}
	Schedules map[string][]float64
}

func loadTorch(t *testing.T) (reference torch) {
	t.Helper()
	golden.Read(t, "torch.json", &reference)
	return reference
}

func TestOptimizersMatchPyTorch(t *testing.T) {
	optimizers := map[string]optim.Optimizer{
		"sgd":      optim.SGD{},
		"momentum": optim.SGD{Momentum: 0.9, Decay: 0.01},
		"adam":     optim.Adam{},
		"adam l2":  optim.Adam{Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-4, L2: 0.01},
		"adamw":    optim.Adam{Decay: 0.1},
	}
	for _, c := range loadTorch(t).Optimizers {
		w, b := nn.NewParam("weight", 2, 9, true), nn.NewParam("bias", 1, 3, false)
		copy(w.Value.Data, c.W)
		copy(b.Value.Data, c.B)
		stepper := optimizers[c.Name].Bind([]*nn.Param{w, b})
		for step := range c.Grads {
			copy(w.Grad.Data, c.Grads[step][0])
			copy(b.Grad.Data, c.Grads[step][1])
			stepper.Step(0.05)
			for k, p := range []*nn.Param{w, b} {
				for i, want := range c.Values[step][k] {
					// Over 12 steps in float32, in which 1 − 0.999 is off by 1e-5.
					if got := p.Value.Data[i]; !(math.Abs(float64(got-want)) <= 5e-6) {
						t.Fatalf("%s, step %d, %s %d: got %v, want %v", c.Name, step, p.Name, i, got, want)
					}
				}
			}
		}
	}
}

func TestSchedulesMatchPyTorch(t *testing.T) {
	schedules := map[string]optim.Schedule{
		"cosine": optim.Cosine{},           // CosineAnnealingLR(T_max=20)
		"floor":  optim.Cosine{Floor: 0.1}, // and eta_min=0.1
		"step":   optim.Steps{Every: 0.25}, // StepLR(5), whose gamma is 0.1
		"warmup": optim.Cosine{Warmup: 4},  // LinearLR(1/5, 1, 4), then CosineAnnealingLR(16)
	}
	for name, rates := range loadTorch(t).Schedules {
		for step, want := range rates {
			if got := schedules[name].Factor(step, len(rates)); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s, step %d: got %v, want %v", name, step, got, want)
			}
		}
	}
}
