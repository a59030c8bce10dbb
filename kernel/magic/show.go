package magic

import (
	"context"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// show makes a magic that shows its body.
func show(mime string) func(context.Context, *Call) (kernel.Result, error) {
	return func(_ context.Context, c *Call) (kernel.Result, error) {
		if c.Args != "" {
			return kernel.Result{}, c.Usage("%s takes no arguments: what to show stands below it", c.Magic.Title())
		}
		c.Out.Display(kernel.Display{Bundle: kernel.Bundle{Data: map[string]any{mime: c.Body, "text/plain": c.Body}}})
		return kernel.Result{}, nil
	}
}
