package plotting

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// sheet is a composed figure: a title, a row of keys below it, and panels side by
// side whose data areas stand on one line.
type sheet struct {
	title  string
	keys   []key
	panels []panel
	words  []string // what the figure says, a line each
}

// panel is one plot of a sheet.
type panel struct {
	plot  *plot.Plot
	keys  []key
	share float64                                    // of the sheet's width
	side  func(c draw.Canvas, bottom, top vg.Length) // draws beside the data, such as a colour bar; may be nil
	width vg.Length                                  // of what side draws
}

// key is one entry of the legend.
type key struct {
	name  string
	line  draw.LineStyle // zero width: none
	shape draw.GlyphDrawer
	glyph color.Color
}

// inWords returns what the figure says as text.
func (s *sheet) inWords() string {
	lines := s.words
	if s.title != "" {
		lines = append([]string{s.title}, lines...)
	}
	return strings.Join(lines, "\n")
}

const margin vg.Length = 8

// drawOnWhite is for canvases that begin transparent.
func (s *sheet) drawOnWhite(c draw.Canvas) {
	fill(&c, color.White, c.Min.X, c.Min.Y, c.Max.X, c.Max.Y)
	s.draw(c)
}

func (s *sheet) draw(c draw.Canvas) {
	c = draw.Crop(c, margin, -margin, margin, -margin)
	c.Max.Y = s.drawTitle(c)
	tiles := s.tiles(c)
	top := c.Max.Y
	for i, p := range s.panels {
		top = min(top, drawKeys(tiles[i], tiles[i].Min.X, p.keys))
	}
	for i := range tiles {
		tiles[i].Max.Y = top
	}
	for i, tile := range s.level(tiles) {
		p := s.panels[i]
		p.plot.Draw(tile)
		if p.side != nil {
			data := p.plot.DataCanvas(tile)
			beside := tile
			beside.Min.X, beside.Max.X = tile.Max.X, tile.Max.X+p.width
			p.side(beside, data.Min.Y, data.Max.Y)
		}
	}
}

// drawTitle writes the title and the legend of all panels, and returns where the
// panels may begin.
func (s *sheet) drawTitle(c draw.Canvas) vg.Length {
	if s.title == "" {
		return drawKeys(c, c.Min.X, s.keys)
	}
	style := bold(titleSize, ink)
	style.YAlign = draw.YCenter
	width := style.Width(s.title)
	write(&c, style, vg.Point{X: c.Min.X, Y: c.Max.Y - keyHeight/2}, s.title)
	return min(c.Max.Y-keyHeight-5, drawKeys(c, c.Min.X+width+18, s.keys))
}

const keyHeight vg.Length = 13

// drawKeys writes a legend from x on, in as many rows as it needs, and returns
// where that what is below may begin.
func drawKeys(c draw.Canvas, x vg.Length, keys []key) vg.Length {
	if len(keys) == 0 {
		return c.Max.Y
	}
	const gap, between = 4, 14
	style := sans(tickSize+0.5, ink)
	y := c.Max.Y - keyHeight/2
	for _, k := range keys {
		sample := k.width()
		width := sample + gap + style.Width(k.name)
		if x > c.Min.X && x+width > c.Max.X {
			x, y = c.Min.X, y-keyHeight
		}
		k.sample(&c, x, y, sample)
		write(&c, style, vg.Point{X: x + sample + gap, Y: y}, k.name)
		x += width + between
	}
	return y - keyHeight/2 - 4
}

func (k key) width() vg.Length {
	switch {
	case k.shape != nil:
		return 7
	case k.line.Width > 0:
		return 18
	}
	return 0
}

func (k key) sample(c *draw.Canvas, x, y, width vg.Length) {
	if k.line.Width > 0 {
		c.StrokeLine2(k.line, x, y, x+width, y)
	}
	if k.shape != nil {
		c.DrawGlyph(draw.GlyphStyle{Color: k.glyph, Radius: 3, Shape: k.shape}, vg.Point{X: x + width/2, Y: y})
	}
}

// tiles divides c among the panels by their shares.
func (s *sheet) tiles(c draw.Canvas) []draw.Canvas {
	const between = 14
	free, shares := c.Max.X-c.Min.X-between*vg.Length(len(s.panels)-1), 0.0
	for _, p := range s.panels {
		free -= p.width
		shares += p.share
	}
	tiles := make([]draw.Canvas, len(s.panels))
	left := c.Min.X
	for i, p := range s.panels {
		right := left + free*vg.Length(p.share/shares)
		tiles[i] = draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: left, Y: c.Min.Y},
			Max: vg.Point{X: right, Y: c.Max.Y},
		}}
		left = right + p.width + between
	}
	return tiles
}

// level raises the panels with lower axes to the highest, so that all stand alike.
func (s *sheet) level(tiles []draw.Canvas) []draw.Canvas {
	bottom := vg.Length(0)
	for i, p := range s.panels {
		bottom = max(bottom, p.plot.DataCanvas(tiles[i]).Min.Y)
	}
	for i, p := range s.panels {
		tiles[i].Min.Y += bottom - p.plot.DataCanvas(tiles[i]).Min.Y
	}
	return tiles
}
