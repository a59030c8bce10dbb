package nb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"maps"
	"reflect"
	"strings"
)

// Limits of what a value is shown as, so that a slip does not fill the notebook.
const (
	MaxText   = 32 << 10 // bytes of the text/plain of a value without a representation of its own
	MaxItems  = 200      // elements shown of a slice, array or map of short values; 50 of longer ones
	MaxPart   = 32 << 20 // bytes of one representation that a value makes of itself
	MaxPixels = 1 << 22  // of an image.Image; a larger one is shown with fewer
)

// Render returns the representations of a value, by MIME type, and their metadata (nil
// for none). text/plain is always among them. The first of these decides:
//
//   - a method MIMEBundle() (map[string]any, error); metadata come from a method
//     MIMEMetadata() map[string]any
//   - the methods HTML() string, Markdown() string, Latex() string or LaTeX() string,
//     SVG() string, PNG() ([]byte, error) or PNG() []byte, JSON() any or
//     JSON() ([]byte, error): any of them
//   - an image.Image becomes a PNG
//   - a struct, a map, a matrix, a slice of structs, maps or slices and a long slice become
//     a table in HTML beside their text
//   - anything else is text as [Text] makes it
//
// A method with pointer receiver counts also where v is the value itself. A method that
// fails or panics is reported in the text, and the others count. A representation
// above [MaxPart] is left out. A nil pointer whose methods fail is text.
func Render(v any) (data, metadata map[string]any) {
	shown := withMethods(v)
	data, metadata, failures := represent(shown)
	if failures != nil && nilPointer(v) {
		return map[string]any{"text/plain": Text(v)}, nil
	}
	if len(data) == 0 && failures == nil {
		if g, ok := gridFor(v); ok {
			data["text/html"] = g.html()
		}
	}
	for mime, part := range data {
		part, err := sized(part)
		if data[mime] = part; err != nil {
			delete(data, mime)
			failures = append(failures, fmt.Sprintf("its %s is left out: %v", mime, err))
		}
	}
	if _, ok := data["text/plain"]; !ok {
		data["text/plain"] = fallback(shown, data)
	}
	if text, ok := data["text/plain"].(string); ok && failures != nil {
		data["text/plain"] = text + "\n(" + strings.Join(failures, "; ") + ")"
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
	texts := make([]string, len(values))
	between := " "
	for i, v := range values {
		if texts[i] = Text(v); strings.Contains(texts[i], "\n") {
			between = "\n"
		}
	}
	return map[string]any{"text/plain": cut(strings.Join(texts, between), 2*MaxText)}, nil
}

type (
	bundler interface {
		MIMEBundle() (map[string]any, error)
	}
	metadata   interface{ MIMEMetadata() map[string]any }
	htmler     interface{ HTML() string }
	marker     interface{ Markdown() string }
	latexer    interface{ Latex() string }
	teXer      interface{ LaTeX() string }
	svger      interface{ SVG() string }
	pnger      interface{ PNG() ([]byte, error) }
	plainPNGer interface{ PNG() []byte }
	jsoner     interface{ JSON() any }
	encoder    interface{ JSON() ([]byte, error) }
)

// represent asks the value's own methods. It returns no data where it has none, and says
// which of them failed.
func represent(v any) (data, meta map[string]any, failures []string) {
	data = map[string]any{}
	ask := func(name string, method func() error) {
		defer func() {
			if r := recover(); r != nil {
				failures = append(failures, fmt.Sprintf("%s could not be shown: panic: %s", name, panicked(r)))
			}
		}()
		if err := method(); err != nil {
			failures = append(failures, fmt.Sprintf("%s could not be shown: %s", name, panicked(err)))
		}
	}
	if b, ok := v.(bundler); ok {
		ask("its MIMEBundle", func() error {
			given, err := b.MIMEBundle()
			if err == nil && given != nil {
				data = maps.Clone(given)
			}
			return err
		})
		if m, ok := v.(metadata); ok && failures == nil {
			ask("its MIMEMetadata", func() error { meta = m.MIMEMetadata(); return nil })
		}
		return data, meta, failures
	}
	for _, p := range parts(v) {
		ask("its "+p.name, func() error {
			made, err := p.make()
			if err == nil {
				data[p.mime] = made
			}
			return err
		})
	}
	return data, nil, failures
}

// panicked bounds what a failure says.
func panicked(r any) string { return cut(fmt.Sprintf("%v", r), maxLeaf) }

// representation is one that a value makes of itself.
type representation struct {
	name, mime string
	make       func() (any, error)
}

// parts lists the representations that v has methods for, or its picture.
func parts(v any) []representation {
	var list []representation
	text := func(name, mime string, make func() string) {
		list = append(list, representation{name, mime, func() (any, error) { return make(), nil }})
	}
	if h, ok := v.(htmler); ok {
		text("HTML", "text/html", h.HTML)
	}
	if m, ok := v.(marker); ok {
		text("Markdown", "text/markdown", m.Markdown)
	}
	if l, ok := v.(latexer); ok {
		text("Latex", "text/latex", l.Latex)
	} else if l, ok := v.(teXer); ok {
		text("LaTeX", "text/latex", l.LaTeX)
	}
	if s, ok := v.(svger); ok {
		text("SVG", "image/svg+xml", s.SVG)
	}
	switch p := v.(type) {
	case pnger:
		list = append(list, representation{"PNG", "image/png", func() (any, error) { return p.PNG() }})
	case plainPNGer:
		list = append(list, representation{"PNG", "image/png", func() (any, error) { return p.PNG(), nil }})
	}
	switch j := v.(type) {
	case jsoner:
		list = append(list, representation{"JSON", "application/json", func() (any, error) { return bounded(j.JSON()) }})
	case encoder:
		list = append(list, representation{"JSON", "application/json", func() (any, error) {
			text, err := j.JSON()
			if err != nil {
				return nil, err
			}
			return decoded(text)
		}})
	}
	if img, ok := picture(v); ok && len(list) == 0 {
		list = append(list, representation{"picture", "image/png", func() (any, error) { return encodePNG(img) }})
	}
	return list
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
	reflect.TypeFor[bundler](), reflect.TypeFor[htmler](), reflect.TypeFor[marker](), reflect.TypeFor[latexer](), reflect.TypeFor[teXer](),
	reflect.TypeFor[svger](), reflect.TypeFor[pnger](), reflect.TypeFor[plainPNGer](), reflect.TypeFor[jsoner](), reflect.TypeFor[encoder](),
	reflect.TypeFor[image.Image](), reflect.TypeFor[matrix](),
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

// sized checks the size of a representation; a JSON value is encoded for that.
func sized(part any) (any, error) {
	switch part.(type) {
	case string, []byte, json.RawMessage:
		if n := size(part); n > MaxPart {
			return nil, fmt.Errorf("it has %d MB, more than %d", n>>20, MaxPart>>20)
		}
		return part, nil
	}
	return bounded(part)
}

func size(part any) int {
	switch p := part.(type) {
	case string:
		return len(p)
	case []byte:
		return len(p)
	case json.RawMessage:
		return len(p)
	}
	return 0
}

// buffer is a writer that fails when it would hold more than limit bytes.
type buffer struct {
	bytes.Buffer
	limit int
}

func (b *buffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		return 0, fmt.Errorf("it has more than %d MB", b.limit>>20)
	}
	return b.Buffer.Write(p)
}
