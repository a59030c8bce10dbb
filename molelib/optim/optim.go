// Package optim has the optimizers that turn gradients into steps, and the schedules
// of their learning rate.
package optim

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/blas/gonum"

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

// Check returns an error when a setting makes no sense.
func (s SGD) Check() error {
	if !(s.Momentum >= 0 && s.Momentum < 1) {
		return fmt.Errorf("optim: momentum μ = %v: it must be at least 0 and below 1", s.Momentum)
	}
	return checkDecay(s.Decay)
}

func checkDecay(decay float64) error {
	if !(decay >= 0) || math.IsInf(decay, 0) {
		return fmt.Errorf("optim: weight decay %v: it must be at least 0 and finite", decay)
	}
	return nil
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

var blas gonum.Implementation

func (s *sgd) Step(rate float64) {
	momentum, step := float32(s.Momentum), float32(rate)
	for k, p := range s.params {
		decay := decayOf(p, s.Decay)
		velocity, value := s.velocity[k], p.Value.Data
		if momentum == 0 && decay == 0 {
			blas.Saxpy(len(value), -step, p.Grad.Data, 1, value, 1)
			continue
		}
		for i, g := range p.Grad.Data {
			v := flush(momentum*velocity[i]+g+decay*value[i], 1e-30)
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
	L2                    float64 // adds L2·θ to the gradient of weights, before the moments: weight_decay of PyTorch's Adam
}

// Check returns an error when a setting makes no sense.
func (a Adam) Check() error {
	switch {
	case !(a.Beta1 >= 0 && a.Beta1 < 1) || !(a.Beta2 >= 0 && a.Beta2 < 1):
		return fmt.Errorf("optim: β₁ = %v, β₂ = %v: they must be below 1; 0 means 0.9 and 0.999", a.Beta1, a.Beta2)
	case !(a.Epsilon >= 0) || math.IsInf(a.Epsilon, 0):
		return fmt.Errorf("optim: ε = %v: it must be positive and finite; 0 means 1e-8", a.Epsilon)
	}
	if err := checkDecay(a.Decay); err != nil {
		return err
	}
	return checkDecay(a.L2)
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
	others        sync.WaitGroup
}

func (a *adam) Step(rate float64) {
	a.steps++
	// Both bias corrections go into the rate and ε.
	root := math.Sqrt(1 - math.Pow(a.Beta2, float64(a.steps)))
	c := coefficients{
		rate: float32(rate * root / (1 - math.Pow(a.Beta1, float64(a.steps)))), epsilon: float32(a.Epsilon * root),
		b1: float32(a.Beta1), b2: float32(a.Beta2),
	}
	for k, p := range a.params {
		c.keep, c.l2 = 1-float32(rate)*decayOf(p, a.Decay), decayOf(p, a.L2)
		n := len(p.Grad.Data)
		if n < parallelFrom {
			a.update(k, 0, n, c)
			continue
		}
		// Each value is on its own, so that the number of parts does not show.
		parts := runtime.GOMAXPROCS(0)
		a.others.Add(parts - 1)
		for i := 1; i < parts; i++ {
			go a.help(k, i*n/parts, (i+1)*n/parts, c)
		}
		a.update(k, 0, n/parts, c)
		a.others.Wait()
	}
}

// parallelFrom is the number of values from which a step is divided among the
// processors: some hundred microseconds of work.
const parallelFrom = 1 << 16

// coefficients are what is common to all values of a step.
type coefficients struct{ rate, epsilon, b1, b2, keep, l2 float32 }

func (a *adam) help(k, from, to int, c coefficients) {
	defer a.others.Done()
	a.update(k, from, to, c)
}

// update changes the values from ≤ i < to of parameter k.
func (a *adam) update(k, from, to int, c coefficients) {
	grad := a.params[k].Grad.Data[from:to]
	first, second, value := a.first[k][from:to][:len(grad)], a.second[k][from:to][:len(grad)], a.params[k].Value.Data[from:to][:len(grad)]
	done := updateVectors(value, grad, first, second, &c)
	c.update(value[done:], grad[done:], first[done:], second[done:])
}

// update is Adam's formula, one value after another.
func (c *coefficients) update(value, grad, first, second []float32) {
	c1, c2 := 1-c.b1, 1-c.b2
	for i, g := range grad {
		m, v := first[i], second[i]
		if c.l2 != 0 {
			g += c.l2 * value[i]
		}
		if g = flush(g, tinyGradient); (math.Float32bits(g)|math.Float32bits(m)|math.Float32bits(v))<<1 == 0 {
			value[i] *= c.keep
			continue
		}
		m = flush(c.b1*m+c1*g, tinyFirst)
		v = flush(c.b2*v+c2*g*g, tinySecond)
		first[i], second[i] = m, v
		value[i] = c.keep*value[i] - c.rate*m/(sqrt(v)+c.epsilon)
	}
}

// What flush takes for 0, by far below what Epsilon lets show.
const (
	tinyGradient = 1e-15
	tinyFirst    = 1e-30
	tinySecond   = 1e-36
)

// flush returns 0 in place of a value nearer to it than tiny. The state of a weight
// whose input is hardly ever on, as of a pixel at the border, would decay into
// denormal numbers, which take a processor a hundred times as long; what is flushed is
// far below what Epsilon lets show. The bits are compared, because a comparison of
// values would branch by their sign, at random.
func flush(v, tiny float32) float32 {
	bits := math.Float32bits(v)
	if bits&(1<<31-1) < math.Float32bits(tiny) {
		bits = 0
	}
	return math.Float32frombits(bits)
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
