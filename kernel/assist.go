package kernel

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// assistLimit ends a completion or an inspection that no front end waits for any more.
const assistLimit = 5 * time.Second

func (k *Kernel) complete(ctx context.Context, r *wire.CompleteRequest) wire.Content {
	ctx, cancel := context.WithTimeout(ctx, assistLimit)
	defer cancel()
	c := k.assistant.Complete(ctx, r.Code, byteOffset(r.Code, r.CursorPos))
	start, end := runeOffset(r.Code, c.Start), runeOffset(r.Code, c.End)
	reply := &wire.CompleteReply{
		Reply: wire.OK(), Matches: make([]string, 0, len(c.Items)), CursorStart: start, CursorEnd: max(start, end),
	}
	for _, item := range c.Items {
		reply.Matches = append(reply.Matches, item.Text)
		reply.Metadata.Types = append(reply.Metadata.Types, wire.CompletionType{
			Text: item.Text, Type: item.Type, Signature: item.Signature, Start: reply.CursorStart, End: reply.CursorEnd,
		})
	}
	return reply
}

func (k *Kernel) inspect(ctx context.Context, r *wire.InspectRequest) wire.Content {
	ctx, cancel := context.WithTimeout(ctx, assistLimit)
	defer cancel()
	found := k.assistant.Inspect(ctx, r.Code, byteOffset(r.Code, r.CursorPos), r.DetailLevel)
	return &wire.InspectReply{
		Reply: wire.OK(), Found: found.Found,
		Data: orEmpty(found.Bundle.Data), Metadata: orEmpty(found.Bundle.Metadata),
	}
}

func (k *Kernel) isComplete(r *wire.IsCompleteRequest) wire.Content {
	c := k.assistant.IsComplete(r.Code)
	return &wire.IsCompleteReply{Status: c.Status, Indent: c.Indent}
}

// byteOffset turns a cursor in code points into an offset into code. Front ends that
// count otherwise are wrong by a few: what lies outside is moved to the nearer end.
func byteOffset(code string, cursor *int) int {
	if cursor == nil {
		return len(code)
	}
	n := *cursor
	for i := range code {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(code)
}

// runeOffset counts the code points before an offset into code.
func runeOffset(code string, offset int) int {
	return utf8.RuneCountInString(code[:min(max(offset, 0), len(code))])
}

// noAssistant knows nothing.
type noAssistant struct{}

func (noAssistant) Complete(_ context.Context, _ string, cursor int) Completion {
	return Completion{Start: cursor, End: cursor}
}

func (noAssistant) Inspect(context.Context, string, int, int) Inspection { return Inspection{} }

func (noAssistant) IsComplete(string) Completeness { return Completeness{Status: "complete"} }
