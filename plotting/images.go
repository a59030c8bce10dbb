package plotting

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	gridColumns = 10
	gridImages  = 200
)

// ImageGrid returns the rows of images as grey pictures of the given shape
// [height width], ten side by side, dark where the value is high, each scaled from
// its least to its largest value. captions are written above them and may be nil.
// At most 200 are shown.
func ImageGrid(images Matrix, shape []int, captions []string) *Figure {
	n := 0
	if !missing(images) {
		n, _ = images.Dims()
	}
	n = min(n, gridImages)
	columns := max(1, min(n, gridColumns))
	rows := max(1, (n+columns-1)/columns)
	f := &Figure{Title: "Images", Width: max(120, 22+62*float64(columns)), Height: 52 + 62*float64(rows)}
	if captions != nil {
		f.Height += 15 * float64(rows)
	}
	f.compose = func() (*sheet, error) {
		m, err := newMosaic(images, shape, captions, n, columns)
		if err != nil {
			return nil, err
		}
		p := newPlot("", "")
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
		p.X.Tick.Marker, p.Y.Tick.Marker = noTicks{}, noTicks{}
		p.X.Width, p.Y.Width = 0, 0
		p.Add(m)
		return &sheet{panels: []panel{{plot: p, share: 1}}, words: []string{fmt.Sprintf("%d images of %d×%d", n, shape[0], shape[1])}}, nil
	}
	return f
}

type mosaic struct {
	pictures []*image.Gray
	captions []string
	columns  int
}

func newMosaic(images Matrix, shape []int, captions []string, n, columns int) (*mosaic, error) {
	if missing(images) {
		return nil, errors.New("plotting: the images are nil: give a matrix of one image a row")
	}
	rows, cols := images.Dims()
	if rows == 0 {
		return nil, ErrNoData
	}
	if len(shape) != 2 || shape[0] < 1 || shape[1] < 1 || shape[0]*shape[1] != cols {
		return nil, fmt.Errorf("plotting: images of shape %v do not have the %d values of a row", shape, cols)
	}
	if captions != nil && len(captions) < n {
		return nil, fmt.Errorf("plotting: %d captions for %d images", len(captions), n)
	}
	m := &mosaic{captions: captions, columns: columns}
	for i := range n {
		m.pictures = append(m.pictures, grey(images, i, shape))
	}
	return m, nil
}

// grey draws row i with every value as a block of pixels, so that enlarging it
// does not blur it.
func grey(images Matrix, i int, shape []int) *image.Gray {
	h, w := shape[0], shape[1]
	low, high := math.Inf(1), math.Inf(-1)
	for j := range h * w {
		if v := images.At(i, j); finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	block := max(1, 112/max(h, w))
	out := image.NewGray(image.Rect(0, 0, w*block, h*block))
	for y := range h * block {
		for x := range w * block {
			level := 0.0
			if v := images.At(i, y/block*w+x/block); high > low && finite(v) {
				level = (v - low) / (high - low)
			}
			out.SetGray(x, y, color.Gray{Y: uint8(255 - 255*level + 0.5)})
		}
	}
	return out
}

func (m *mosaic) Plot(c draw.Canvas, p *plot.Plot) {
	rows := (len(m.pictures) + m.columns - 1) / m.columns
	width, height := (c.Max.X-c.Min.X)/vg.Length(m.columns), (c.Max.Y-c.Min.Y)/vg.Length(rows)
	caption := vg.Length(0)
	if m.captions != nil {
		caption = 12
	}
	style := sans(tickSize, ink)
	style.XAlign, style.YAlign = draw.XCenter, draw.YBottom
	for i, picture := range m.pictures {
		left, top := c.Min.X+width*vg.Length(i%m.columns), c.Max.Y-height*vg.Length(i/m.columns)
		size := picture.Bounds().Size()
		scale := min((width-4)/vg.Length(size.X), (height-caption-4)/vg.Length(size.Y))
		w, h := scale*vg.Length(size.X), scale*vg.Length(size.Y)
		box := vg.Rectangle{Min: vg.Point{X: left + (width-w)/2, Y: top - caption - h}}
		box.Max = box.Min.Add(vg.Point{X: w, Y: h})
		c.DrawImage(box, picture)
		c.StrokeLines(line(gridGrey, 0.5), []vg.Point{box.Min, {X: box.Max.X, Y: box.Min.Y}, box.Max, {X: box.Min.X, Y: box.Max.Y}, box.Min})
		if m.captions != nil {
			write(&c, style, vg.Point{X: left + width/2, Y: top - caption + 1}, fitted(style, m.captions[i], width-2))
		}
	}
}
