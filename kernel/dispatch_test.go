package kernel_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/kerneltest"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// words completes and inspects what stands before the cursor.
type words struct{}

func (words) Complete(_ context.Context, code string, cursor int) kernel.Completion {
	start := strings.LastIndexByte(code[:cursor], ' ') + 1
	return kernel.Completion{Start: start, End: cursor, Items: []kernel.CompletionItem{
		{Text: code[start:cursor] + "!", Type: "function", Signature: "func()"},
	}}
}

func (words) Inspect(_ context.Context, code string, cursor, detail int) kernel.Inspection {
	if code == "panic" {
		panic("the assistant is broken")
	}
	text := kernel.Bundle{Data: map[string]any{"text/plain": code[:cursor]}}
	return kernel.Inspection{Found: cursor > 0, Bundle: text}
}

func (words) IsComplete(code string) kernel.Completeness {
	if strings.HasSuffix(code, "{") {
		return kernel.Completeness{Status: "incomplete", Indent: "\t"}
	}
	return kernel.Completeness{Status: "complete"}
}

func assisted(t *testing.T) *kerneltest.Client {
	t.Helper()
	return kerneltest.Start(t, kernel.Options{
		Runtime: kerneltest.Runtime(kerneltest.Words), Assistant: words{},
		Info: kernel.Info{Implementation: "test", Version: "1", Banner: "hello", Language: wire.LanguageInfo{Name: "go", FileExtension: ".go"}},
	})
}

// get sends a request, takes busy and idle, and returns the reply.
func get[T wire.Content](c *kerneltest.Client, ch wire.Channel, request wire.Content) T {
	req := c.Send(ch, request)
	c.Busy(req)
	c.Idle(req)
	return kerneltest.Answer[T](c, ch, req)
}

func TestKernelInfoOnBothChannels(t *testing.T) {
	c := assisted(t)
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		r := get[*wire.KernelInfoReply](c, ch, &wire.KernelInfoRequest{})
		if r.Status != "ok" || r.ProtocolVersion != "5.5" || r.LanguageInfo.FileExtension != ".go" || r.HelpLinks == nil || r.Banner != "hello" {
			t.Errorf("%s: %+v", ch, r)
		}
	}
}

func TestCursorsAreCodePoints(t *testing.T) {
	c := assisted(t)
	at := func(n int) *int { return &n }
	for _, test := range []struct {
		code       string
		cursor     *int
		match      string
		start, end int
	}{
		{"ab", at(2), "ab!", 0, 2},
		{"😀 é", at(3), "é!", 2, 3},
		{"😀 é", nil, "é!", 2, 3},
		{"😀 é", at(1), "😀!", 0, 1},
		{"é", at(99), "é!", 0, 1},
		{"é", at(-5), "!", 0, 0},
		{"", at(0), "!", 0, 0},
	} {
		r := get[*wire.CompleteReply](c, wire.Shell, &wire.CompleteRequest{Code: test.code, CursorPos: test.cursor})
		want := &wire.CompleteReply{
			Reply: wire.OK(), Matches: []string{test.match}, CursorStart: test.start, CursorEnd: test.end,
			Metadata: wire.CompleteMetadata{Types: []wire.CompletionType{
				{Text: test.match, Type: "function", Signature: "func()", Start: test.start, End: test.end},
			}},
		}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Errorf("%q at %v (-want +got):\n%s", test.code, test.cursor, diff)
		}
		seen := get[*wire.InspectReply](c, wire.Shell, &wire.InspectRequest{Code: test.code, CursorPos: test.cursor})
		if seen.Data == nil || seen.Metadata == nil {
			t.Errorf("%q: inspection is %+v", test.code, seen)
		}
	}
}

func TestIsComplete(t *testing.T) {
	c := assisted(t)
	if r := get[*wire.IsCompleteReply](c, wire.Shell, &wire.IsCompleteRequest{Code: "for {"}); r.Status != "incomplete" || r.Indent != "\t" {
		t.Errorf("got %+v", r)
	}
}

