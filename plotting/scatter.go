package plotting

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Scatter returns the points (one a row) coloured by class: labels[i] in
// [0, len(classes)) is the class of row i. Points with more than two columns are
// shown by their two principal components. Labels may be nil: one colour; classes
// too: the labels name themselves. Of many points an even selection is drawn.
func Scatter(points Matrix, labels []int, classes []string) *Figure {
	return &Figure{Title: "Representation", Width: 560, Height: 420, compose: func() (*sheet, error) {
		return scatters(nil, labels, classes, []Matrix{points}, 2500)
	}}
}

// Representations returns scatters side by side, such as the data and what each
// module makes of them: names[k] is written over points[k], row i of all of them is
// the same example.
func Representations(names []string, labels []int, classes []string, points ...Matrix) *Figure {
	width := max(420, 60+260*float64(len(points)))
	return &Figure{Title: "Representations", Width: width, Height: 330, compose: func() (*sheet, error) {
		if len(names) != len(points) {
			return nil, fmt.Errorf("plotting: %d names for %d representations", len(names), len(points))
		}
		return scatters(names, labels, classes, points, max(150, 1450/max(2, len(points))))
	}}
}

func scatters(names []string, labels []int, classes []string, points []Matrix, most int) (*sheet, error) {
	if len(points) == 0 {
		return nil, ErrNoData
	}
	s := &sheet{}
	for k, m := range points {
		cloud, err := newCloud(m, labels, classes, most)
		if err != nil {
			if names != nil {
				return nil, fmt.Errorf("%s: %w", names[k], err)
			}
			return nil, err
		}
		p := newPlot(cloud.plane.xName, cloud.plane.yName)
		if names != nil {
			// Many panels have no room for much text, and values of components say little.
			p.X.Label.Text, p.Y.Label.Text = shortName(cloud.plane, 0), shortName(cloud.plane, 1)
			p.X.Tick.Marker, p.Y.Tick.Marker = roundTicks{most: 4}, roundTicks{most: 5}
			p.Title.Text = names[k]
			p.Title.TextStyle = bold(labelSize, ink)
			p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
			p.Title.Padding = 3
		}
		p.Add(cloud)
		widen(&p.X)
		widen(&p.Y)
		s.panels = append(s.panels, panel{plot: p, share: 1})
		s.words = append(s.words, cloud.inWords(names, k))
		if k == len(points)-1 {
			s.panels[k].side, s.panels[k].width = cloud.legend()
		}
	}
	return s, nil
}

func shortName(v *plane, axis int) string {
	if v.shares == [2]float64{} {
		return []string{v.xName, v.yName}[axis]
	}
	return fmt.Sprintf("PC %d (%.0f %%)", axis+1, 100*v.shares[axis])
}

// cloud is what a scatter draws.
type cloud struct {
	plane   *plane
	labels  []int // nil: one class
	classes []string
	colours []color.Color
	rows    []int // of the points that are drawn
	total   int
}

func newCloud(points Matrix, labels []int, classes []string, most int) (*cloud, error) {
	if missing(points) {
		return nil, errors.New("plotting: the points are nil: give a matrix of one point a row")
	}
	rows, _ := points.Dims()
	if labels != nil && len(labels) != rows {
		return nil, fmt.Errorf("plotting: %d points but %d labels", rows, len(labels))
	}
	if labels != nil && classes == nil {
		for k := range slices.Max(append(labels, 0)) + 1 {
			classes = append(classes, strconv.Itoa(k))
		}
	}
	for i, k := range labels {
		if k < 0 || k >= len(classes) {
			return nil, fmt.Errorf("plotting: point %d has label %d, there are %d classes", i, k, len(classes))
		}
	}
	drawn := selection(rows, most)
	v, err := project(points, drawn)
	if err != nil {
		return nil, err
	}
	if labels == nil {
		classes = nil
	}
	return &cloud{v, labels, classes, colours(max(1, len(classes))), drawn, rows}, nil
}

// selection returns at most most rows, evenly spread.
func selection(rows, most int) []int {
	step := max(1, (rows+most-1)/most)
	var out []int
	for i := 0; i < rows; i += step {
		out = append(out, i)
	}
	return out
}

// class returns the class of the i-th point that is drawn.
func (k *cloud) class(i int) int {
	if k.labels == nil {
		return 0
	}
	return k.labels[k.rows[i]]
}

func (k *cloud) DataRange() (xmin, xmax, ymin, ymax float64) {
	return slices.Min(k.plane.x), slices.Max(k.plane.x), slices.Min(k.plane.y), slices.Max(k.plane.y)
}

