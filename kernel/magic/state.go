package magic

import (
	"context"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// who lists the variables of the notebook.
func who(ctx context.Context, c *Call) (kernel.Result, error) {
	if c.Args != "" {
		return kernel.Result{}, c.Usage("%s takes no arguments", c.Magic.Title())
	}
	list, err := c.Notebook.Variables(ctx, c)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(list) == 0 {
		c.say("There are no variables.\n")
		return kernel.Result{}, nil
	}
	rows := [][]string{{"name", "type", "value", "size"}}
	for _, v := range list {
		bytes := ""
		if v.Size > 0 {
			bytes = size(uint64(v.Size))
		}
		rows = append(rows, []string{v.Name, v.Type, clip(v.Value, 80), bytes})
	}
	return kernel.Result{Value: &kernel.Bundle{Data: map[string]any{
		"text/plain": textTable(rows), "text/html": htmlTable(rows),
	}}}, nil
}

// reset drops everything that the cells have made.
func reset(ctx context.Context, c *Call) (kernel.Result, error) {
	if c.Args != "" {
		return kernel.Result{}, c.Usage("%s takes no arguments: it drops everything", c.Magic.Title())
	}
	dropped, err := c.Notebook.Reset(ctx)
	if err != nil {
		return kernel.Result{}, err
	}
	var kinds []string
	for kind := range dropped {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	var parts []string
	for _, kind := range kinds {
		names := dropped[kind]
		slices.Sort(names)
		parts = append(parts, kind+" "+strings.Join(names, ", "))
	}
	if parts == nil {
		c.say("Nothing was declared. The worker is a fresh one.\n")
	} else {
		c.say("Dropped: %s. The worker is a fresh one.\n", strings.Join(parts, "; "))
	}
	return kernel.Result{}, nil
}

// document shows the documentation of a name.
func document(_ context.Context, c *Call) (kernel.Result, error) {
	if c.Args == "" {
		return kernel.Result{}, c.Usage("%s needs a name", c.Magic.Title())
	}
	plain, markdown, ok := c.Notebook.Document(c.Args)
	if !ok {
		return kernel.Result{}, c.Usage("nothing is known of %s", c.Args)
	}
	return shown(plain, markdown), nil
}
