package magic

import (
	"context"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// Notebook is what magics may do with the session that they are called in. Results and
// errors of Go code have the lines and columns of the call's cell.
type Notebook interface {
	// Run runs Go code, which may hold line magics, as a part of the call's cell.
	Run(ctx context.Context, c *Call, code string) kernel.Result
	// Measure is Run that tells what the code took.
	Measure(ctx context.Context, c *Call, code string) (kernel.Result, Usage)
	// Check checks Go code without running it; nil when nothing is wrong with it.
	Check(c *Call, code string) *kernel.Error
	// Change changes the surroundings of the cells and returns what they are then.
	Change(ctx context.Context, c *Call, change Change) (Surroundings, error)
	// Variables lists the variables of the notebook with their present values.
	Variables(ctx context.Context, c *Call) ([]Variable, error)
	// Reset drops all declarations and values and returns the names, by kind.
	Reset(ctx context.Context) (dropped map[string][]string, err error)
	// Document returns what is documented of a name; false when nothing is known of it.
	Document(name string) (plain, markdown string, ok bool)
}

// Usage is what code took. CPU time and allocations are those of the process that runs
// the cells.
type Usage struct {
	Wall, User, System time.Duration
	Mallocs, Bytes     uint64
}

// Surroundings are what commands inherit.
type Surroundings struct {
	Dir string   // "" when it has been removed
	Env []string // "NAME=value", sorted
}

// Change is a change of the surroundings.
type Change struct {
	Dir   string            // "" leaves the directory as it is
	Set   map[string]string // environment variables
	Unset []string
}

// Variable is a variable of the notebook.
type Variable struct {
	Name, Type string
	Value      string // bounded, in one line
	Size       int64  // bytes; 0 for unknown
}
