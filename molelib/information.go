package mole

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Information is the objective Decoder·I_α(T;Y) + Encoder·I_α(T;X), to be maximized,
// with the matrix-based estimate of package mi. The zero value is the default recipe.
type Information struct {
	Decoder float64 // weight of I(T;Y), of a decoder-like module; 0 means 1 when Encoder is 0
	Encoder float64 // weight of I(T;X), of an encoder-like module. −β is the information bottleneck

	// OfData makes X the data, I(T_k;X), in place of the module's input, I(T_k;T_{k−1}).
	// They are the same in the first module.
	OfData bool

	Alpha float64 // order; 0 means 1.01
	Width float64 // fixed kernel width σ; 0 means the adaptive width
	Scale float64 // c of the adaptive width; 0 means 0.7, and 1 without projection

	// Rule is another way to the width than the adaptive one, which alone is differentiated;
	// with mi.Silverman, Scale 0 means 5.
	Rule mi.WidthRule

	// Projection is the width of the auxiliary projection U = ReLU(T·V + b): the
	// information is that of U, and V and b are trained with the module and thrown away.
	// It keeps early layers from giving up what a later one could use. (Shannon's I(U;Y)
	// is at most I(T;Y); the estimate follows that roughly.) 0 means 128; a negative
	// number means none.
	Projection int

	// Grid is the shape of a convolution's output. The projection then sees the means over
	// windows of its maps, at most 4×4 of each (as Nøkland and Eidnes 2019 do), which is
	// faster than all values. The zero value means all of them.
	Grid nn.Grid

	Normalized bool // maximize I(T;Y)/S(T,Y) in place of I(T;Y), and I(T;X)/S(T,X) of I(T;X)

	// Channels divides the output of a convolution into its planes, one Gram matrix each:
	// the multivariate extension I(T₁, …, T_C; Y), and I(T₁, …, T_C; X). It stands in place of
	// the projection, and Scale 0 then means √Channels; X has one Gram matrix, and
	// c = Scale/√Channels. 0 means one Gram matrix of the flattened output.
	Channels int

	Kernel mi.Kernel // the zero value is mi.Gaussian; mi.Delta has no gradient

	// TargetScale and TargetWidth are c and σ of the Gaussian kernel of targets (regression):
	// σ is in units of their standard deviation, and 0 means the adaptive width
	// c·root mean square distance of the batch; c = 0 means 1.
	TargetScale, TargetWidth float64
}

var _ Objective = Information{}

// MutualInformationY returns the objective I(T;Y) of the default recipe.
func MutualInformationY() Information { return Information{} }

// MutualInformationX returns the label-free objective I(T;X) of an encoder-like module, X
// being its input; Information{Encoder: 1, OfData: true} is about the data.
func MutualInformationX() Information { return Information{Encoder: 1} }

// Bottleneck returns the information bottleneck I(T;Y) − β·I(T;X) (Tishby, Pereira, Bialek
// 1999), β > 0.
func Bottleneck(beta float64) Information { return Information{Decoder: 1, Encoder: -beta} }

func (o Information) withDefaults() Information {
	if o.Decoder == 0 && o.Encoder == 0 {
		o.Decoder = 1
	}
	if o.Alpha == 0 {
		o.Alpha = mi.DefaultAlpha
	}
	if o.Channels > 0 {
		o.Projection = -1
	}
	if o.Projection == 0 {
		o.Projection = 128
	}
	if o.Scale == 0 && o.Rule != mi.Silverman {
		switch {
		case o.Channels > 0:
			o.Scale = math.Sqrt(float64(o.Channels))
		case o.Projection < 0:
			o.Scale = 1
		default:
			o.Scale = 0.7
		}
	}
	return o
}

func (o Information) usesData() bool { return o.OfData && o.Encoder != 0 }

func (o Information) need() need { return needOfDecoder(o.withDefaults().Decoder) }

// toTargets are the settings of I(T;Y).
func (o Information) toTargets() mi.Options {
	return toTargets(o.estimate(), o.TargetScale, o.TargetWidth)
}

// toTargets adds the width of the label kernel.
func toTargets(e mi.Options, scale, width float64) mi.Options {
	e.Target = &mi.Options{Scale: scale, Width: width}
	return e
}

