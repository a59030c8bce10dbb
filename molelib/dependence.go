package mole

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Measure is a kernel measure of dependence that can stand in place of information.
type Measure int

// The measures of package mi.
const (
	CKA           Measure = iota // centred kernel alignment
	HSIC                         // Hilbert–Schmidt independence criterion; the HSIC bottleneck of Ma et al. 2019
	CauchySchwarz                // Cauchy–Schwarz quadratic information
)

// String names the measure.
func (m Measure) String() string {
	if m < CKA || m > CauchySchwarz {
		return fmt.Sprintf("measure %d", int(m))
	}
	return [...]string{"CKA", "HSIC", "Cauchy–Schwarz"}[m]
}

// Dependence is the objective Decoder·F(T,Y) + Encoder·F(T,X), to be maximized, where F is
// a kernel measure of dependence. A negative Encoder is a bottleneck.
type Dependence struct {
	Measure Measure
	Decoder float64 // weight of F(T,Y); 0 means 1 when Encoder is not positive
	Encoder float64 // weight of F(T,X)
	OfData  bool    // X are the data; otherwise the module's input

	Kernel mi.Kernel
	Width  float64      // fixed kernel width; 0 means the adaptive width
	Scale  float64      // c of the adaptive width; 0 means 1
	Rule   mi.WidthRule // as that of Information

	TargetScale, TargetWidth float64 // of the kernel of targets, as those of Information
}

var _ Objective = Dependence{}

func (o Dependence) withDefaults() Dependence {
	if o.Decoder == 0 && o.Encoder <= 0 {
		o.Decoder = 1
	}
	return o
}

// Name describes the objective, as in "CKA(T,Y)".
func (o Dependence) Name() string {
	o = o.withDefaults()
	name := ""
	if o.Decoder != 0 {
		name = fmt.Sprintf("%s%v(T,Y)", factor(o.Decoder), o.Measure)
	}
	switch {
	case o.Encoder < 0:
		name += fmt.Sprintf(" − %s%v(T,%s)", factor(-o.Encoder), o.Measure, sourceName(o.OfData))
	case o.Encoder > 0 && name != "":
		name += fmt.Sprintf(" + %s%v(T,%s)", factor(o.Encoder), o.Measure, sourceName(o.OfData))
	case o.Encoder > 0:
		name = fmt.Sprintf("%s%v(T,%s)", factor(o.Encoder), o.Measure, sourceName(o.OfData))
	}
	return name
}

// Check returns an error when a setting makes no sense.
func (o Dependence) Check() error {
	if o.Measure < CKA || o.Measure > CauchySchwarz {
		return fmt.Errorf("measure %d is unknown: take mole.CKA, mole.HSIC or mole.CauchySchwarz", int(o.Measure))
	}
	if !(o.Decoder >= 0) {
		return fmt.Errorf("the weight of the labels must not be negative: %v", o.Decoder)
	}
	if math.IsInf(o.Decoder, 0) || math.IsInf(o.Encoder, 0) || math.IsNaN(o.Encoder) {
		return fmt.Errorf("the weights %v of the labels and %v of the data must be finite", o.Decoder, o.Encoder)
	}
	if err := o.toTargets().Check(); err != nil {
		return err
	}
	return differentiable(o.Kernel)
}

func (o Dependence) usesData() bool { return o.OfData && o.Encoder != 0 }

func (o Dependence) need() need { return needOfDecoder(o.withDefaults().Decoder) }

// toTargets are the settings of F(T,Y).
func (o Dependence) toTargets() mi.Options {
	return toTargets(o.estimate(), o.TargetScale, o.TargetWidth)
}

func (o Dependence) estimate() mi.Options {
	return mi.Options{Kernel: o.Kernel, Width: o.Width, Scale: o.Scale, Rule: o.Rule}
}

// Bind returns the objective at work.
func (o Dependence) Bind(_, _ int, _ *rand.Rand) Criterion {
	return &dependence{Dependence: o.withDefaults(), decoder: mi.NewEstimator(o.toTargets()), encoder: mi.NewEstimator(o.estimate())}
}

type dependence struct {
	Dependence
	decoder, encoder *mi.Estimator
	part             tensor.Matrix
}

func (c *dependence) Params() []*nn.Param { return nil }

// Loss returns −(Decoder·F(T,Y) + Encoder·F(T,X)).
func (c *dependence) Loss(dT *tensor.Matrix, batch Batch) float64 {
	loss := 0.0
	clear(dT.Data)
	resize(&c.part, batch.T.Rows, batch.T.Cols)
	if c.Decoder != 0 {
		loss -= c.Decoder * c.measure(c.decoder, batch.T, batch.answers())
		subtract(dT, c.Decoder, &c.part)
	}
	if c.Encoder != 0 {
		loss -= c.Encoder * c.measure(c.encoder, batch.T, batch.source(c.OfData))
		subtract(dT, c.Encoder, &c.part)
	}
	return loss
}

// measure leaves the gradient with respect to t in part.
func (c *dependence) measure(e *mi.Estimator, t *tensor.Matrix, y mi.Points) float64 {
	switch c.Measure {
	case HSIC:
		return e.HSIC(&c.part, t, y)
	case CauchySchwarz:
		return e.CauchySchwarz(&c.part, t, y)
	}
	return e.CKA(&c.part, t, y)
}
