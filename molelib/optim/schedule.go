package optim

import (
	"fmt"
	"math"
)

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

// Check returns an error when a setting makes no sense.
func (c Cosine) Check() error {
	if c.Warmup < 0 || !(c.Floor >= 0 && c.Floor <= 1) {
		return fmt.Errorf("optim: Cosine: a warm-up of %d steps, a floor of %v: they must not be negative, and the floor at most 1", c.Warmup, c.Floor)
	}
	return nil
}

// Factor returns the factor at a step.
func (c Cosine) Factor(step, total int) float64 {
	if step < c.Warmup {
		return float64(step+1) / float64(c.Warmup+1)
	}
	t := float64(step-c.Warmup) / float64(max(1, total-c.Warmup))
	return c.Floor + (1-c.Floor)*(1+math.Cos(math.Pi*min(1, t)))/2
}

// Steps multiplies the learning rate by Gamma each time another share Every of the
// training is over: with Every 0.5 and Gamma 0.1 it falls to a tenth half way.
type Steps struct {
	Every float64 // share of the training, in (0, 1]; 0 means 1, which is never
	Gamma float64 // factor each time; 0 means 0.1
}

// Check returns an error when a setting makes no sense.
func (s Steps) Check() error {
	if !(s.Every >= 0) || !(s.Gamma >= 0) || math.IsInf(s.Gamma, 0) {
		return fmt.Errorf("optim: Steps: a factor of %v for every share %v of the training: both must be positive", s.Gamma, s.Every)
	}
	return nil
}

// Factor returns the factor at a step.
func (s Steps) Factor(step, total int) float64 {
	if !(s.Every > 0) {
		return 1
	}
	if s.Gamma == 0 {
		s.Gamma = 0.1
	}
	done := float64(step) / float64(max(1, total))
	return math.Pow(s.Gamma, math.Floor(done/s.Every+1e-9))
}

// Warmup lets the learning rate rise linearly over some steps before another schedule
// begins, which takes what is left of the training as the whole. (Cosine can do so itself.)
type Warmup struct {
	Steps int
	Then  Schedule // nil means Constant
}

// Check returns an error when a setting makes no sense, also one of Then.
func (w Warmup) Check() error {
	if w.Steps < 0 {
		return fmt.Errorf("optim: Warmup: %d steps: they must not be negative", w.Steps)
	}
	if then, ok := w.Then.(interface{ Check() error }); ok {
		return then.Check()
	}
	return nil
}

// Factor returns the factor at a step.
func (w Warmup) Factor(step, total int) float64 {
	if step < w.Steps {
		return float64(step+1) / float64(w.Steps+1)
	}
	if w.Then == nil {
		return 1
	}
	return w.Then.Factor(step-w.Steps, max(1, total-w.Steps))
}