func (o Information) estimate() mi.Options {
	return mi.Options{Alpha: o.Alpha, Width: o.Width, Scale: o.Scale, Rule: o.Rule, Kernel: o.Kernel}
}

// toInput are the settings of I(T;X).
func (o Information) toInput() mi.Options {
	e := o.estimate()
	if o.Channels > 0 {
		x := e
		x.Scale /= math.Sqrt(float64(o.Channels))
		e.Target = &x
	}
	return e
}

// Name describes the objective.
func (o Information) Name() string {
	o = o.withDefaults()
	name := ""
	switch {
	case o.Encoder == 0:
		name = factor(o.Decoder) + o.about("Y")
	case o.Decoder == 0:
		name = factor(o.Encoder) + o.about(sourceName(o.OfData))
	case o.Encoder < 0:
		name = fmt.Sprintf("%s%s − %s%s", factor(o.Decoder), o.about("Y"), factor(-o.Encoder), o.about(sourceName(o.OfData)))
	default:
		name = fmt.Sprintf("%s%s + %s%s", factor(o.Decoder), o.about("Y"), factor(o.Encoder), o.about(sourceName(o.OfData)))
	}
	name += fmt.Sprintf(", α = %v", o.Alpha)
	switch {
	case o.Channels > 0:
		name += fmt.Sprintf(", %d channels", o.Channels)
	case o.Projection > 0:
		name += fmt.Sprintf(", projection %d", o.Projection)
	}
	return name
}

// about names what is known of a variable.
func (o Information) about(variable string) string {
	if o.Normalized {
		return fmt.Sprintf("I(T;%s)/S(T,%s)", variable, variable)
	}
	return fmt.Sprintf("I(T;%s)", variable)
}

// sourceName is X for the input of a module and X₀ for the data.
func sourceName(data bool) string {
	if data {
		return "X₀"
	}
	return "X"
}

// factor writes a weight before what it multiplies, and nothing for 1.
func factor(weight float64) string {
	if weight == 1 {
		return ""
	}
	return fmt.Sprintf("%v·", weight)
}

// Check returns an error when a setting makes no sense.
func (o Information) Check() error {
	switch {
	case !(o.Decoder >= 0):
		return fmt.Errorf("the weight of I(T;Y) must not be negative: %v", o.Decoder)
	case math.IsInf(o.Decoder, 0) || math.IsInf(o.Encoder, 0) || math.IsNaN(o.Encoder):
		return fmt.Errorf("the weights %v of I(T;Y) and %v of I(T;X) must be finite", o.Decoder, o.Encoder)
	case o.Encoder < 0 && o.Decoder == 0:
		return fmt.Errorf("I(T;X) with the negative weight %v and nothing else is largest where nothing is learned: set Decoder, as Bottleneck does", o.Encoder)
	case o.Channels < 0:
		return fmt.Errorf("%d channels: give those of the convolution, or 0", o.Channels)
	case o.Channels > 0 && o.Normalized:
		return errors.New("the normalized information of channels is not there: leave out Normalized or Channels")
	case o.Channels > 0 && o.Kernel != mi.Gaussian && o.Kernel != mi.Laplacian:
		return errors.New("the kernel of channels must be mi.Gaussian or mi.Laplacian")
	}
	if err := o.withDefaults().toTargets().Check(); err != nil {
		return err
	}
	return differentiable(o.Kernel)
}

// differentiable returns an error for a kernel that a module cannot learn by.
func differentiable(k mi.Kernel) error {
	if k == mi.Delta {
		return errors.New("the kernel mi.Delta has no gradient, so that nothing would be learned: take mi.Gaussian")
	}
	return nil
}

// fits returns an error when outputs of that width are not those of the channels or the grid.
func (o Information) fits(width int) error {
	switch {
	case o.Channels > 0 && width%o.Channels != 0:
		return fmt.Errorf("an output of %d values does not divide into %d channels", width, o.Channels)
	case o.withDefaults().Projection > 0 && o.Grid != (nn.Grid{}) && o.Grid.Size() != width:
		return fmt.Errorf("the grid %v has %d values, the output of the module %d", o.Grid, o.Grid.Size(), width)
	}
	return nil
}

