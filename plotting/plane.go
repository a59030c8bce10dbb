package plotting

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// InformationPlane returns the path of every module through the plane of I(T;X)
// and I(T;Y), in bits: where it begins, a ring, how the epochs go on, the colour,
// and where it ends, a large mark. Modules without both metrics are left out.
func InformationPlane(h History) *Figure {
	return &Figure{Title: "Information plane", Width: 560, Height: 420, compose: func() (*sheet, error) {
		r := record(h)
		paths, least, most := r.paths()
		p := newPlot("I(T;X) (bits)", "I(T;Y) (bits)")
		s := &sheet{panels: []panel{{plot: p, share: 1}}}
		if len(paths) == 0 {
			empty(p)
			s.words = []string{"information plane: no data yet"}
			return s, nil
		}
		for i, w := range paths {
			p.Add(w)
			s.keys = append(s.keys, key{name: w.name, shape: shapes[i%len(shapes)], glyph: ink})
			s.words = append(s.words, w.inWords())
		}
		widen(&p.X)
		widen(&p.Y)
		label := "epoch"
		if r.stretches() != nil {
			label = "epoch of the module"
		}
		s.panels[0].width = 52
		s.panels[0].side = colourBar(viridis, least, most, label)
		return s, nil
	}}
}

// shapes are the marks of modules and classes beyond what colours can tell.
var shapes = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, diamond{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
}

type diamond struct{}

func (diamond) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r := 1.25 * style.Radius
	var p vg.Path
	p.Move(vg.Point{X: at.X - r, Y: at.Y})
	p.Line(vg.Point{X: at.X, Y: at.Y + r})
	p.Line(vg.Point{X: at.X + r, Y: at.Y})
	p.Line(vg.Point{X: at.X, Y: at.Y - r})
	p.Close()
	c.SetColor(style.Color)
	c.Fill(p)
}

// path is the way of one module through the plane.
type path struct {
	name     string
	x, y, at []float64 // at: the epoch
	shape    draw.GlyphDrawer
	least    float64 // epochs at the ends of the colour scale
	most     float64
}

// paths joins I(T;X) and I(T;Y) of every module by epoch, which counts within the
// module when modules follow each other.
func (r *run) paths() (paths []*path, least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	own := r.stretches() != nil
	for m, name := range r.modules {
		sx, sy := r.find(m, "I(T;X)"), r.find(m, "I(T;Y)")
		if sx == nil || sy == nil {
			continue
		}
		w := &path{name: name, shape: shapes[len(paths)%len(shapes)]}
		partner := make(map[float64]float64, len(sx.x))
		for i, e := range sx.x {
			partner[e] = sx.y[i]
		}
		for i, e := range sy.x {
			x, ok := partner[e]
			if !ok || !finite(e, x, sy.y[i]) {
				continue
			}
			if own {
				e -= r.before(m)
			}
			w.x, w.y, w.at = append(w.x, x), append(w.y, sy.y[i]), append(w.at, e)
			least, most = min(least, e), max(most, e)
		}
		if len(w.x) > 0 {
			paths = append(paths, w)
		}
	}
	for _, w := range paths {
		w.least, w.most = least, most
	}
	return paths, least, most
}

func (r *run) find(module int, metric string) *series {
	for i, s := range r.series {
		if s.module == module && s.metric == metric {
			return &r.series[i]
		}
	}
	return nil
}

func (w *path) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, ymin = math.Inf(1), math.Inf(1)
	xmax, ymax = math.Inf(-1), math.Inf(-1)
	for i := range w.x {
		xmin, xmax = min(xmin, w.x[i]), max(xmax, w.x[i])
		ymin, ymax = min(ymin, w.y[i]), max(ymax, w.y[i])
	}
	return xmin, xmax, ymin, ymax
}

func (w *path) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	point := func(i int) vg.Point { return vg.Point{X: x(w.x[i]), Y: y(w.y[i])} }
	step := max(1, len(w.x)/shownPoints)
	last := 0
	for i := step; i < len(w.x); i += step {
		c.StrokeLines(line(w.colour(i), 1.6), []vg.Point{point(last), point(i)})
		last = i
	}
	end := len(w.x) - 1
	c.StrokeLines(line(w.colour(end), 1.6), []vg.Point{point(last), point(end)})
	if end < 2*markedPoints {
		for i := 1; i < end; i++ {
			c.DrawGlyph(draw.GlyphStyle{Color: w.colour(i), Radius: 1.9, Shape: w.shape}, point(i))
		}
	}
	c.DrawGlyph(draw.GlyphStyle{Color: color.White, Radius: 2.6, Shape: draw.CircleGlyph{}}, point(0))
	c.DrawGlyph(draw.GlyphStyle{Color: w.colour(0), Radius: 2.6, Shape: draw.RingGlyph{}}, point(0))
	c.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: 5, Shape: w.shape}, point(end))
	c.DrawGlyph(draw.GlyphStyle{Color: w.colour(end), Radius: 3.8, Shape: w.shape}, point(end))
}

func (w *path) colour(i int) color.RGBA {
	if w.most == w.least {
		return along(viridis, 0)
	}
	return along(viridis, (w.at[i]-w.least)/(w.most-w.least))
}

func (w *path) inWords() string {
	end := len(w.x) - 1
	return fmt.Sprintf("%s: I(T;X) %.2f → %.2f bits, I(T;Y) %.2f → %.2f bits", w.name, w.x[0], w.x[end], w.y[0], w.y[end])
}

// widen leaves room around the data, also when they have no extent.
func widen(a *plot.Axis) {
	room := 0.06 * (a.Max - a.Min)
	if room <= 0 {
		room = max(0.05*math.Abs(a.Max), 1e-3)
	}
	a.Min, a.Max = a.Min-room, a.Max+room
}

// empty makes p a plot without data, which says so.
func empty(p *plot.Plot) {
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.X.Tick.Marker, p.Y.Tick.Marker = noTicks{}, noTicks{}
	p.Add(note("no data yet"))
}

// colourBar explains the colours of a scale between two values.
func colourBar(scale []color.RGBA, low, high float64, label string) func(c draw.Canvas, bottom, top vg.Length) {
	return func(c draw.Canvas, bottom, top vg.Length) {
		const steps = 64
		left, right := c.Min.X+12, c.Min.X+21
		height := (top - bottom) / steps
		for i := range steps {
			y := bottom + vg.Length(i)*height
			// A little overlap, or hairlines show between the steps.
			fill(&c, along(scale, float64(i)/(steps-1)), left, y, right, min(top, y+1.5*height))
		}
		c.StrokeLines(line(axisGrey, 0.5), []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}, {X: left, Y: bottom}})
		ticks := roundTicks{most: 5, integer: high-low >= 2}.Ticks(low, high)
		style := sans(tickSize, softInk)
		for _, t := range ticks {
			at := bottom
			if high > low {
				at += (top - bottom) * vg.Length((t.Value-low)/(high-low))
			}
			c.StrokeLine2(line(axisGrey, 0.6), right, at, right+2.5, at)
			write(&c, style, vg.Point{X: right + 5, Y: at}, t.Label)
		}
		style = sans(labelSize, ink)
		style.Rotation = math.Pi / 2
		style.XAlign, style.YAlign = draw.XCenter, draw.YTop
		write(&c, style, vg.Point{X: c.Max.X - 12, Y: (bottom + top) / 2}, label)
	}
}
