package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// handler does what a request asks for and returns the reply, nil for none. All of its
// output is queued when it returns.
type handler func(ctx context.Context, req *wire.Message) wire.Content

// answer does everything for one request, always in this order: busy, the handler, the
// reply, idle. The reply to a cell waits until all of its output has left.
func (k *Kernel) answer(ctx context.Context, ch wire.Channel, req *wire.Message, handle handler) {
	started := time.Now()
	_, cell := req.Content.(*wire.ExecuteRequest)
	k.publisher.status(req, "busy", cell)
	reply := k.guarded(ctx, req, handle)
	if reply != nil {
		if cell {
			k.publisher.flush()
		}
		k.reply(ch, req, reply, started)
	}
	k.publisher.status(req, "idle", cell)
}

// reply sends a reply, or an error in place of one that cannot be encoded: the client
// waits for something.
func (k *Kernel) reply(ch wire.Channel, req *wire.Message, c wire.Content, started time.Time) {
	m := k.session.Reply(req, c)
	m.Metadata = replyMetadata(started)
	err := k.conn.Send(ch, m)
	if err == nil || errors.Is(err, ErrClosed) {
		return
	}
	k.log.Warn("reply was not sent", "type", m.Header.Type, "err", err)
	if c := refusal(req, "InternalError", "the answer cannot be sent: "+err.Error()); c != nil {
		if err := k.conn.Send(ch, k.session.Reply(req, c)); err != nil {
			k.log.Warn("error reply was not sent", "type", m.Header.Type, "err", err)
		}
	}
}

// replyMetadata tells when the work began; front ends show it as the cell's timing.
func replyMetadata(started time.Time) json.RawMessage {
	return json.RawMessage(`{"started":"` + started.UTC().Format("2006-01-02T15:04:05.000000Z07:00") + `"}`)
}

// guarded keeps a panic of one request from ending the kernel.
func (k *Kernel) guarded(ctx context.Context, req *wire.Message, handle handler) (reply wire.Content) {
	defer func() {
		if v := recover(); v != nil {
			k.log.Error("panic in the kernel", "request", req.Header.Type, "panic", v, "stack", string(debug.Stack()))
			reply = refusal(req, "InternalError", fmt.Sprintf("the kernel failed to answer: %v; please report it", v))
		}
	}()
	return handle(ctx, req)
}

// dispatch answers every request but those that run cells.
func (k *Kernel) dispatch(ctx context.Context, req *wire.Message) wire.Content {
	switch c := req.Content.(type) {
	case *wire.KernelInfoRequest:
		return k.kernelInfo()
	case *wire.CompleteRequest:
		return k.complete(ctx, c)
	case *wire.InspectRequest:
		return k.inspect(ctx, c)
	case *wire.IsCompleteRequest:
		return k.isComplete(c)
	case *wire.HistoryRequest:
		return k.history.answer(c)
	case *wire.CommInfoRequest:
		return &wire.CommInfoReply{Reply: wire.OK(), Comms: map[string]wire.CommTarget{}}
	case *wire.ConnectRequest:
		return k.connect()
	case *wire.InterruptRequest:
		k.Interrupt()
		return &wire.InterruptReply{Reply: wire.OK()}
	case *wire.ShutdownRequest:
		k.cancel()
		reply := &wire.ShutdownReply{Reply: wire.OK(), Restart: c.Restart}
		k.publisher.show(req, reply, 0) // so that every client knows
		return reply
	case *wire.DebugRequest:
		return &wire.DebugReply{Type: "response", RequestSeq: c.Seq, Command: c.Command, Message: "this kernel has no debugger"}
	case *wire.CommOpen:
		k.publisher.show(req, &wire.CommClose{ID: c.ID, Data: json.RawMessage(`{}`)}, 0)
		return nil
	case *wire.CommMsg, *wire.CommClose:
		return nil // of a comm that was never open
	case *wire.Malformed:
		k.log.Warn("malformed content", "type", c.Type, "err", c.Err)
		return refusal(req, "ProtocolError", fmt.Sprintf("malformed %s: %v", c.Type, c.Err))
	}
	k.log.Warn("unknown request", "type", req.Header.Type)
	return refusal(req, "ProtocolError", req.Header.Type+" is not known on this channel")
}

// refusal is the error reply to a request; nil when req is no request.
func refusal(req *wire.Message, name, value string) wire.Content {
	stem, ok := strings.CutSuffix(req.Header.Type, "_request")
	if !ok {
		return nil
	}
	reply := wire.Failed(wire.Failure{EName: name, EValue: value})
	return &wire.ErrorReply{Type: stem + "_reply", Reply: reply}
}

func (k *Kernel) kernelInfo() *wire.KernelInfoReply {
	links := k.info.HelpLinks
	if links == nil {
		links = []wire.HelpLink{}
	}
	return &wire.KernelInfoReply{
		Reply:                 wire.OK(),
		ProtocolVersion:       wire.ProtocolVersion,
		Implementation:        k.info.Implementation,
		ImplementationVersion: k.info.Version,
		LanguageInfo:          k.info.Language,
		Banner:                k.info.Banner,
		HelpLinks:             links,
		SupportedFeatures:     []string{},
	}
}

// connect tells the ports, when the connection has any.
func (k *Kernel) connect() *wire.ConnectReply {
	reply := &wire.ConnectReply{}
	if c, ok := k.conn.(interface{ Ports() wire.ConnectReply }); ok {
		*reply = c.Ports()
	}
	reply.Reply = wire.OK()
	return reply
}
