package kernel

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// page is the payload that makes a front end show text beside the notebook.
type page struct {
	Source string         `json:"source"` // "page"
	Data   map[string]any `json:"data"`
	Start  int            `json:"start"`
}

// helpRequest reads a cell that asks what a name is, as IPython has it: "?name" or
// "name?", with two question marks for all that is known.
func helpRequest(code string) (name string, detail int, ok bool) {
	code = strings.TrimSpace(code)
	name = strings.Trim(code, "?")
	if name == code || name == "" || strings.ContainsAny(name, "?\n\t /\"`'") {
		return "", 0, false
	}
	if strings.Contains(code, "??") {
		detail = 1
	}
	return name, detail, true
}

// help answers a cell that asks what a name is, by a payload instead of an output.
func (k *Kernel) help(ctx context.Context, name string, detail, count int) wire.Content {
	ctx, cancel := context.WithTimeout(ctx, assistLimit)
	defer cancel()
	found := k.assistant.Inspect(ctx, name, len(name), detail)
	data := found.Bundle.Data
	if !found.Found {
		data = map[string]any{"text/plain": "nothing is known of " + name}
	}
	reply := &wire.ExecuteReply{
		Reply: wire.OK(), ExecutionCount: count,
		Payload: []json.RawMessage{}, UserExpressions: map[string]wire.Expression{},
	}
	text, err := json.Marshal(page{Source: "page", Data: data})
	if err != nil {
		k.log.Error("help cannot be encoded", "name", name, "err", err)
		return reply
	}
	reply.Payload = append(reply.Payload, text)
	return reply
}