// Bind returns the objective at work.
func (o Information) Bind(width, _ int, rng *rand.Rand) Criterion {
	o = o.withDefaults()
	if err := o.fits(width); err != nil {
		panic("mole: Information: " + err.Error())
	}
	c := &information{Information: o, decoder: mi.NewEstimator(o.toTargets())}
	if o.Encoder != 0 {
		c.encoder = mi.NewEstimator(o.toInput())
	}
	if o.Projection > 0 {
		c.projection = o.project(width)
		c.projection.Init(rng)
	}
	return c
}

// project returns the layers of the projection.
func (o Information) project(width int) *nn.Stack {
	var layers []nn.Layer
	inputs := width
	if o.Grid != (nn.Grid{}) {
		if pool := meansOf(o.Grid); pool != nil {
			layers, inputs = append(layers, pool), pool.Out.Size()
		}
	}
	// The widths fit by construction.
	stack, _ := nn.NewStack(width, append(layers, nn.Dense(inputs, o.Projection), nn.ReLU())...)
	return stack
}

// meansOf returns the layer that makes at most 4×4 means of each map, or nil when there are
// no more values than that.
func meansOf(g nn.Grid) *nn.PoolLayer {
	const most = 4
	size := (max(g.Height, g.Width) + most - 1) / most
	if size < 2 || min(g.Height, g.Width) < size {
		return nil
	}
	// What the last window lacks is added on both sides.
	lacks := max((size-g.Height%size)%size, (size-g.Width%size)%size)
	return nn.AvgPool2D(g, size, nn.Window{Padding: (lacks + 1) / 2})
}

type information struct {
	Information
	decoder, encoder *mi.Estimator
	projection       *nn.Stack // nil: none
	du, part         tensor.Matrix
}

func (c *information) Params() []*nn.Param {
	if c.projection == nil {
		return nil
	}
	return c.projection.Params()
}

// Loss returns −(Decoder·I(U;Y) + Encoder·I(U;X)), where U is the projection of T, or
// T itself.
func (c *information) Loss(dT *tensor.Matrix, batch Batch) float64 {
	if c.projection == nil {
		return c.ascend(dT, batch.T, batch)
	}
	u := c.projection.Forward(batch.T)
	resize(&c.du, u.Rows, u.Cols)
	loss := c.ascend(&c.du, u, batch)
	c.projection.Backward(dT, &c.du)
	return loss
}

// ascend returns the negative weighted information of u and its gradient.
func (c *information) ascend(du, u *tensor.Matrix, batch Batch) float64 {
	loss := 0.0
	clear(du.Data)
	resize(&c.part, u.Rows, u.Cols)
	if y, ok := batch.answers().(mi.Labels); ok && c.Decoder > 0 && c.Encoder != 0 && !c.Normalized && c.Channels == 0 {
		ofY, ofX := c.encoder.LabelsAndPoints(&c.part, u, y, batch.source(c.OfData), c.Decoder, c.Encoder)
		subtract(du, 1, &c.part)
		return -c.Decoder*ofY.Information - c.Encoder*ofX.Information
	}
	if c.Decoder > 0 {
		loss -= c.Decoder * c.value(c.decoder, u, batch.answers())
		subtract(du, c.Decoder, &c.part)
	}
	if c.Encoder != 0 {
		loss -= c.Encoder * c.value(c.encoder, u, batch.source(c.OfData))
		subtract(du, c.Encoder, &c.part)
	}
	return loss
}

// value returns the information of u about a sample, and leaves its gradient in part.
func (c *information) value(e *mi.Estimator, u *tensor.Matrix, about mi.Points) float64 {
	switch {
	case c.Normalized:
		return e.NormalizedPoints(&c.part, u, about).Normalized()
	case c.Channels > 0:
		return e.Channels(&c.part, u, c.Channels, about).Information
	}
	return e.Points(&c.part, u, about).Information
}

func subtract(dst *tensor.Matrix, weight float64, src *tensor.Matrix) {
	w := float32(weight)
	for i, v := range src.Data {
		dst.Data[i] -= w * v
	}
}

func resize(m *tensor.Matrix, rows, cols int) {
	if cap(m.Data) < rows*cols {
		m.Data = make([]float32, rows*cols)
	}
	m.Rows, m.Cols, m.Data = rows, cols, m.Data[:rows*cols]
}
