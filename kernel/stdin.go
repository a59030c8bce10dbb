package kernel

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// stdin matches input replies with the one input request that waits.
type stdin struct {
	turn chan struct{} // held by the goroutine that asks
	mu   *sync.Mutex
	wait *waiting
}

type waiting struct {
	request *wire.Message
	answer  chan string
}

func newStdin() stdin {
	return stdin{turn: make(chan struct{}, 1), mu: new(sync.Mutex)}
}

// begin waits until nobody else asks.
func (s *stdin) begin(ctx, cell context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-cell.Done():
		return cell.Err()
	}
}

// expect announces the request that is about to be sent.
func (s *stdin) expect(request *wire.Message) <-chan string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait = &waiting{request: request, answer: make(chan string, 1)}
	return s.wait.answer
}

func (s *stdin) end() {
	s.mu.Lock()
	s.wait = nil
	s.mu.Unlock()
	<-s.turn
}

// deliver hands a reply to whoever waits for it; false when nobody does. Some clients
// name the input request as parent, some the cell's request, some nothing.
func (s *stdin) deliver(reply *wire.Message, value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wait == nil || !slices.EqualFunc(reply.Identities, s.wait.request.Identities, bytes.Equal) {
		return false
	}
	req := s.wait.request
	if id := reply.Parent.ID; id != "" && id != req.Header.ID && id != req.Parent.ID {
		return false
	}
	s.wait.answer <- value
	s.wait = nil
	return true
}
