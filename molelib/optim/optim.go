// Package optim has the optimizers that turn gradients into steps, and the schedules
// of their learning rate.
package optim

import (
	"math"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

// Optimizer is a rule of optimization with its settings, to be bound to parameters.
type Optimizer interface {
	Bind(params []*nn.Param) Stepper
}

// Stepper changes the parameters that it is bound to by their gradients, and keeps
// its state between steps. It allocates nothing.
type Stepper interface {
	Step(rate float64)
}

// SGD is gradient descent with momentum: v ← μv + g, θ ← θ − rate·v. The zero value
// is plain gradient descent.
type SGD struct {
	Momentum float64 // μ
	Decay    float64 // L2: adds Decay·θ to the gradient of weights
}

// Bind returns a stepper for params with velocity 0.
func (s SGD) Bind(params []*nn.Param) Stepper {
	return &sgd{SGD: s, params: params, velocity: zeros(params)}
}

type sgd struct {
	SGD
	params   []*nn.Param
	velocity [][]float32
}

func (s *sgd) Step(rate float64) {
	momentum, step := float32(s.Momentum), float32(rate)
	for k, p := range s.params {
		decay := decayOf(p, s.Decay)
		velocity, value := s.velocity[k], p.Value.Data
		for i, g := range p.Grad.Data {
			v := momentum*velocity[i] + g + decay*value[i]
			velocity[i] = v
			value[i] -= step * v
		}
	}
}

// Adam is the optimizer of Kingma and Ba (2015), with decoupled weight decay (AdamW,
// Loshchilov and Hutter 2019) when Decay is set. Zero settings mean Beta1 0.9, Beta2
// 0.999, Epsilon 1e-8.
type Adam struct {
	Beta1, Beta2, Epsilon float64
	Decay                 float64 // θ ← θ − rate·Decay·θ for weights
}

// Bind returns a stepper for params with moments 0.
func (a Adam) Bind(params []*nn.Param) Stepper {
	if a.Beta1 == 0 {
		a.Beta1 = 0.9
	}
	if a.Beta2 == 0 {
		a.Beta2 = 0.999
	}
	if a.Epsilon == 0 {
		a.Epsilon = 1e-8
	}
	return &adam{Adam: a, params: params, first: zeros(params), second: zeros(params)}
}

type adam struct {
	Adam
	params        []*nn.Param
	first, second [][]float32
	steps         int
}

func (a *adam) Step(rate float64) {
	a.steps++
	// Both bias corrections go into the rate and ε.
	root := math.Sqrt(1 - math.Pow(a.Beta2, float64(a.steps)))
	step := float32(rate * root / (1 - math.Pow(a.Beta1, float64(a.steps))))
	epsilon := float32(a.Epsilon * root)
	b1, b2 := float32(a.Beta1), float32(a.Beta2)
	for k, p := range a.params {
		keep := 1 - float32(rate)*decayOf(p, a.Decay)
		grad := p.Grad.Data
		first, second, value := a.first[k][:len(grad)], a.second[k][:len(grad)], p.Value.Data[:len(grad)]
		for i, g := range grad {
			m := b1*first[i] + (1-b1)*g
			v := b2*second[i] + (1-b2)*g*g
			first[i], second[i] = m, v
			value[i] = keep*value[i] - step*m/(sqrt(v)+epsilon)
		}
	}
}

// sqrt compiles to one float32 instruction.
func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }

func decayOf(p *nn.Param, decay float64) float32 {
	if !p.Decay {
		return 0
	}
	return float32(decay)
}

func zeros(params []*nn.Param) [][]float32 {
	state := make([][]float32, len(params))
	for i, p := range params {
		state[i] = make([]float32, len(p.Value.Data))
	}
	return state
}

// Schedule says by what factor the learning rate is multiplied at a step.
type Schedule interface {
	Factor(step, total int) float64 // step in [0, total)
}

// Constant keeps the learning rate.
type Constant struct{}

// Factor returns 1.
func (Constant) Factor(_, _ int) float64 { return 1 }

// Cosine lets the learning rate rise linearly over Warmup steps, and then fall from 1
// to Floor along half a cosine: Floor + (1 − Floor)·(1 + cos πt)/2.
type Cosine struct {
	Warmup int
	Floor  float64
}

// Factor returns the factor at a step.
func (c Cosine) Factor(step, total int) float64 {
	if step < c.Warmup {
		return float64(step+1) / float64(c.Warmup+1)
	}
	t := float64(step-c.Warmup) / float64(max(1, total-c.Warmup))
	return c.Floor + (1-c.Floor)*(1+math.Cos(math.Pi*min(1, t)))/2
}
