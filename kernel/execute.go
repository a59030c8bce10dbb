package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// straggling is how long after an error a request may still arrive that its client sent
// before it could know of the error.
const straggling = 50 * time.Millisecond

// execute runs a cell: input, output, result or error, history.
func (k *Kernel) execute(ctx context.Context, req *wire.Message) wire.Content {
	r := req.Content.(*wire.ExecuteRequest) // runCells gets nothing else
	if r.Stores() {
		k.count++
	}
	count := max(k.count, 1)
	if !r.Silent {
		k.publisher.show(req, &wire.ExecuteInput{Code: r.Code, ExecutionCount: count}, len(r.Code))
	}
	if name, detail, ok := helpRequest(r.Code); ok {
		return k.help(ctx, name, detail, count)
	}
	res := k.runCell(ctx, req, r, count)
	if r.Stores() {
		k.history.add(count, r.Code, plain(res.Value))
	}
	if res.Err != nil {
		return k.fail(req, r, count, res.Err)
	}
	if res.Value != nil && !r.Silent {
		k.publisher.show(req, &wire.ExecuteResult{
			ExecutionCount: count, Data: orEmpty(res.Value.Data), Metadata: orEmpty(res.Value.Metadata),
		}, bundleSize(res.Value.Data))
	}
	return &wire.ExecuteReply{
		Reply: wire.OK(), ExecutionCount: count,
		Payload: payload(res.NextInput), UserExpressions: expressions(res.Expressions),
	}
}

// nextInput is the payload that makes a front end put text into a cell.
type nextInput struct {
	Source  string `json:"source"` // "set_next_input"
	Text    string `json:"text"`
	Replace bool   `json:"replace"`
}

func payload(next *NextInput) []json.RawMessage {
	if next == nil {
		return []json.RawMessage{}
	}
	text, _ := json.Marshal(nextInput{Source: "set_next_input", Text: next.Text, Replace: next.Replace}) // never fails
	return []json.RawMessage{text}
}

func (k *Kernel) runCell(ctx context.Context, req *wire.Message, r *wire.ExecuteRequest, count int) (res Result) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k.setCurrent(cancel)
	defer k.setCurrent(nil)
	defer func() {
		if v := recover(); v != nil {
			k.log.Error("panic around a cell", "panic", v, "stack", string(debug.Stack()))
			text := fmt.Sprintf("the kernel failed to run the cell: %v; please report it", v)
			res = Result{Err: &Error{Name: "InternalError", Value: text, Traceback: []string{text}}}
		}
	}()
	out := &output{kernel: k, req: req, ctx: ctx, silent: r.Silent, input: r.AllowsStdin()}
	return k.runtime.Execute(ctx, Cell{
		ID: req.CellID(), Count: count, Code: r.Code, Silent: r.Silent,
		Expressions: r.UserExpressions, AllowInput: r.AllowsStdin(),
	}, out)
}

// fail publishes the error and aborts what waits behind the cell.
func (k *Kernel) fail(req *wire.Message, r *wire.ExecuteRequest, count int, e *Error) wire.Content {
	reply := wire.Failed(wire.Failure{EName: e.Name, EValue: e.Value, Traceback: e.Traceback})
	if !r.Silent {
		k.publisher.show(req, &wire.Error{Failure: *reply.Failure}, len(e.Value))
	}
	if r.StopsOnError() {
		k.failedAt = time.Now()
	}
	return &wire.ExecuteReply{
		Reply: reply, ExecutionCount: count,
		Payload: []json.RawMessage{}, UserExpressions: map[string]wire.Expression{},
	}
}

// aborts says whether q was sent before its client could see the latest error: it was
// here already, or it comes right after and carries an earlier date.
func (k *Kernel) aborts(q *queued) bool {
	if q.received.Before(k.failedAt) {
		return true
	}
	if q.received.Sub(k.failedAt) > straggling {
		return false
	}
	sent, ok := q.req.Header.Time()
	return ok && sent.Before(k.failedAt)
}

// abort answers a cell that is not run because one before it failed.
func (k *Kernel) abort(context.Context, *wire.Message) wire.Content {
	return &wire.ExecuteReply{
		Reply: wire.Reply{Status: "aborted"}, ExecutionCount: max(k.count, 1),
		Payload: []json.RawMessage{}, UserExpressions: map[string]wire.Expression{},
	}
}

func expressions(results map[string]Result) map[string]wire.Expression {
	all := make(map[string]wire.Expression, len(results))
	for name, res := range results {
		x := wire.Expression{Reply: wire.OK()}
		switch {
		case res.Err != nil:
			x.Reply = wire.Failed(wire.Failure{EName: res.Err.Name, EValue: res.Err.Value, Traceback: res.Err.Traceback})
		case res.Value != nil:
			x.Data, x.Metadata = orEmpty(res.Value.Data), orEmpty(res.Value.Metadata)
		}
		all[name] = x
	}
	return all
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// plain is the text representation of a bundle.
func plain(b *Bundle) string {
	if b == nil {
		return ""
	}
	text, _ := b.Data["text/plain"].(string)
	return text
}

// bundleSize is about the number of bytes that a bundle takes.
func bundleSize(data map[string]any) int {
	n := 0
	for _, v := range data {
		switch v := v.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		case json.RawMessage:
			n += len(v)
		}
	}
	return n
}
