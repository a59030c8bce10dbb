// Package plotting draws what a training run does: information and accuracy by
// module and epoch, information planes, representations, confusion matrices. One
// call makes a Figure, which a notebook shows by itself, Save writes to a file and
// AsSVG turns into vector graphics. The colours can be told apart with every kind
// of colour vision.
//
// The package knows no networks: it takes slices, matrices and a History, the
// shape that a training report has.
package plotting

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure is a picture that is drawn when it is shown: a figure of a History shows
// the state that the history has at that moment. Title, Width and Height may be
// changed before. A Figure may be shown while its History is written, as long as
// the History allows it.
type Figure struct {
	Title  string  // above the picture; empty: none
	Width  float64 // in CSS pixels, 96 to the inch
	Height float64
	XLabel string // replaces the label of the x axes; empty: as it is
	YLabel string // replaces the label of the y axes; empty: as it is

	svg     bool
	compose func() (*sheet, error)
}

// ErrNoData says that there is nothing to draw.
var ErrNoData = errors.New("plotting: no data: every series is empty")

// pixelRatio is the number of pixels in a PNG for one CSS pixel, so that the
// picture is sharp on dense screens.
const pixelRatio = 2

// AsSVG returns the same figure, shown as SVG: sharp at every size, and text that
// can be selected. PNG, the default, is smaller for many points.
func (f *Figure) AsSVG() *Figure {
	vector := *f
	vector.svg = true
	return &vector
}

// MIMEBundle shows the figure in a notebook: the picture, and as text/plain what
// it says in words.
func (f *Figure) MIMEBundle() (map[string]any, error) {
	s, err := f.sheet()
	if err != nil {
		return nil, err
	}
	bundle := map[string]any{"text/plain": s.inWords()}
	if f.svg {
		picture, err := f.encode(s, "svg")
		if err != nil {
			return nil, err
		}
		bundle["image/svg+xml"] = string(picture)
		return bundle, nil
	}
	picture, err := f.encode(s, "png")
	if err != nil {
		return nil, err
	}
	bundle["image/png"] = picture
	return bundle, nil
}

// MIMEMetadata tells front ends the size to show the picture at, in CSS pixels.
func (f *Figure) MIMEMetadata() map[string]any {
	if f.svg {
		return nil
	}
	return map[string]any{"image/png": map[string]any{"width": int(f.Width), "height": int(f.Height)}}
}

// String says in words what the figure shows.
func (f *Figure) String() string {
	s, err := f.sheet()
	if err != nil {
		return err.Error()
	}
	return s.inWords()
}

// Encode returns the figure as a file of the given format: "png", "svg" or "pdf".
func (f *Figure) Encode(format string) ([]byte, error) {
	s, err := f.sheet()
	if err != nil {
		return nil, err
	}
	return f.encode(s, format)
}

// Save writes the figure to a file; its name ends in .png, .svg or .pdf.
func (f *Figure) Save(path string) error {
	content, err := f.Encode(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")))
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("plotting: save figure: %w", err)
	}
	return nil
}

// missing reports whether v is nil or holds a nil pointer, such as the report of a
// training that could not begin.
func missing(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

func (f *Figure) sheet() (*sheet, error) {
	if f == nil || f.compose == nil {
		return nil, errors.New("plotting: an empty Figure: make one by Training, Scatter, Lines …")
	}
	if !(f.Width >= 50 && f.Height >= 50 && f.Width <= 4000 && f.Height <= 4000) {
		return nil, fmt.Errorf("plotting: a figure of %g×%g: width and height must lie between 50 and 4000 pixels", f.Width, f.Height)
	}
	s, err := f.compose()
	if err != nil {
		return nil, err
	}
	s.title = f.Title
	for _, p := range s.panels {
		if f.XLabel != "" {
			p.plot.X.Label.Text = f.XLabel
		}
		if f.YLabel != "" {
			p.plot.Y.Label.Text = f.YLabel
		}
	}
	return s, nil
}

func (f *Figure) encode(s *sheet, format string) ([]byte, error) {
	w, h := cssPixels(f.Width), cssPixels(f.Height)
	var out bytes.Buffer
	switch format {
	case "png":
		return encodePNG(f.drawImage(s))
	case "svg":
		c := vgsvg.New(w, h)
		s.drawOnWhite(draw.New(c))
		if _, err := c.WriteTo(&out); err != nil {
			return nil, fmt.Errorf("plotting: write svg: %w", err)
		}
		return withFallbackFonts(out.Bytes()), nil
	case "pdf":
		c := vgpdf.New(w, h)
		s.drawOnWhite(draw.New(outlined{c}))
		if _, err := c.WriteTo(&out); err != nil {
			return nil, fmt.Errorf("plotting: write pdf: %w", err)
		}
		return out.Bytes(), nil
	}
	return nil, fmt.Errorf("plotting: unknown format %q: use png, svg or pdf", format)
}

func (f *Figure) drawImage(s *sheet) *image.RGBA {
	c := vgimg.NewWith(vgimg.UseWH(cssPixels(f.Width), cssPixels(f.Height)), vgimg.UseDPI(96*pixelRatio))
	s.draw(draw.New(c))
	return c.Image().(*image.RGBA)
}

func cssPixels(n float64) vg.Length { return vg.Length(n) * vg.Inch / 96 }

// withFallbackFonts names fonts for readers who do not have Liberation, which has
// the measures of Arial.
func withFallbackFonts(svg []byte) []byte {
	return bytes.ReplaceAll(svg, []byte("font-family:Liberation Sans;"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
}
