package nb

import (
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"math"
)

// picture leaves out what has the methods of an image without being one to look at.
func picture(v any) (image.Image, bool) {
	img, ok := v.(image.Image)
	if _, rect := v.(image.Rectangle); rect || !ok || nilPointer(v) {
		return nil, false
	}
	switch v.(type) {
	case *image.Rectangle, *image.Uniform:
		return nil, false
	}
	b := img.Bounds()
	return img, b.Dx() > 0 && b.Dy() > 0
}

// encodePNG encodes an image, with fewer pixels where it has more than MaxPixels.
func encodePNG(img image.Image) ([]byte, error) {
	b := img.Bounds()
	if pixels := float64(b.Dx()) * float64(b.Dy()); pixels > MaxPixels {
		img = thinned{img, int(math.Ceil(math.Sqrt(pixels / MaxPixels)))}
	}
	buf := buffer{limit: MaxPart}
	if err := png.Encode(&buf, img); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// thinned is an image with every step-th pixel of another in both directions.
type thinned struct {
	image.Image
	step int
}

func (t thinned) Bounds() image.Rectangle {
	b := t.Image.Bounds()
	return image.Rect(0, 0, (b.Dx()+t.step-1)/t.step, (b.Dy()+t.step-1)/t.step)
}

func (t thinned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	return t.Image.At(b.Min.X+x*t.step, b.Min.Y+y*t.step)
}

// maxJSON bounds a JSON value, in bytes: a front end makes a tree of it.
const maxJSON = 2 << 20

// bounded encodes a JSON value; an error says that it is too large.
func bounded(v any) (any, error) {
	buf := buffer{limit: maxJSON}
	if err := json.NewEncoder(&buf).Encode(v); err != nil {
		return nil, err
	}
	return json.RawMessage(buf.Bytes()), nil
}

// decoded is a JSON text as a value, which an invalid one is not.
func decoded(text []byte) (any, error) {
	var v json.RawMessage
	err := json.Unmarshal(text, &v)
	return v, err
}
