// Package magic knows the lines of a cell that are not Go: "%time f()" and "!ls", and the
// cells that begin with "%%bash". It finds them, keeps the table of those that exist, and
// runs what needs no more than a [Notebook]. Everything else of a cell is Go, with its
// lines and columns as typed.
package magic

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// Kind says where a magic stands.
type Kind uint8

// The kinds of magics.
const (
	Line  Kind = iota // %name arguments, among lines of Go
	Cell              // %%name arguments on the first line, the rest of the cell is its body
	Shell             // !command; its Name is ""
)

// Holds says which part of a magic is Go, to be checked, completed and run as such.
type Holds uint8

// The parts that can be Go.
const (
	NoGo Holds = iota
	GoArgs
	GoBody // of a cell magic; the body may hold line magics too
)

// Words says what the words of a magic's arguments are.
type Words uint8

// The kinds of words.
const (
	AnyWords Words = iota
	Files
	Folders
	Environment
	Magics
	NamesOfGo
)

// Magic is one entry of a [Table]. Name, Help and Run are required.
type Magic struct {
	Name    string
	Kind    Kind
	Args    string // what follows the name, as help shows it: "[-a] path"
	Help    string // one line, without a period
	More    string // what inspection adds, in Markdown; "" for nothing
	Example string // a line that works, shown with errors about the arguments
	Holds   Holds
	Words   Words // what the arguments complete to, where they are no Go
	// Renews says that code behind the magic in the same cell can be checked only when
	// the magic has run, because it changes what names mean.
	Renews bool
	// Run runs the magic. Cancelling ctx interrupts it. An error about the call itself is
	// a [*BadCall] or any other error: it is shown with the magic's line. What Go code of the magic
	// made of itself is the Result of [Notebook.Run], returned as it is.
	Run func(ctx context.Context, c *Call) (kernel.Result, error)
}

// Title is the magic as it is typed: "%time", "%%bash", "!".
func (m *Magic) Title() string { return title(m.Kind, m.Name) }

func title(kind Kind, name string) string {
	return [...]string{Line: "%", Cell: "%%", Shell: "!"}[kind] + name
}

// Call is one use of a magic.
type Call struct {
	Magic    *Magic
	Args     string // without space around it
	Body     string // of a cell magic: the lines below the first
	Line     int    // of the cell, from 1
	BodyLine int    // line of the cell that Body begins with
	// Code is the whole cell with everything blanked that is no Go of this magic: run by
	// [Notebook.Run], its errors have the cell's lines and columns.
	Code     string
	Cell     kernel.Cell
	Out      kernel.Output
	Notebook Notebook
	Table    Table
}

// Usage is the error about arguments that the magic cannot work with.
func (c *Call) Usage(format string, args ...any) error {
	return &BadCall{Msg: fmt.Sprintf(format, args...), Hint: c.Magic.usage()}
}

func (m *Magic) usage() string {
	text := "usage: " + m.signature()
	if m.Example != "" {
		text += ", for example " + m.Example
	}
	return text
}

// BadCall is an error about the way a magic is called.
type BadCall struct {
	Msg  string
	Hint string // what to do; "" for nothing
}

func (e *BadCall) Error() string { return e.Msg }

// Failed is the error of a magic whose work failed though it was called rightly. Name is
// what front ends show before the text, "ShellError" for example.
type Failed struct {
	Name, Msg string
	Notes     []string
}

func (e *Failed) Error() string { return e.Msg }

// Table lists the magics that exist, in the order in which help shows them.
type Table []*Magic

// Find returns the magic, nil for an unknown one.
func (t Table) Find(kind Kind, name string) *Magic {
	i := slices.IndexFunc(t, func(m *Magic) bool { return m.Kind == kind && m.Name == name })
	if i < 0 {
		return nil
	}
	return t[i]
}

// strangers are magics of IPython, with what notebooks in Go have in their place.
var strangers = map[string]string{
	"timeit":     "%bench code repeats code and measures it, %time and %%time measure once",
	"prun":       "%time and %bench measure; runtime/pprof profiles",
	"whos":       "%who lists the variables with type, value and size",
	"pip":        "import \"module/path\" fetches a Go module, %get module@version chooses its version",
	"conda":      "import \"module/path\" fetches a Go module, %get module@version chooses its version",
	"matplotlib": "pictures need no magic: a figure on the last line is shown, nb.Live redraws one",
	"ls":         "!ls runs it in a shell",
	"cat":        "!cat file runs it in a shell",
	"script":     "%%bash runs the cell as a script",
	"capture":    "os/exec gives the output of a command; a trailing ; hides a value",
	"run":        "import \"./folder\" uses the Go package beside the notebook, %load file shows a file as a cell",
}

// unknown says that a magic does not exist and which ones do.
func (t Table) unknown(kind Kind, name string) *BadCall {
	e := &BadCall{Msg: "there is no magic " + title(kind, name)}
	other := Cell
	if kind == Cell {
		other = Line
	}
	if m := t.Find(other, name); m != nil {
		e.Hint = fmt.Sprintf("there is %s: %s", m.Title(), m.usage())
		return e
	}
	if hint := strangers[name]; hint != "" {
		e.Hint = hint
		return e
	}
	var all []string
	for _, m := range t {
		if m.Kind == kind {
			all = append(all, m.Title())
		}
	}
	e.Hint = "there are " + strings.Join(all, " ") + "; %help tells more"
	if near := t.nearest(kind, name); near != nil {
		e.Hint = fmt.Sprintf("did you mean %s? %s", near.Title(), e.Hint)
	}
	return e
}

// nearest returns the magic whose name is meant by a misspelt one; nil for none.
func (t Table) nearest(kind Kind, name string) *Magic {
	var best *Magic
	least := len(name)/3 + 2
	for _, m := range t {
		if d := distance(strings.ToLower(name), m.Name); m.Kind == kind && d < least {
			best, least = m, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace that make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
