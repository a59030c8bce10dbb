package kernel

import (
	"context"
	"errors"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// Conn carries messages between a kernel and its clients. Send may be called from any
// goroutine, Recv from one goroutine a channel.
type Conn interface {
	// Recv waits for the next request on Shell, Control or Stdin. It returns ErrClosed
	// after Close and ctx.Err() when ctx ends. Frames that are no signed message never
	// get here.
	Recv(ctx context.Context, ch wire.Channel) (*wire.Message, error)
	// Send hands over a message: on IOPub to all subscribers, else to the peer that
	// m.Identities names. A peer that is gone or does not read is no error, and is
	// waited for only so long that others do not notice.
	Send(ch wire.Channel, m *wire.Message) error
	// Close delivers what was sent, for a second at most, and ends the connection.
	Close() error
}

// ErrClosed is returned by a connection that was closed.
var ErrClosed = errors.New("connection closed")