func (k *cloud) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	n := len(k.rows)
	area := float64((c.Max.X - c.Min.X) * (c.Max.Y - c.Min.Y))
	radius := vg.Length(min(2.6, max(1.1, 0.13*math.Sqrt(area/float64(n)))))
	for i := range k.rows {
		class := k.class(i)
		style := draw.GlyphStyle{Color: faint(k.colours[class]), Radius: radius, Shape: k.shape(class)}
		c.DrawGlyph(style, vg.Point{X: x(k.plane.x[i]), Y: y(k.plane.y[i])})
	}
	if slices.ContainsFunc(k.classes, func(name string) bool { return len([]rune(name)) > 3 }) {
		return // Long names would hide the points.
	}
	for class, name := range k.classes {
		k.writeName(&c, p, class, name)
	}
}

// shape is a circle as long as the colours can be told apart.
func (k *cloud) shape(class int) draw.GlyphDrawer {
	if len(k.colours) <= len(tolMuted) {
		return draw.CircleGlyph{}
	}
	return shapes[class%4]
}

func faint(colour color.Color) color.Color {
	r, g, b, _ := colour.RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 190}
}

// writeName puts a class' name to the median of its points.
func (k *cloud) writeName(c *draw.Canvas, p *plot.Plot, class int, name string) {
	var xs, ys []float64
	for i := range k.plane.x {
		if k.class(i) == class {
			xs, ys = append(xs, k.plane.x[i]), append(ys, k.plane.y[i])
		}
	}
	if len(xs) == 0 {
		return
	}
	slices.Sort(xs)
	slices.Sort(ys)
	x, y := p.Transforms(c)
	at := vg.Point{X: x(xs[len(xs)/2]), Y: y(ys[len(ys)/2])}
	style := bold(labelSize, ink)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	half := style.Width(name)/2 + 2.5
	c.SetColor(k.colours[class])
	c.Fill(rounded(at, half+0.8, 7))
	c.SetColor(color.White)
	c.Fill(rounded(at, half, 6.2))
	write(c, style, at, name)
}

// rounded is a box with round corners about a point.
func rounded(at vg.Point, halfWidth, halfHeight vg.Length) vg.Path {
	r := min(3, halfWidth, halfHeight)
	left, right, bottom, top := at.X-halfWidth, at.X+halfWidth, at.Y-halfHeight, at.Y+halfHeight
	var p vg.Path
	p.Move(vg.Point{X: left + r, Y: bottom})
	p.Line(vg.Point{X: right - r, Y: bottom})
	p.QuadTo(vg.Point{X: right, Y: bottom}, vg.Point{X: right, Y: bottom + r})
	p.Line(vg.Point{X: right, Y: top - r})
	p.QuadTo(vg.Point{X: right, Y: top}, vg.Point{X: right - r, Y: top})
	p.Line(vg.Point{X: left + r, Y: top})
	p.QuadTo(vg.Point{X: left, Y: top}, vg.Point{X: left, Y: top - r})
	p.Line(vg.Point{X: left, Y: bottom + r})
	p.QuadTo(vg.Point{X: left, Y: bottom}, vg.Point{X: left + r, Y: bottom})
	p.Close()
	return p
}

const listedClasses = 24

// legend lists the classes beside the data.
func (k *cloud) legend() (side func(c draw.Canvas, bottom, top vg.Length), width vg.Length) {
	if len(k.classes) == 0 {
		return nil, 0
	}
	names := k.classes[:min(len(k.classes), listedClasses)]
	if more := len(k.classes) - len(names); more > 0 {
		names = append(slices.Clone(names), fmt.Sprintf("and %d more", more))
	}
	style := sans(tickSize+0.5, ink)
	for _, name := range names {
		width = max(width, style.Width(name))
	}
	return func(c draw.Canvas, bottom, top vg.Length) {
		for i, name := range names {
			at := vg.Point{X: c.Min.X + 14, Y: top - 7 - 13*vg.Length(i)}
			if i < len(k.classes) && i < listedClasses {
				c.DrawGlyph(draw.GlyphStyle{Color: k.colours[i], Radius: 3.2, Shape: k.shape(i)}, at)
			}
			write(&c, style, vg.Point{X: at.X + 7, Y: at.Y}, name)
		}
	}, width + 24
}

func (k *cloud) inWords(names []string, i int) string {
	name := "points"
	if names != nil {
		name = names[i]
	}
	text := fmt.Sprintf("%s: %d", name, k.total)
	if len(k.classes) > 0 {
		text += fmt.Sprintf(" in %d classes", len(k.classes))
	}
	if s := k.plane.shares; s != [2]float64{} {
		text += fmt.Sprintf(", two principal components with %.0f %% of the variance", 100*(s[0]+s[1]))
	}
	return text
}
