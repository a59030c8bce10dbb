package magic

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// help lists the magics, or explains one of them.
func help(_ context.Context, c *Call) (kernel.Result, error) {
	if c.Args == "" {
		return shown(c.Table.plain(), c.Table.markdown()), nil
	}
	plain, markdown, ok := c.Table.Describe(c.Args)
	if !ok {
		return kernel.Result{}, c.Table.unknown(kindOf(c.Args))
	}
	return shown(plain, markdown), nil
}

func shown(plain, markdown string) kernel.Result {
	return kernel.Result{Value: &kernel.Bundle{Data: map[string]any{"text/plain": plain, "text/markdown": markdown}}}
}

// kindOf reads a magic's name as typed; a bare name is that of a line magic.
func kindOf(text string) (Kind, string) {
	if name, ok := strings.CutPrefix(text, "%%"); ok {
		return Cell, name
	}
	if name, ok := strings.CutPrefix(text, "!"); ok {
		return Shell, name
	}
	return Line, strings.TrimPrefix(text, "%")
}

// Describe tells what a magic does, by its name with or without the signs before it.
func (t Table) Describe(name string) (plain, markdown string, ok bool) {
	kind, bare := kindOf(name)
	m := t.Find(kind, bare)
	if m == nil && !strings.ContainsAny(name, "%!") {
		m = t.Find(Cell, bare)
	}
	if m == nil {
		return "", "", false
	}
	signature := m.signature()
	plain = signature + "\n\n" + m.Help
	markdown = "`" + signature + "`\n\n" + m.Help
	if m.Example != "" {
		plain += "\n\nexample: " + m.Example
		markdown += "\n\nexample: `" + m.Example + "`"
	}
	if m.More != "" {
		plain += "\n\n" + m.More
		markdown += "\n\n" + m.More
	}
	return plain, markdown, true
}

func (t Table) plain() string {
	width := 0
	for _, m := range t {
		width = max(width, utf8.RuneCountInString(m.signature()))
	}
	var b strings.Builder
	for i, m := range t.sorted() {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%-*s  %s", width, m.signature(), m.Help)
	}
	return b.String()
}

func (t Table) markdown() string {
	var b strings.Builder
	b.WriteString("| magic | what it does |\n|:--|:--|\n")
	for _, m := range t.sorted() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(m.signature(), "|", `\|`), m.Help)
	}
	return b.String()
}

// signature is a magic with its arguments, "%cd [directory]".
func (m *Magic) signature() string {
	if m.Kind == Shell {
		return m.Title() + m.Args
	}
	return strings.TrimSpace(m.Title() + " " + m.Args)
}

// sorted has the lines before the cells.
func (t Table) sorted() Table {
	order := map[Kind]int{Line: 0, Shell: 1, Cell: 2}
	return slices.SortedStableFunc(slices.Values(t), func(a, b *Magic) int { return cmp.Compare(order[a.Kind], order[b.Kind]) })
}
