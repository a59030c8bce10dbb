package kernel

import "context"

// Runtime runs the cells of one notebook. The kernel calls Execute for one cell at a
// time and Close once; Execute blocks until the cell is over.
type Runtime interface {
	// Execute runs a cell. When ctx is cancelled (the user interrupts) the cell stops,
	// values survive, and the result has status "error" with the name "Interrupted".
	// Whatever the cell prints or shows goes to out, in order, before Execute returns.
	Execute(ctx context.Context, cell Cell, out Output) Result
	// Close ends the process that runs the cells, also while Execute runs, which then
	// returns. It is safe to call twice.
	Close() error
}

// Stopper is a Runtime that can end what an interrupt did not stop.
type Stopper interface {
	// Stop ends by force what an interrupted cell still does or has left behind. Values are
	// lost: the cell says which. Nothing happens when nothing runs. It may be called while
	// Execute runs.
	Stop()
}

// Assistant answers what a front end asks while the user types. Its methods may be
// called while a cell runs. Offsets are byte offsets into code.
type Assistant interface {
	Complete(ctx context.Context, code string, cursor int) Completion
	Inspect(ctx context.Context, code string, cursor, detail int) Inspection
	IsComplete(code string) Completeness
}

// Cell is one request to run code.
type Cell struct {
	ID          string // the front end's cell id; "" when it sent none
	Count       int    // the number in In[·]; positions in errors name it. Cells that keep no history repeat it
	Code        string
	Silent      bool              // show nothing, keep no history
	Expressions map[string]string // user_expressions: evaluated after the cell when it succeeded
	AllowInput  bool              // the front end can answer input requests
}

// Bundle is a value in several representations, by MIME type. Text types hold strings,
// application/json any JSON value, other types base64 text, as in the Jupyter protocol.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any
}

// Display is a bundle shown in the middle of a cell.
type Display struct {
	Bundle
	ID     string // display_id; "" for none
	Update bool   // replace the displays that carry ID instead of adding one
}

// Output takes what a cell sends while it runs, and what its goroutines send later. Its
// methods may be called from any goroutine and keep their order. They wait only when
// megabytes are queued, Input until the user has answered, ctx ends or the cell is over.
type Output interface {
	Stream(name string, text []byte) // name is "stdout" or "stderr"; text may end inside a UTF-8 sequence
	Display(d Display)
	Clear(wait bool)
	Input(ctx context.Context, prompt string, password bool) (string, error)
}

// Result is the outcome of a cell.
type Result struct {
	Value       *Bundle           // the last expression's value; nil for none
	Err         *Error            // nil when the cell succeeded
	Expressions map[string]Result // one for each of Cell.Expressions
	NextInput   *NextInput        // what the front end should put into a cell; nil for nothing
}

// NextInput is text for the front end to let the user edit.
type NextInput struct {
	Text    string
	Replace bool // put it in place of the cell that ran, not into a new cell below
}

// Error is a failed cell in the terms of the protocol's error message.
type Error struct {
	Name      string   // e.g. "CompileError", "Panic", "Interrupted", "WorkerDied"
	Value     string   // one line
	Traceback []string // lines to show, ANSI colours allowed
}

// Completion lists what may replace code[Start:End].
type Completion struct {
	Start, End int
	Items      []CompletionItem // best first
}

// CompletionItem is one candidate.
type CompletionItem struct {
	Text      string
	Type      string // function, method, variable, field, type, constant, package, keyword
	Signature string // e.g. "func(a ...any) (n int, err error)"; "" for none
}

// Inspection is what is known of the name under the cursor.
type Inspection struct {
	Found  bool
	Bundle Bundle // text/plain and text/markdown
}

// Completeness says whether code could be run as it stands.
type Completeness struct {
	Status string // "complete", "incomplete", "invalid"
	Indent string // for "incomplete": what the next line should begin with
}
