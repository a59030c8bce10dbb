package magic

import (
	"context"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// Notebook is what magics may do with the session that they are called in.
type Notebook interface {
	// Run runs Go code as a part of the call's cell.
	Run(ctx context.Context, c *Call, code string) kernel.Result
}
