package nb

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"reflect"
)

// Limits of what a value is shown as, so that a slip does not fill the notebook.
const (
	MaxText   = 64 << 10 // bytes of the text/plain of a value without a representation of its own
	MaxItems  = 1000     // elements shown of one slice, array or map
	MaxPart   = 32 << 20 // bytes of one representation that a value makes of itself
	MaxPixels = 1 << 24  // of an image.Image
)

// Render returns the representations of a value, by MIME type, and their metadata (nil
// for none). text/plain is always among them. The first of these decides:
//
//   - a method MIMEBundle() (map[string]any, error); metadata come from a method
//     MIMEMetadata() map[string]any
//   - the methods HTML() string, Markdown() string, Latex() string, SVG() string and
//     PNG() ([]byte, error), any of them
//   - an image.Image becomes a PNG
//   - anything else is text as [Text] makes it
//
// A method with pointer receiver counts also where v is the value itself. A method that
// fails or panics is reported in place of what it should have returned. A representation
// above [MaxPart] is left out. A nil pointer whose methods fail is text.
func Render(v any) (data, metadata map[string]any) {
	shown := withMethods(v)
	data, metadata, err := represent(shown)
	switch {
	case err != nil && nilPointer(v):
		data = map[string]any{"text/plain": Text(v)}
	case err != nil:
		data = map[string]any{"text/plain": fmt.Sprintf("%s\n(it could not be shown: %v)", Text(v), err)}
	}
	for mime, part := range data {
		if size(part) > MaxPart {
			delete(data, mime)
			data["text/plain"] = fmt.Sprintf("(a representation %s of %d MB is not shown: the limit is %d MB)",
				mime, size(part)>>20, MaxPart>>20)
		}
	}
	if _, ok := data["text/plain"]; !ok {
		data["text/plain"] = fallback(shown, data)
	}
	return data, metadata
}

// RenderAll represents the results of one expression. A single value is shown as by
// [Render], also when a nil error follows it; several are one line of text.
func RenderAll(values []any) (data, metadata map[string]any) {
	if n := len(values); n > 1 && values[n-1] == nil {
		values = values[:n-1]
	}
	if len(values) == 1 {
		return Render(values[0])
	}
	var line bytes.Buffer
	for i, v := range values {
		if i > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(Text(v))
	}
	return map[string]any{"text/plain": line.String()}, nil
}

type (
	bundler interface {
		MIMEBundle() (map[string]any, error)
	}
	metadata interface{ MIMEMetadata() map[string]any }
	htmler   interface{ HTML() string }
	marker   interface{ Markdown() string }
	latexer  interface{ Latex() string }
	svger    interface{ SVG() string }
	pnger    interface{ PNG() ([]byte, error) }
)

// represent asks the value's own methods. It returns no data where it has none.
func represent(v any) (data, meta map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if b, ok := v.(bundler); ok {
		given, err := b.MIMEBundle()
		if err != nil {
			return nil, nil, err
		}
		data = maps.Clone(given)
		if data == nil {
			data = map[string]any{}
		}
		if m, ok := v.(metadata); ok {
			meta = m.MIMEMetadata()
		}
		return data, meta, nil
	}
	data, err = methods(v)
	return data, nil, err
}

func methods(v any) (map[string]any, error) {
	data := map[string]any{}
	if h, ok := v.(htmler); ok {
		data["text/html"] = h.HTML()
	}
	if m, ok := v.(marker); ok {
		data["text/markdown"] = m.Markdown()
	}
	if l, ok := v.(latexer); ok {
		data["text/latex"] = l.Latex()
	}
	if s, ok := v.(svger); ok {
		data["image/svg+xml"] = s.SVG()
	}
	if p, ok := v.(pnger); ok {
		picture, err := p.PNG()
		if err != nil {
			return nil, err
		}
		data["image/png"] = picture
	}
	if img, ok := picture(v); ok && len(data) == 0 {
		var buf bytes.Buffer
		if err := png.Encode(&buf, img); err != nil {
			return nil, err
		}
		data["image/png"] = buf.Bytes()
	}
	return data, nil
}

// picture leaves out what has the methods of an image without being one to look at.
func picture(v any) (image.Image, bool) {
	img, ok := v.(image.Image)
	if _, rect := v.(image.Rectangle); rect || !ok {
		return nil, false
	}
	if _, rect := v.(*image.Rectangle); rect {
		return nil, false
	}
	b := img.Bounds()
	return img, b.Dx() > 0 && b.Dy() > 0 && b.Dx() <= MaxPixels/b.Dy()
}

// withMethods returns a pointer to a copy of v where only the pointer has a method that
// Render looks for.
func withMethods(v any) any {
	t := reflect.TypeOf(v)
	if t == nil || t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface || hasOne(t) {
		return v
	}
	if !hasOne(reflect.PointerTo(t)) {
		return v
	}
	p := reflect.New(t)
	p.Elem().Set(reflect.ValueOf(v))
	return p.Interface()
}

var shapes = []reflect.Type{
	reflect.TypeFor[bundler](), reflect.TypeFor[htmler](), reflect.TypeFor[marker](), reflect.TypeFor[latexer](),
	reflect.TypeFor[svger](), reflect.TypeFor[pnger](), reflect.TypeFor[image.Image](), reflect.TypeFor[matrix](),
}

func hasOne(t reflect.Type) bool {
	for _, shape := range shapes {
		if t.Implements(shape) {
			return true
		}
	}
	return false
}

// fallback is the text of a value that has only other representations.
func fallback(v any, data map[string]any) string {
	if b, ok := v.(Bundle); ok {
		for _, mime := range []string{"text/markdown", "text/latex", "text/html"} {
			if text, ok := b[mime].(string); ok {
				return cut(text, MaxText)
			}
		}
		return fmt.Sprintf("(%d representations without text)", len(data))
	}
	if img, ok := v.(image.Image); ok && len(data) > 0 {
		b := img.Bounds()
		return fmt.Sprintf("%T %d×%d", v, b.Dx(), b.Dy())
	}
	return Text(v)
}

func size(part any) int {
	switch p := part.(type) {
	case string:
		return len(p)
	case []byte:
		return len(p)
	}
	return 0
}
