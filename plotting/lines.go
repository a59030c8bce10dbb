package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg/draw"
)

// Series is one line of Lines.
type Series struct {
	Name string
	X    []float64 // nil: 0, 1, 2 …
	Y    []float64 // NaN makes a gap
}

// Lines returns a figure of lines for free use, with a legend of the names. Set
// Title, XLabel and YLabel of the figure.
func Lines(series ...Series) *Figure {
	return &Figure{Width: 560, Height: 340, compose: func() (*sheet, error) {
		p := newPlot("", "")
		s := &sheet{panels: []panel{{plot: p, share: 1}}}
		palette := colours(len(series))
		for i, one := range series {
			k, err := one.curve()
			if err != nil {
				return nil, err
			}
			k.style = line(palette[i], 1.7)
			p.Add(k)
			if one.Name != "" {
				s.keys = append(s.keys, key{name: one.Name, line: line(palette[i], 2)})
			}
			s.words = append(s.words, fmt.Sprintf("%s: %d points", one.Name, len(one.Y)))
		}
		if math.IsInf(p.X.Min, 0) || math.IsInf(p.Y.Min, 0) {
			return nil, ErrNoData
		}
		widen(&p.X)
		widen(&p.Y)
		return s, nil
	}}
}

func (s Series) curve() (*curve, error) {
	x := s.X
	if x == nil {
		x = counted(len(s.Y))
	}
	if len(x) != len(s.Y) {
		return nil, fmt.Errorf("plotting: series %q has %d x and %d y", s.Name, len(x), len(s.Y))
	}
	tx, ty := thinned(x, s.Y, shownPoints)
	return &curve{x: tx, y: ty, style: draw.LineStyle{}}, nil
}

// DataRange returns the extent of the finite points.
func (k *curve) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, ymin = math.Inf(1), math.Inf(1)
	xmax, ymax = math.Inf(-1), math.Inf(-1)
	for i := range k.x {
		if finite(k.x[i], k.y[i]) {
			xmin, xmax = min(xmin, k.x[i]), max(xmax, k.x[i])
			ymin, ymax = min(ymin, k.y[i]), max(ymax, k.y[i])
		}
	}
	return xmin, xmax, ymin, ymax
}
