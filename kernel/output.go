package kernel

import (
	"context"
	"errors"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// ErrNoInput is returned by Output.Input when the front end cannot ask the user.
var ErrNoInput = errors.New("the front end does not allow input: run the cell where it can ask, e.g. in JupyterLab or jupyter console")

// output is what one cell sends. It outlives the cell: what a goroutine prints later
// still belongs to the cell that started it.
type output struct {
	kernel *Kernel
	req    *wire.Message
	ctx    context.Context // of the cell: Input ends with it
	silent bool
	input  bool
}

var _ Output = (*output)(nil)

// Stream publishes printed text.
func (o *output) Stream(name string, text []byte) {
	if o.silent {
		return
	}
	if name != "stderr" {
		name = "stdout"
	}
	o.kernel.publisher.print(o.req, name, text)
}

// Display publishes a bundle.
func (o *output) Display(d Display) {
	if o.silent {
		return
	}
	data, meta, id := orEmpty(d.Data), orEmpty(d.Metadata), wire.Transient{DisplayID: d.ID}
	var c wire.Content = &wire.DisplayData{Data: data, Metadata: meta, Transient: id}
	if d.Update {
		c = &wire.UpdateDisplayData{Data: data, Metadata: meta, Transient: id}
	}
	o.kernel.publisher.show(o.req, c, bundleSize(data))
}

// Clear removes what the cell has shown.
func (o *output) Clear(wait bool) {
	if !o.silent {
		o.kernel.publisher.show(o.req, &wire.ClearOutput{Wait: wait}, 0)
	}
}

// Input asks the user for a line. It ends with ctx and with the cell.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.input {
		return "", ErrNoInput
	}
	k := o.kernel
	if err := k.stdin.begin(ctx, o.ctx); err != nil {
		return "", err
	}
	defer k.stdin.end()
	if prompt == "" {
		prompt = k.publisher.prompt(o.req)
	}
	// The prompt must not overtake what was printed before it.
	k.publisher.flush()
	m := k.session.Reply(o.req, &wire.InputRequest{Prompt: prompt, Password: password})
	answer := k.stdin.expect(m)
	if err := k.conn.Send(wire.Stdin, m); err != nil {
		return "", err
	}
	select {
	case line := <-answer:
		return line, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-o.ctx.Done():
		return "", o.ctx.Err()
	}
}
