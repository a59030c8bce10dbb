package optim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

// param returns a parameter of one value, whose gradient the caller sets.
func param(value float32, decay bool) *nn.Param {
	p := nn.NewParam("weight", 1, 1, decay)
	p.Value.Data[0] = value
	return p
}

func TestAdamFollowsItsFormula(t *testing.T) {
	p := param(1, true)
	s := optim.Adam{Decay: 0.1}.Bind([]*nn.Param{p})
	want, m, v := 1.0, 0.0, 0.0
	for step := 1; step <= 5; step++ {
		g := float64(step) - 3
		p.Grad.Data[0] = float32(g)
		s.Step(0.01)
		m, v = 0.9*m+0.1*g, 0.999*v+0.001*g*g
		mHat, vHat := m/(1-math.Pow(0.9, float64(step))), v/(1-math.Pow(0.999, float64(step)))
		want = want*(1-0.01*0.1) - 0.01*mHat/(math.Sqrt(vHat)+1e-8)
		// float32
		if got := float64(p.Value.Data[0]); math.Abs(got-want) > 1e-6 {
			t.Errorf("step %d: got %v, want %v", step, got, want)
		}
	}
}

func TestMomentumFollowsItsFormula(t *testing.T) {
	p := param(1, true)
	s := optim.SGD{Momentum: 0.9, Decay: 0.5}.Bind([]*nn.Param{p})
	want, v := 1.0, 0.0
	for step := range 5 {
		p.Grad.Data[0] = 2
		s.Step(0.1)
		v = 0.9*v + 2 + 0.5*want
		want -= 0.1 * v
		if got := float64(p.Value.Data[0]); math.Abs(got-want) > 1e-5 {
			t.Errorf("step %d: got %v, want %v", step, got, want)
		}
	}
}

func TestBiasesDoNotDecay(t *testing.T) {
	for _, o := range []optim.Optimizer{optim.Adam{Decay: 0.5}, optim.SGD{Decay: 0.5}} {
		p := param(1, false)
		o.Bind([]*nn.Param{p}).Step(0.1)
		if got := p.Value.Data[0]; got != 1 {
			t.Errorf("%T: got %v, want 1", o, got)
		}
	}
}

func TestStepsDoNotAllocate(t *testing.T) {
	for _, o := range []optim.Optimizer{optim.Adam{}, optim.SGD{Momentum: 0.9}} {
		s := o.Bind([]*nn.Param{param(1, true), param(2, false)})
		if n := testing.AllocsPerRun(10, func() { s.Step(0.1) }); n != 0 {
			t.Errorf("%T: %v allocations a step", o, n)
		}
	}
}

func TestConstantScheduleKeepsTheRate(t *testing.T) {
	if f := (optim.Constant{}).Factor(7, 9); f != 1 {
		t.Errorf("got %v", f)
	}
}

// Denormal numbers made the steps of images with dead pixels several times as long.
func TestStateOfAWeightThatIsNoLongerUsedEndsAtZero(t *testing.T) {
	for _, o := range []optim.Optimizer{optim.Adam{}, optim.SGD{Momentum: 0.9}} {
		p := param(1, true)
		s := o.Bind([]*nn.Param{p})
		p.Grad.Data[0] = 1e-3
		s.Step(0.1)
		p.Grad.Data[0] = 0
		for range 2000 {
			s.Step(0.1)
		}
		before := p.Value.Data[0]
		for range 100 {
			s.Step(0.1)
		}
		if p.Value.Data[0] != before {
			t.Errorf("%T: still moving, from %v to %v", o, before, p.Value.Data[0])
		}
	}
}

func BenchmarkAdam(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		dead float64
	}{{"dense", 0}, {"half of the rows zero", 0.5}} {
		b.Run(c.name, func(b *testing.B) {
			p := nn.NewParam("weight", 784, 512, true)
			for i := range p.Grad.Rows {
				if rng.Float64() < c.dead {
					continue
				}
				for j := range p.Grad.Row(i) {
					p.Grad.Set(i, j, rng.NormFloat64())
				}
			}
			s := optim.Adam{}.Bind([]*nn.Param{p})
			b.ReportAllocs()
			for b.Loop() {
				s.Step(1e-3)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(p.Grad.Data)), "ns/value")
		})
	}
}

