package plotting

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// grid draws light lines at the ticks.
type grid struct{}

func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if at := x(t.Value); c.ContainsX(at) {
			c.StrokeLine2(line(gridGrey, 0.5), at, c.Min.Y, at, c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if at := y(t.Value); c.ContainsY(at) {
			c.StrokeLine2(line(gridGrey, 0.5), c.Min.X, at, c.Max.X, at)
		}
	}
}

// curve draws a line through points. NaN makes a gap. On a solid line few points
// are marked each, of many only the last.
type curve struct {
	x, y  []float64
	style draw.LineStyle
}

// markedPoints is the number of points up to which each of them is marked.
const markedPoints = 30

func (k *curve) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var run []vg.Point
	flush := func() {
		if len(run) > 1 {
			c.StrokeLines(k.style, c.ClipLinesXY(run)...)
		}
		run = nil
	}
	for i := range k.x {
		if !finite(k.x[i], k.y[i]) {
			flush()
			continue
		}
		run = append(run, vg.Point{X: x(k.x[i]), Y: y(k.y[i])})
	}
	flush()
	mark := draw.GlyphStyle{Color: k.style.Color, Radius: 0.9 + 0.55*k.style.Width, Shape: draw.CircleGlyph{}}
	first := len(k.x) - 1
	if len(k.x) <= markedPoints && k.style.Dashes == nil {
		first = 0
	}
	for i := max(0, first); i < len(k.x); i++ {
		if finite(k.x[i], k.y[i]) {
			c.DrawGlyph(mark, vg.Point{X: x(k.x[i]), Y: y(k.y[i])})
		}
	}
}

// thinned keeps the shape of a long curve with at most about 2·most points: the
// least and the largest value of each of most stretches.
func thinned(x, y []float64, most int) (tx, ty []float64) {
	if len(x) <= 2*most {
		return x, y
	}
	for b := range most {
		low, high := extremes(y, b*len(x)/most, (b+1)*len(x)/most)
		tx, ty = append(tx, x[min(low, high)]), append(ty, y[min(low, high)])
		if low != high {
			tx, ty = append(tx, x[max(low, high)]), append(ty, y[max(low, high)])
		}
	}
	return append(tx, x[len(x)-1]), append(ty, y[len(y)-1])
}

// extremes returns where y[from:to] is least and largest; without a finite value
// both are from.
func extremes(y []float64, from, to int) (low, high int) {
	low, high = from, from
	for i := from; i < to; i++ {
		switch {
		case !finite(y[i]):
		case !finite(y[low]):
			low, high = i, i
		case y[i] < y[low]:
			low = i
		case y[i] > y[high]:
			high = i
		}
	}
	return low, high
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// band is the stretch of the x axis in which one module was trained.
type band struct {
	from, to float64
	name     string
	colour   color.Color
	shaded   bool
	first    bool // no border to the left
}

// bands shades the modules' stretches and writes their names along the top.
type bands []band

func (bs bands) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, b := range bs {
		left, right := x(b.from), x(b.to)
		if b.shaded {
			fill(&c, shade, left, c.Min.Y, right, c.Max.Y)
		}
		if !b.first {
			border := line(axisGrey, 0.6)
			border.Dashes = dots
			c.StrokeLine2(border, left, c.Min.Y, left, c.Max.Y)
		}
		style := bold(tickSize, b.colour)
		style.XAlign, style.YAlign = draw.XCenter, draw.YTop
		name := fitted(style, b.name, right-left-4)
		write(&c, style, vg.Point{X: (left + right) / 2, Y: c.Max.Y - 3}, name)
	}
}

// fitted shortens s until it is at most width wide; a single letter says nothing
// and is left out.
func fitted(style text.Style, s string, width vg.Length) string {
	if style.Width(s) <= width {
		return s
	}
	for r := []rune(s); len(r) > 1; r = r[:len(r)-1] {
		if short := string(r[:len(r)-1]) + "…"; style.Width(short) <= width {
			if len(r) < 3 {
				break
			}
			return short
		}
	}
	return ""
}

func fill(c *draw.Canvas, colour color.Color, left, bottom, right, top vg.Length) {
	c.SetColor(colour)
	c.Fill(vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: right, Y: top}}.Path())
}

// ceiling is a value that curves cannot exceed: a line with its name at the left end.
type ceiling struct {
	value float64
	name  string
}

var ceilingStyle = draw.LineStyle{Color: softInk, Width: 0.8, Dashes: dots}

func (l ceiling) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	at := y(l.value)
	c.StrokeLine2(ceilingStyle, c.Min.X, at, c.Max.X, at)
	letters := sans(tickSize, softInk)
	letters.YAlign = draw.YBottom
	write(&c, letters, vg.Point{X: c.Min.X + 4, Y: at + 1.5}, l.name)
}

// note writes a sentence into the middle of an empty plot.
type note string

func (n note) Plot(c draw.Canvas, p *plot.Plot) {
	style := sans(labelSize, softInk)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	write(&c, style, c.Center(), string(n))
}