func TestAnswersWhileACellRuns(t *testing.T) {
	c := assisted(t)
	cell := c.Execute("wait")
	c.Busy(cell)
	c.Input(cell, "wait")
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		for _, ask := range []wire.Content{&wire.KernelInfoRequest{}, &wire.CompleteRequest{Code: "x"}} {
			req := c.Send(ch, ask)
			c.Busy(req)
			c.Idle(req)
			c.Busy(cell) // front ends show the latest status: the cell still runs
			if m := c.Recv(ch); m.Parent.ID != req.Header.ID {
				t.Errorf("reply to %s, want to %s", m.Parent.ID, req.Header.ID)
			}
		}
	}
	stop := c.Send(wire.Control, &wire.InterruptRequest{})
	kerneltest.Answer[*wire.InterruptReply](c, wire.Control, stop)
	c.Reply(cell, "error")
	drain(c, stop)
}

func TestBadRequestsAreAnsweredWithAnError(t *testing.T) {
	c := assisted(t)
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		for _, bad := range []wire.Content{
			&wire.Malformed{Type: "execute_request", Err: errors.New("code is a number")},
			&wire.Malformed{Type: "complete_request", Err: errors.New("x")},
			&wire.Unknown{Type: "strange_request"},
			&wire.HistoryRequest{Access: "sideways"},
		} {
			r := get[*wire.ErrorReply](c, ch, bad)
			if want := strings.TrimSuffix(bad.MsgType(), "request") + "reply"; r.Type != want || r.Status != "error" || r.EName != "ProtocolError" {
				t.Errorf("%s on %s: %+v", bad.MsgType(), ch, r)
			}
		}
	}
	if r := get[*wire.ErrorReply](c, wire.Shell, &wire.InspectRequest{Code: "panic"}); r.EName != "InternalError" {
		t.Errorf("broken assistant: %+v", r)
	}
	if r := get[*wire.ErrorReply](c, wire.Control, &wire.ExecuteRequest{Code: "= 1"}); r.Type != "execute_reply" {
		t.Errorf("execute_request on control: %+v", r)
	}
	for _, ignored := range []wire.Content{&wire.Unknown{Type: "strange"}, &wire.CommMsg{ID: "x"}, &wire.Status{State: "busy"}} {
		req := c.Send(wire.Shell, ignored)
		c.Busy(req)
		c.Idle(req)
	}
	c.Run("= 1", "ok", func(req *wire.Message) { c.Result(req, "1") })
}

func TestCommsOfUnknownTargetsAreClosed(t *testing.T) {
	c := assisted(t)
	req := c.Send(wire.Shell, &wire.CommOpen{ID: "7", Target: "widget"})
	c.Busy(req)
	if got := kerneltest.Next[*wire.CommClose](c, req); got.ID != "7" {
		t.Errorf("closed comm %q", got.ID)
	}
	c.Idle(req)
	if r := get[*wire.CommInfoReply](c, wire.Shell, &wire.CommInfoRequest{}); r.Comms == nil || len(r.Comms) != 0 {
		t.Errorf("comms are %v", r.Comms)
	}
}

func TestDebugRequestsAreRefused(t *testing.T) {
	c := assisted(t)
	r := get[*wire.DebugReply](c, wire.Control, &wire.DebugRequest{Seq: 3, Command: "attach"})
	if r.Success || r.RequestSeq != 3 || r.Command != "attach" || r.Type != "response" || r.Message == "" {
		t.Errorf("got %+v", r)
	}
}

func TestConnectRequest(t *testing.T) {
	c := assisted(t)
	if r := get[*wire.ConnectReply](c, wire.Shell, &wire.ConnectRequest{}); r.Status != "ok" {
		t.Errorf("got %+v", r)
	}
}

