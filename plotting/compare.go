package plotting

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Compare returns the accuracy (or R²) of several runs beside each other: over the epochs
// to the left, at the end to the right. names[i] is the name of runs[i], such as
// "MOLE" and "back-propagation". Accuracy on test data is taken where a run has it.
// The accuracy of a run is that of its last module; of the modules that were trained
// before, theirs is shown by a broken line.
func Compare(names []string, runs ...History) *Figure {
	return &Figure{Title: "Accuracy", Width: 820, Height: 340, compose: func() (*sheet, error) {
		if len(names) != len(runs) {
			return nil, fmt.Errorf("plotting: %d names for %d runs", len(names), len(runs))
		}
		kind := accuracy
		if len(runs) > 0 {
			kind = record(runs[0]).quality()
		}
		over, end := newPlot("epoch", kind.label), newPlot("", "final "+kind.label)
		over.X.Tick.Marker = roundTicks{most: 9, integer: true}
		over.Y.Tick.Marker = roundTicks{most: 8, limit: 100}
		end.Y.Tick.Marker = roundTicks{most: 8, limit: 100}
		s := &sheet{panels: []panel{{plot: over, share: 2}, {plot: end, share: 1}}}
		palette := colours(len(runs))
		finals := &finals{names: names}
		var shown []series
		for i, h := range runs {
			r := record(h)
			judged := r.judged()
			shown = append(shown, judged...)
			for _, one := range judged {
				over.Add(&curve{x: one.x, y: one.y, style: r.weight(one.module, palette[i])})
			}
			final := r.final()
			finals.add(final, palette[i])
			s.keys = append(s.keys, key{name: names[i], line: line(palette[i], 2)})
			s.words = append(s.words, describe(names[i], final))
		}
		if math.IsInf(over.X.Min, 0) {
			empty(over)
			empty(end)
			return s, nil
		}
		over.X.Min, over.X.Max = aside(over.X.Min, over.X.Max)
		over.Y.Min, over.Y.Max = valueRange(kind, shown)
		end.X.Tick.Marker = namedTicks(names)
		end.X.Min, end.X.Max = -0.6, float64(len(runs))-0.4
		end.Add(finals)
		end.Y.Min, end.Y.Max = finals.span()
		return s, nil
	}}
}

// judged returns the accuracy (or R²) curves of a run, on test data if there are such: of
// the last module, and of those that were trained before it.
func (r *run) judged() []series {
	all := r.of(r.quality())
	test := func(s series) bool { return strings.Contains(strings.ToLower(s.metric), "test") }
	if slices.ContainsFunc(all, test) {
		all = slices.DeleteFunc(all, func(s series) bool { return !test(s) })
	}
	if r.stretches() == nil {
		all = slices.DeleteFunc(all, func(s series) bool { return s.module != len(r.modules)-1 })
	}
	return all
}

// weight draws the last module, which predicts, heavier than those before it.
func (r *run) weight(module int, colour color.Color) draw.LineStyle {
	if module == len(r.modules)-1 {
		return line(colour, 1.7)
	}
	style := line(colour, 1.2)
	style.Dashes = dashes
	return style
}

// final returns the last accuracy of the last module, NaN when there is none.
func (r *run) final() float64 {
	for _, s := range slices.Backward(r.judged()) {
		if s.module != len(r.modules)-1 {
			break
		}
		for _, y := range slices.Backward(s.y) {
			if finite(y) {
				return y
			}
		}
	}
	return math.NaN()
}

func describe(name string, final float64) string {
	if math.IsNaN(final) {
		return name + ": no accuracy yet"
	}
	return fmt.Sprintf("%s: %.1f %%", name, final)
}

// finals marks the last accuracy of every run, with its value.
type finals struct {
	names   []string
	values  []float64
	colours []color.Color
}

func (f *finals) add(value float64, colour color.Color) {
	f.values, f.colours = append(f.values, value), append(f.colours, colour)
}

// span is a range in which differences of a point can be seen.
func (f *finals) span() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range f.values {
		if finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 100 // No run has come to its end.
	}
	room := max(0.75, 0.6*(high-low))
	return low - room, high + room
}

func (f *finals) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, v := range f.values {
		if !finite(v) {
			continue
		}
		at := vg.Point{X: x(float64(i)), Y: y(v)}
		c.DrawGlyph(draw.GlyphStyle{Color: f.colours[i], Radius: 4, Shape: draw.CircleGlyph{}}, at)
		style := bold(labelSize, ink)
		style.XAlign, style.YAlign = draw.XCenter, draw.YBottom
		write(&c, style, vg.Point{X: at.X, Y: at.Y + 7}, fmt.Sprintf("%.1f", v))
	}
}
