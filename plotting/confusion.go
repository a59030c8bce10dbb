package plotting

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Confusion returns a confusion matrix as a heat map with its counts: counts[t][p]
// is the number of examples of class t that were taken for class p. The colour is
// their share of class t. Classes may be nil: the numbers of the classes.
func Confusion(counts [][]int, classes []string) *Figure {
	side := min(900, max(300, 150+34*float64(len(counts))))
	if classes == nil {
		for k := range counts {
			classes = append(classes, strconv.Itoa(k))
		}
	}
	title := "Confusion matrix"
	if m, err := newHeat(counts, classes); err == nil {
		title = fmt.Sprintf("Confusion matrix, accuracy %.1f %%", 100*m.accuracy())
	}
	return &Figure{Title: title, Width: side + 80, Height: side, compose: func() (*sheet, error) {
		m, err := newHeat(counts, classes)
		if err != nil {
			return nil, err
		}
		p := newPlot("predicted class", "true class")
		p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
		p.X.Tick.Marker, p.Y.Tick.Marker = namedTicks(classes), namedTicks(classes)
		p.X.Tick.Length, p.Y.Tick.Length = 0, 0
		p.X.Width, p.Y.Width = 0, 0
		edge := float64(len(counts)) - 0.5
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, edge, -0.5, edge
		slant(&p.X, classes)
		p.Add(m)
		return &sheet{
			panels: []panel{{plot: p, share: 1, width: 56, side: colourBar(blues, 0, 100, "share of the true class (%)")}},
			words:  []string{fmt.Sprintf("%d of %d examples on the diagonal", m.right, m.total)},
		}, nil
	}}
}

// slant turns the names below the matrix when they are long.
func slant(x *plot.Axis, classes []string) {
	for _, name := range classes {
		if len([]rune(name)) > 4 {
			x.Tick.Label.Rotation = math.Pi / 4
			x.Tick.Label.XAlign, x.Tick.Label.YAlign = text.XRight, text.YCenter
			x.Padding = 7 // The turned names reach above their line.
			return
		}
	}
}

// heat draws the cells of a confusion matrix.
type heat struct {
	counts [][]int
	rows   []int // sums
	right  int
	total  int
}

func newHeat(counts [][]int, classes []string) (*heat, error) {
	if len(counts) == 0 {
		return nil, ErrNoData
	}
	if len(classes) != len(counts) {
		return nil, fmt.Errorf("plotting: a confusion matrix of %d rows but %d classes", len(counts), len(classes))
	}
	m := &heat{counts: counts, rows: make([]int, len(counts))}
	for t, row := range counts {
		if len(row) != len(counts) {
			return nil, fmt.Errorf("plotting: row %d of the confusion matrix has %d entries, want %d", t, len(row), len(counts))
		}
		for p, n := range row {
			if n < 0 {
				return nil, fmt.Errorf("plotting: the confusion matrix has %d in row %d, column %d", n, t, p)
			}
			m.rows[t] += n
		}
		m.total += m.rows[t]
		m.right += row[t]
	}
	return m, nil
}

func (m *heat) accuracy() float64 { return float64(m.right) / float64(max(1, m.total)) }

func (m *heat) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	cell := x(1) - x(0)
	size := min(labelSize, cell*0.36, (y(0)-y(1))*0.6)
	for t, row := range m.counts {
		for k, n := range row {
			share := float64(n) / float64(max(1, m.rows[t]))
			left, right, bottom, top := x(float64(k)-0.5), x(float64(k)+0.5), y(float64(t)+0.5), y(float64(t)-0.5)
			fill(&c, along(blues, share), left, bottom, right, top)
			if n == 0 || size < 3 {
				continue
			}
			style := sans(size, ink)
			if share > 0.5 {
				style.Color = rgb(0xFFFFFF)
			}
			style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
			write(&c, style, vg.Point{X: (left + right) / 2, Y: (bottom + top) / 2}, strconv.Itoa(n))
		}
	}
	for k := range len(m.counts) + 1 {
		at := float64(k) - 0.5
		c.StrokeLine2(line(gridGrey, 0.5), x(at), c.Min.Y, x(at), c.Max.Y)
		c.StrokeLine2(line(gridGrey, 0.5), c.Min.X, y(at), c.Max.X, y(at))
	}
}
