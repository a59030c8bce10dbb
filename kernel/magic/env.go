package magic

import (
	"context"
	"regexp"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// secret recognizes the variables whose values a list does not show: notebooks are passed on.
var secret = regexp.MustCompile(`(?i)key|token|secret|password|passwd|credential`)

// env lists the environment of the cells, shows one variable or sets it.
func env(ctx context.Context, c *Call) (kernel.Result, error) {
	name, value, set := splitSetting(c.Args)
	if set && (name == "" || strings.ContainsAny(name, " \t\"'")) {
		return kernel.Result{}, c.Usage("%q is no name of a variable", name)
	}
	if set {
		_, err := c.Notebook.Change(ctx, c, Change{Set: map[string]string{name: value}})
		return kernel.Result{}, err
	}
	around, err := c.Notebook.Change(ctx, c, Change{})
	if err != nil {
		return kernel.Result{}, err
	}
	if name == "" {
		for _, line := range around.Env {
			name, value, _ := strings.Cut(line, "=")
			if secret.MatchString(name) {
				value = "(hidden: %env " + name + " shows it)"
			}
			c.say("%s=%s\n", name, value)
		}
		return kernel.Result{}, nil
	}
	for _, line := range around.Env {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			c.say("%s\n", value)
			return kernel.Result{}, nil
		}
	}
	return kernel.Result{}, c.Usage("there is no variable %s in the environment", name)
}

// unsetEnv takes variables out of the environment of the cells.
func unsetEnv(ctx context.Context, c *Call) (kernel.Result, error) {
	names := strings.Fields(c.Args)
	if len(names) == 0 {
		return kernel.Result{}, c.Usage("%s needs the name of a variable", c.Magic.Title())
	}
	_, err := c.Notebook.Change(ctx, c, Change{Unset: names})
	return kernel.Result{}, err
}

// splitSetting reads "NAME=value" and "NAME value".
func splitSetting(args string) (name, value string, set bool) {
	if i := strings.IndexAny(args, "= \t"); i >= 0 {
		return args[:i], unquote(strings.TrimSpace(args[i+1:])), true
	}
	return args, "", false
}
