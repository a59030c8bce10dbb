package session

import (
	"context"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
)

// Complete lists what can stand at the cursor. It does not wait for a running cell.
func (s *Session) Complete(ctx context.Context, code string, cursor int) kernel.Completion {
	if c, ok := s.completeMagic(ctx, code, cursor); ok {
		return c
	}
	found := s.notebook.Complete(s.goOf(code), cursor)
	c := kernel.Completion{Start: found.Start, End: found.End, Items: make([]kernel.CompletionItem, len(found.Items))}
	for i, item := range found.Items {
		c.Items[i] = kernel.CompletionItem{Text: item.Text, Type: item.Kind, Signature: item.Signature}
	}
	return c
}

// Inspect tells what is known of the name at the cursor. It does not wait for a running
// cell. Detail 0 is the declaration with its documentation, more adds its source.
func (s *Session) Inspect(_ context.Context, code string, cursor, detail int) kernel.Inspection {
	if found, ok := s.inspectMagic(code, cursor); ok {
		return found
	}
	found := s.notebook.Inspect(s.goOf(code), cursor, detail)
	if !found.Found {
		return kernel.Inspection{}
	}
	return kernel.Inspection{Found: true, Bundle: kernel.Bundle{
		Data: map[string]any{"text/plain": found.Plain, "text/markdown": found.Markdown},
	}}
}

// IsComplete tells whether code could be run as it stands.
func (s *Session) IsComplete(code string) kernel.Completeness {
	if steps := s.split(code); steps != nil && !magic.IsComplete(code, steps) {
		return kernel.Completeness{Status: "incomplete"}
	}
	c := cell.IsComplete(s.goOf(code))
	return kernel.Completeness{Status: c.Status, Indent: c.Indent}
}
