// Package nb is what the code of a cell calls to show values, to replace what it has
// shown, to ask the reader for input and to report progress.
//
//	nb.Display(figure)                     // in the middle of a cell
//	nb.HTML("<b>bold</b>")
//	name, err := nb.Input("Your name? ")
//	view := nb.Live(panel)                 // redrawn while a training runs
//
// The verbs speak for the cell that calls them, also from a goroutine that the cell
// started. In a program that no notebook runs they print text to standard output.
package nb

import (
	"context"
	"sync/atomic"
)

// Shown is something to show, in several representations by MIME type. Text types hold
// a string, application/json any JSON value, other types a []byte or a base64 string.
type Shown struct {
	Data     map[string]any
	Metadata map[string]any
	ID       string // what a later Update refers to; "" for nothing
	Update   bool   // replaces what was shown under ID
}

// Cell is a running cell as seen from the code in it. A front end implements it; its
// methods may be called from any goroutine, also after the cell has ended.
type Cell interface {
	// Context is cancelled when the user interrupts the cell.
	Context() context.Context
	// Display shows s after everything the cell has printed and shown so far.
	Display(s Shown)
	// Clear removes the cell's output, with wait only when new output arrives.
	Clear(wait bool)
	// Input asks the reader for a line; a password is not echoed.
	Input(prompt string, password bool) (string, error)
	// AtEnd calls f when the cell's code has ended, before its result is sent.
	AtEnd(f func())
}

// front finds the cell of the calling goroutine. It is a variable, as figures is, because
// the verbs have to reach the front end from wherever user code calls them.
var front atomic.Pointer[func() Cell]

// Attach makes current the way to find the calling goroutine's cell. The process that
// runs the cells calls it once, before the first cell; user code has no use for it.
// Where current returns nil, output goes to standard output as text.
func Attach(current func() Cell) { front.Store(&current) }

func cell() Cell {
	if current := front.Load(); current != nil {
		if c := (*current)(); c != nil {
			return c
		}
	}
	return terminal{}
}

// Context returns a context that is cancelled when the user interrupts the cell. Pass it
// to everything that takes long.
func Context() context.Context { return cell().Context() }

// Display shows values one below the other, each as [Render] represents it.
func Display(values ...any) {
	c := cell()
	for _, v := range values {
		data, metadata := Render(v)
		c.Display(Shown{Data: data, Metadata: metadata})
	}
}

// Results shows the values that one expression gave, as the end of a cell does: in one
// line, without a nil error behind the others. Exported programs call it.
func Results(values ...any) {
	data, metadata := RenderAll(values)
	cell().Display(Shown{Data: data, Metadata: metadata})
}

// DisplayID shows v under an identifier, so that [Update] can replace it.
func DisplayID(id string, v any) {
	data, metadata := Render(v)
	cell().Display(Shown{Data: data, Metadata: metadata, ID: id})
}

// Update replaces everything that was shown under id, in whatever cell, by v.
func Update(id string, v any) {
	data, metadata := Render(v)
	cell().Display(Shown{Data: data, Metadata: metadata, ID: id, Update: true})
}

// Clear removes the output of the cell. With wait it stays until something new is
// shown, which avoids flicker.
func Clear(wait bool) { cell().Clear(wait) }

// HTML shows a piece of HTML.
func HTML(html string) { show("text/html", html) }

// Markdown shows a text in Markdown, with mathematics between dollar signs.
func Markdown(text string) { show("text/markdown", text) }

// Latex shows mathematics in LaTeX, for example `$$I(T;Y) = H(T) + H(Y) - H(T,Y)$$`.
func Latex(text string) { show("text/latex", text) }

// SVG shows a drawing.
func SVG(svg string) { show("image/svg+xml", svg) }

// PNG shows a picture.
func PNG(png []byte) { show("image/png", png) }

// JSON shows any value that encoding/json can encode as a tree to unfold.
func JSON(v any) { show("application/json", v) }

func show(mime string, v any) {
	data, metadata := Render(Bundle{mime: v})
	cell().Display(Shown{Data: data, Metadata: metadata})
}

// Input asks the reader for a line and returns it without the line end. The error is io.EOF
// when the reader typed Ctrl-D; others say that the front end cannot ask, or that the user
// interrupted the cell.
func Input(prompt string) (string, error) { return cell().Input(prompt, false) }

// Password asks like [Input] without showing what is typed.
func Password(prompt string) (string, error) { return cell().Input(prompt, true) }

// Bundle is a value that is shown as the representations it holds, by MIME type, with
// the values that [Shown] allows: nb.Display(nb.Bundle{"text/html": "<b>bold</b>"}).
type Bundle map[string]any

// MIMEBundle returns the bundle itself.
func (b Bundle) MIMEBundle() (map[string]any, error) { return b, nil }
