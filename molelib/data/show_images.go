package data

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strings"
)

// isImage reports whether the examples are pictures: [height width], or [3 height width].
func (d *Dataset) isImage() bool {
	n := len(d.Shape)
	return (n == 2 || n == 3 && d.Shape[0] == 3) && d.Shape[n-2] > 0 && d.Shape[n-1] > 0
}

// pictureSize returns height and width of the examples, which must be pictures.
func (d *Dataset) pictureSize() (height, width int) {
	return d.Shape[len(d.Shape)-2], d.Shape[len(d.Shape)-1]
}

func (d *Dataset) pictureKind() string {
	if len(d.Shape) == 3 {
		return "colour images"
	}
	return "grey images"
}

// Image returns example i of an image dataset as a picture, grey or in colours, scaled from
// the example's least to its largest value so that standardized images are visible too. It
// panics when the examples are no images.
func (d *Dataset) Image(i int) image.Image {
	if !d.isImage() {
		panic("data: Image: the examples are no images: " + fmt.Sprint(d.Shape))
	}
	height, width := d.pictureSize()
	levels, area := levels(d.X.Row(i)), image.Rect(0, 0, width, height)
	if len(d.Shape) == 2 {
		picture := image.NewGray(area)
		copy(picture.Pix, levels)
		return picture
	}
	picture, plane := image.NewRGBA(area), height*width
	for p := range plane {
		picture.SetRGBA(p%width, p/width, color.RGBA{levels[p], levels[plane+p], levels[2*plane+p], 255})
	}
	return picture
}

// levels scales values to 0 … 255.
func levels(row []float32) []uint8 {
	low, high := float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range row {
		low, high = min(low, v), max(high, v)
	}
	out := make([]uint8, len(row))
	for j, v := range row {
		if high > low {
			out[j] = uint8(255*(v-low)/(high-low) + 0.5)
		}
	}
	return out
}

// strips writes a row of examples for every class. Each is a picture of its own:
// front ends keep a table in shape where they drop finer layout.
func (d *Dataset) strips(b *strings.Builder) error {
	b.WriteString("<table><tbody>\n")
	names, examples, counts := d.Classes, d.firstOfEach(), d.ClassCounts()
	if !d.Labelled() {
		names, examples, counts = []string{"all"}, [][]int{upTo(min(d.Len(), shownPerClass))}, []int{d.Len()}
	}
	height, _ := d.pictureSize()
	for label, name := range names[:min(len(names), shownClasses)] {
		strip := d.strip(examples[label])
		var picture bytes.Buffer
		if err := png.Encode(&picture, strip); err != nil {
			return fmt.Errorf("data: draw %s: %w", d.Name, err)
		}
		size, scale := strip.Bounds().Size(), max(1, 28/height)
		fmt.Fprintf(b, "<tr><td style=\"text-align:right\">%s <small>(%s)</small></td><td style=\"padding:1px\">"+
			"<img alt=\"examples of class %s\" width=\"%d\" height=\"%d\" style=\"image-rendering:pixelated;max-width:none;margin:0\" src=\"data:image/png;base64,%s\"/></td></tr>\n",
			html.EscapeString(name), thousands(counts[label]), html.EscapeString(name), size.X*scale, size.Y*scale,
			base64.StdEncoding.EncodeToString(picture.Bytes()))
	}
	b.WriteString("</tbody></table>\n")
	return nil
}

// firstOfEach returns the first rows of every class.
func (d *Dataset) firstOfEach() [][]int {
	rows := make([][]int, len(d.Classes))
	for i, y := range d.Y {
		if y >= 0 && y < len(rows) && len(rows[y]) < shownPerClass {
			rows[y] = append(rows[y], i)
		}
	}
	return rows
}

// widestStrip bounds a row of large pictures, in pixels.
const widestStrip = 900

// strip puts examples side by side, grey ones dark on white.
func (d *Dataset) strip(rows []int) image.Image {
	height, width := d.pictureSize()
	shown := max(1, min(shownPerClass, widestStrip/(width+1)))
	sheet := image.NewRGBA(image.Rect(0, 0, shown*(width+1), height))
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	for k, i := range rows[:min(shown, len(rows))] {
		picture := d.Image(i)
		if grey, ok := picture.(*image.Gray); ok {
			for p, v := range grey.Pix {
				grey.Pix[p] = 255 - v
			}
		}
		draw.Draw(sheet, image.Rect(k*(width+1), 0, k*(width+1)+width, height), picture, image.Point{}, draw.Src)
	}
	return sheet
}
