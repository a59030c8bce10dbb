package plotting

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	stdfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The palette of Okabe and Ito (2008), told apart with every kind of colour
// vision; their yellow is left out, since it is too pale for a line on white.
var okabeIto = []color.Color{
	rgb(0x0072B2), // blue
	rgb(0xD55E00), // vermillion
	rgb(0x009E73), // bluish green
	rgb(0xCC79A7), // reddish purple
	rgb(0xE69F00), // orange
	rgb(0x56B4E9), // sky blue
	rgb(0x000000), // black
}

// Paul Tol's muted palette, for up to ten classes; grey in place of his pale grey.
var tolMuted = []color.Color{
	rgb(0x332288), // indigo
	rgb(0xCC6677), // rose
	rgb(0x117733), // green
	rgb(0xDDCC77), // sand
	rgb(0x88CCEE), // cyan
	rgb(0x882255), // wine
	rgb(0x44AA99), // teal
	rgb(0x999933), // olive
	rgb(0xAA4499), // purple
	rgb(0x777777), // grey
}

// viridis by nine of its values, dark to light.
var viridis = []color.RGBA{
	rgb(0x440154), rgb(0x472D7B), rgb(0x3B528B), rgb(0x2C728E), rgb(0x21918C),
	rgb(0x28AE80), rgb(0x5EC962), rgb(0xADDC30), rgb(0xFDE725),
}

// blues from white to dark, for shares in a heat map.
var blues = []color.RGBA{rgb(0xFFFFFF), rgb(0xD6E6F4), rgb(0x9DC6E0), rgb(0x4A90C4), rgb(0x1764AB), rgb(0x08306B)}

var (
	ink      = rgb(0x222222) // titles and labels
	softInk  = rgb(0x555555) // ticks
	axisGrey = rgb(0x888888)
	gridGrey = rgb(0xE4E4E4)
	shade    = color.NRGBA{A: 11} // over the grid
)

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// colours returns n colours that can be told apart as long as n ≤ 10; beyond that
// they are steps of a scale, which suits the modules of a deep network.
func colours(n int) []color.Color {
	switch {
	case n <= len(okabeIto):
		return okabeIto[:n]
	case n <= len(tolMuted):
		return tolMuted[:n]
	}
	scale := make([]color.Color, n)
	for i := range scale {
		scale[i] = along(viridis, 0.92*float64(i)/float64(n-1))
	}
	return scale
}

// along returns the colour at place t in [0, 1] of a scale.
func along(scale []color.RGBA, t float64) color.RGBA {
	if math.IsNaN(t) {
		return gridGrey
	}
	at := min(1, max(0, t)) * float64(len(scale)-1)
	i := min(int(at), len(scale)-2)
	part := at - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + part*(float64(b)-float64(a)) + 0.5) }
	a, b := scale[i], scale[i+1]
	return color.RGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 255}
}

// Sizes of type in points.
const (
	titleSize = 11
	labelSize = 9.5
	tickSize  = 8.5
)

func sans(size vg.Length, colour color.Color) text.Style {
	return text.Style{
		Color:   colour,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		Handler: plot.DefaultTextHandler,
		YAlign:  draw.YCenter,
	}
}

func bold(size vg.Length, colour color.Color) text.Style {
	s := sans(size, colour)
	s.Font.Weight = stdfont.WeightBold
	return s
}

// write puts text to a point. Text that is centred in the height stands with its
// letters, not with the room for their descenders, on the middle.
func write(c *draw.Canvas, style text.Style, at vg.Point, s string) {
	if style.YAlign == draw.YCenter {
		up := 0.6 * style.FontExtents().Descent
		at = at.Add(vg.Point{X: -up * vg.Length(math.Sin(style.Rotation)), Y: up * vg.Length(math.Cos(style.Rotation))})
	}
	c.FillText(style, at, s)
}

func line(colour color.Color, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: colour, Width: width}
}

var (
	dashes = []vg.Length{4, 2.5}
	dots   = []vg.Length{1.2, 2}
)

// newPlot returns an empty plot in the style of this package.
func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil // The sheet is white already.
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle = sans(labelSize, ink)
		axis.Label.TextStyle.XAlign, axis.Label.TextStyle.YAlign = draw.XCenter, draw.YBottom
		axis.Label.Padding = 3
		axis.LineStyle = line(axisGrey, 0.6)
		axis.Tick.LineStyle = line(axisGrey, 0.6)
		axis.Tick.Length = 3
		axis.Padding = 0
	}
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.X.Tick.Label, p.Y.Tick.Label = sans(tickSize, softInk), sans(tickSize, softInk)
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XCenter, draw.YTop
	p.Y.Tick.Label.XAlign, p.Y.Tick.Label.YAlign = draw.XRight, draw.YCenter
	p.X.Tick.Marker, p.Y.Tick.Marker = roundTicks{most: 8}, roundTicks{most: 8}
	p.Add(grid{})
	return p
}

// roundTicks sets at most about most ticks at round values.
type roundTicks struct {
	most    int
	integer bool    // whole numbers only
	limit   float64 // no tick above it; 0: no limit
}

func (t roundTicks) Ticks(low, high float64) []plot.Tick {
	if !(high > low) || math.IsInf(high-low, 0) {
		return []plot.Tick{{Value: low, Label: strconv.FormatFloat(low, 'g', 4, 64)}}
	}
	step := roundStep((high - low) / float64(t.most))
	if t.integer {
		step = max(1, math.Ceil(step))
	}
	digits := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var ticks []plot.Tick
	if t.limit > 0 {
		high = min(high, t.limit)
	}
	first := math.Ceil(low/step - 1e-9)
	for i := range t.most + 2 {
		v := (first + float64(i)) * step
		if v > high+1e-9*step {
			break
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: tickLabel(v, digits)})
	}
	return ticks
}

func tickLabel(v float64, digits int) string {
	// Adding zero turns the negative zero into 0.
	label := strconv.FormatFloat(v+0, 'f', digits, 64)
	if math.Abs(v) >= 1e6 || digits > 5 {
		label = strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strings.Replace(label, "-", "−", 1)
}

// roundStep returns the least of 1, 2, 5 times a power of ten that is not below width.
func roundStep(width float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(width)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= width*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// noTicks leaves an axis bare.
type noTicks struct{}

func (noTicks) Ticks(low, high float64) []plot.Tick { return nil }

// namedTicks sets a name at each of 0, 1, 2 …
type namedTicks []string

func (names namedTicks) Ticks(low, high float64) []plot.Tick {
	ticks := make([]plot.Tick, len(names))
	for i, name := range names {
		ticks[i] = plot.Tick{Value: float64(i), Label: name}
	}
	return ticks
}
