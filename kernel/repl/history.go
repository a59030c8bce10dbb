package repl

import (
	"context"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// newLine stands for the end of a line in a cell that is edited as one.
const newLine = "⏎"

// remembered is how many earlier cells the arrow keys reach.
const remembered = 1000

// history is what the arrow keys recall, the latest last. The kernel keeps it in a file.
type history struct {
	cells []string
	off   bool // answers to a cell's question are no cells
}

// Add is called for each line; cells are added when they are whole.
func (h *history) Add(string) {}

// Len and At are what x/term's terminal recalls, 0 being the latest.
func (h *history) Len() int {
	if h.off {
		return 0
	}
	return len(h.cells)
}

func (h *history) At(i int) string { return h.cells[len(h.cells)-1-i] }

func (h *history) add(code string) {
	code = strings.ReplaceAll(strings.TrimRight(code, "\n"), "\n", newLine)
	if code != "" && (len(h.cells) == 0 || h.cells[len(h.cells)-1] != code) {
		h.cells = append(h.cells, code)
	}
}

// remember asks the kernel for the cells of earlier sessions.
func (e *editor) remember(ctx context.Context) {
	n := remembered
	reply, err := e.client.Ask(ctx, &wire.HistoryRequest{Access: "tail", N: &n, Raw: true})
	answer, ok := reply.(*wire.HistoryReply)
	if err != nil || !ok {
		return // one can do without
	}
	for _, item := range answer.History {
		e.history.add(item.Input)
	}
}