func TestShutdownIsAnsweredAndEndsTheKernel(t *testing.T) {
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		c := assisted(t)
		cell := c.Execute("wait")
		c.Busy(cell)
		c.Input(cell, "wait")
		req := c.Send(ch, &wire.ShutdownRequest{Restart: true})
		c.Wait()
		for done := false; !done; {
			m := c.Recv(ch)
			if r, ok := m.Content.(*wire.ShutdownReply); ok {
				done = true
				if !r.Restart || m.Parent.ID != req.Header.ID {
					t.Errorf("%s: reply is %+v to %s", ch, r, m.Parent.ID)
				}
			}
		}
		told := false
		for idle := false; !idle; {
			m := c.Recv(wire.IOPub)
			if _, ok := m.Content.(*wire.ShutdownReply); ok {
				told = true
			}
			s, ok := m.Content.(*wire.Status)
			idle = ok && s.State == "idle" && m.Parent.ID == cell.Header.ID
		}
		if !told {
			t.Errorf("%s: shutdown was not published", ch)
		}
		c.Rest()
	}
}

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history.jsonl")
	run := func(codes ...string) *kerneltest.Client {
		c := kerneltest.Start(t, kernel.Options{Runtime: kerneltest.Runtime(kerneltest.Words), History: file})
		for _, code := range codes {
			c.Run(code, "ok", func(req *wire.Message) { c.Result(req, strings.TrimPrefix(code, "= ")) })
		}
		return c
	}
	first := run("= a", "= b")
	first.Stop()
	if err := appendFile(file, "not JSON\n"); err != nil {
		t.Fatal(err)
	}
	c := run("= a", "= c")
	n := func(i int) *int { return &i }
	item := func(session, line int, input string) wire.HistoryItem {
		return wire.HistoryItem{Session: session, Line: line, Input: input}
	}
	for name, test := range map[string]struct {
		req  wire.HistoryRequest
		want []wire.HistoryItem
	}{
		"tail":            {wire.HistoryRequest{Access: "tail", N: n(2)}, []wire.HistoryItem{item(2, 1, "= a"), item(2, 2, "= c")}},
		"tail of all":     {wire.HistoryRequest{Access: "tail", N: n(3)}, []wire.HistoryItem{item(1, 2, "= b"), item(2, 1, "= a"), item(2, 2, "= c")}},
		"this session":    {wire.HistoryRequest{Access: "range", Start: 1, Stop: n(2)}, []wire.HistoryItem{item(2, 1, "= a")}},
		"session before":  {wire.HistoryRequest{Access: "range", Session: -1, Start: 2}, []wire.HistoryItem{item(1, 2, "= b")}},
		"session 1":       {wire.HistoryRequest{Access: "range", Session: 1, Stop: n(2)}, []wire.HistoryItem{item(1, 1, "= a")}},
		"search":          {wire.HistoryRequest{Access: "search", Pattern: "*a"}, []wire.HistoryItem{item(1, 1, "= a"), item(2, 1, "= a")}},
		"search unique":   {wire.HistoryRequest{Access: "search", Pattern: "= ?", Unique: true}, []wire.HistoryItem{item(1, 2, "= b"), item(2, 1, "= a"), item(2, 2, "= c")}},
		"search latest":   {wire.HistoryRequest{Access: "search", Pattern: "*", N: n(1)}, []wire.HistoryItem{item(2, 2, "= c")}},
		"search none":     {wire.HistoryRequest{Access: "search", Pattern: "x*"}, []wire.HistoryItem{}},
		"with the output": {wire.HistoryRequest{Access: "tail", N: n(1), Output: true}, []wire.HistoryItem{{Session: 2, Line: 2, Input: "= c", Output: "c", WithOutput: true}}},
	} {
		r := get[*wire.HistoryReply](c, wire.Shell, &test.req)
		if diff := cmp.Diff(test.want, r.History); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func appendFile(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

func TestHistoryItemsTravelAsArrays(t *testing.T) {
	b, err := json.Marshal([]wire.HistoryItem{
		{Session: 1, Line: 2, Input: "a"}, {Session: 1, Line: 3, Input: "b", Output: "c", WithOutput: true}, {Session: 1, Line: 4, Input: "d", WithOutput: true},
	})
	if want := `[[1,2,"a"],[1,3,["b","c"]],[1,4,["d",null]]]`; err != nil || string(b) != want {
		t.Errorf("got %s, %v; want %s", b, err, want)
	}
}
