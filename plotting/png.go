package plotting

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// encodePNG writes an opaque picture with a palette of 256 colours, which takes a
// third of the time and of the bytes of full colour. A figure has few colours; what
// is lost are shades at the edges of lines, below what can be seen.
func encodePNG(m *image.RGBA) ([]byte, error) {
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	picture := exact(m)
	if picture == nil {
		picture = withPalette(m)
	}
	if err := encoder.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("plotting: write png: %w", err)
	}
	return out.Bytes(), nil
}

// exact returns m with a palette when it has at most 256 colours, otherwise nil.
func exact(m *image.RGBA) *image.Paletted {
	out := image.NewPaletted(m.Bounds(), nil)
	index := map[[3]uint8]uint8{}
	var last [3]uint8
	at, known := uint8(0), false
	for i, k := 0, 0; i < len(m.Pix); i, k = i+4, k+1 {
		if p := [3]uint8(m.Pix[i : i+3]); p != last || !known {
			last = p
			if at, known = index[p]; !known {
				if len(index) == 256 {
					return nil
				}
				at, known = uint8(len(index)), true
				index[p] = at
				out.Palette = append(out.Palette, color.RGBA{R: p[0], G: p[1], B: p[2], A: 255})
			}
		}
		out.Pix[k] = at
	}
	return out
}

// cell is one of the 32×32×32 boxes that colours are sorted into.
type cell struct {
	n       uint64
	r, g, b uint64 // sums
	index   uint8  // in the palette
}

func boxOf(r, g, b uint8) int { return int(r>>3)<<10 | int(g>>3)<<5 | int(b>>3) }

func withPalette(m *image.RGBA) *image.Paletted {
	boxes := make([]cell, 1<<15)
	count(m, boxes)
	out := image.NewPaletted(m.Bounds(), choose(boxes))
	last, index := [3]uint8{}, boxes[0].index
	for i, k := 0, 0; i < len(m.Pix); i, k = i+4, k+1 {
		if p := [3]uint8(m.Pix[i : i+3]); p != last {
			last, index = p, boxes[boxOf(p[0], p[1], p[2])].index
		}
		out.Pix[k] = index
	}
	return out
}

// count sorts the pixels of m into boxes, run by run: most of a figure is white.
func count(m *image.RGBA, boxes []cell) {
	for i := 0; i < len(m.Pix); {
		p := [3]uint8(m.Pix[i : i+3])
		run := uint64(0)
		for ; i < len(m.Pix) && [3]uint8(m.Pix[i:i+3]) == p; i += 4 {
			run++
		}
		c := &boxes[boxOf(p[0], p[1], p[2])]
		c.n += run
		c.r, c.g, c.b = c.r+run*uint64(p[0]), c.g+run*uint64(p[1]), c.b+run*uint64(p[2])
	}
}

// choose makes a palette of the fullest boxes and gives every other one the
// nearest of their colours.
func choose(boxes []cell) color.Palette {
	var full []int
	for i := range boxes {
		if boxes[i].n > 0 {
			full = append(full, i)
		}
	}
	slices.SortFunc(full, func(a, b int) int { return cmp.Or(cmp.Compare(boxes[b].n, boxes[a].n), cmp.Compare(a, b)) })
	var palette color.Palette
	for k, i := range full {
		c := &boxes[i]
		mean := color.RGBA{R: uint8((c.r + c.n/2) / c.n), G: uint8((c.g + c.n/2) / c.n), B: uint8((c.b + c.n/2) / c.n), A: 255}
		if k < 256 {
			palette = append(palette, mean)
			c.index = uint8(k)
			continue
		}
		c.index = nearest(palette, mean)
	}
	return palette
}

func nearest(palette color.Palette, want color.RGBA) uint8 {
	best, least := 0, 1<<30
	for i, p := range palette {
		c := p.(color.RGBA)
		r, g, b := int(c.R)-int(want.R), int(c.G)-int(want.G), int(c.B)-int(want.B)
		if d := r*r + g*g + b*b; d < least {
			best, least = i, d
		}
	}
	return uint8(best)
}
