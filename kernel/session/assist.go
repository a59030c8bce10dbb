package session

import (
	"context"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// Complete lists what can stand at the cursor. It does not wait for a running cell.
func (s *Session) Complete(_ context.Context, code string, cursor int) kernel.Completion {
	found := s.notebook.Complete(code, cursor)
	c := kernel.Completion{Start: found.Start, End: found.End, Items: make([]kernel.CompletionItem, len(found.Items))}
	for i, item := range found.Items {
		c.Items[i] = kernel.CompletionItem{Text: item.Text, Type: item.Kind, Signature: item.Signature}
	}
	return c
}

// Inspect tells what is known of the name at the cursor. It does not wait for a running
// cell. Detail 0 is the declaration with its documentation, more adds its source.
func (s *Session) Inspect(_ context.Context, code string, cursor, detail int) kernel.Inspection {
	found := s.notebook.Inspect(code, cursor, detail)
	if !found.Found {
		return kernel.Inspection{}
	}
	return kernel.Inspection{Found: true, Bundle: kernel.Bundle{
		Data: map[string]any{"text/plain": found.Plain, "text/markdown": found.Markdown},
	}}
}

// IsComplete tells whether code could be run as it stands.
func (s *Session) IsComplete(code string) kernel.Completeness {
	c := cell.IsComplete(code)
	return kernel.Completeness{Status: c.Status, Indent: c.Indent}
}