func TestClipScalesAllGradientsAlike(t *testing.T) {
	a, b := param(0, false), param(0, false)
	a.Grad.Data[0], b.Grad.Data[0] = 3, 4
	both := []*nn.Param{a, b}
	if norm := optim.Clip(both, 10); norm != 5 || a.Grad.Data[0] != 3 {
		t.Errorf("norm %v, gradient %v: want 5, and 3 as it was", norm, a.Grad.Data[0])
	}
	if optim.Clip(both, 1); math.Abs(float64(a.Grad.Data[0])-0.6) > 1e-6 || math.Abs(float64(b.Grad.Data[0])-0.8) > 1e-6 {
		t.Errorf("clipped to %v, %v, want 0.6, 0.8", a.Grad.Data[0], b.Grad.Data[0])
	}
}

func TestSchedulesBeginAndEndWhereTheyShould(t *testing.T) {
	for _, c := range []struct {
		schedule          optim.Schedule
		first, peak, last float64 // at step 0, at step 10 and behind the last of 110
	}{
		{optim.Constant{}, 1, 1, 1},
		{optim.Cosine{Warmup: 10}, 1.0 / 11, 1, 0},
		{optim.Cosine{Warmup: 10, Floor: 0.1}, 1.0 / 11, 1, 0.1},
		{optim.Warmup{Steps: 10}, 1.0 / 11, 1, 1},
		{optim.Warmup{Steps: 10, Then: optim.Cosine{}}, 1.0 / 11, 1, 0},
		{optim.Warmup{Steps: 10, Then: optim.Steps{Every: 0.25, Gamma: 0.5}}, 1.0 / 11, 1, 0.0625},
	} {
		for step, want := range map[int]float64{0: c.first, 10: c.peak, 110: c.last} {
			if got := c.schedule.Factor(step, 110); math.Abs(got-want) > 1e-12 {
				t.Errorf("%+v: factor %v at step %d, want %v", c.schedule, got, step, want)
			}
		}
		before := 0.0
		for step := range 10 {
			if f := c.schedule.Factor(step, 110); f < before {
				t.Errorf("%+v: the factor falls to %v at step %d", c.schedule, f, step)
			} else {
				before = f
			}
		}
	}
}

func TestSettingsThatMakeNoSenseAreErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, bad := range []interface{ Check() error }{
		optim.SGD{Momentum: 1}, optim.SGD{Momentum: -0.1}, optim.SGD{Momentum: nan}, optim.SGD{Decay: -1}, optim.SGD{Decay: inf},
		optim.Adam{Beta1: 1}, optim.Adam{Beta1: -0.1}, optim.Adam{Beta2: 1.1}, optim.Adam{Beta2: nan}, optim.Adam{Epsilon: -1},
		optim.Adam{Epsilon: inf}, optim.Adam{Decay: nan}, optim.Adam{L2: -1},
		optim.Cosine{Warmup: -1}, optim.Cosine{Floor: -0.1}, optim.Cosine{Floor: 2}, optim.Cosine{Floor: nan},
		optim.Steps{Every: -1}, optim.Steps{Every: nan}, optim.Steps{Gamma: -1}, optim.Steps{Gamma: inf},
		optim.Warmup{Steps: -1}, optim.Warmup{Then: optim.Cosine{Floor: 2}},
	} {
		if bad.Check() == nil {
			t.Errorf("%T%+v is taken for sound", bad, bad)
		}
	}
	for _, good := range []interface{ Check() error }{
		optim.SGD{}, optim.SGD{Momentum: 0.9, Decay: 1e-4}, optim.Adam{}, optim.Adam{Beta1: 0.5, Beta2: 0.99, Epsilon: 1e-6, Decay: 0.1, L2: 0.1},
		optim.Cosine{}, optim.Cosine{Warmup: 5, Floor: 1}, optim.Steps{}, optim.Steps{Every: 0.3, Gamma: 0.5}, optim.Warmup{}, optim.Warmup{Steps: 3, Then: optim.Constant{}},
	} {
		if err := good.Check(); err != nil {
			t.Errorf("%T%+v: %v", good, good, err)
		}
	}
}
