package kernel

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// Options say what a kernel is made of.
type Options struct {
	Runtime   Runtime      // runs the cells; Run closes it
	Assistant Assistant    // nil: nothing is completed or inspected, all code is complete
	Conn      Conn         // to the clients; Run closes it
	Info      Info         // what kernel_info_reply tells
	History   string       // file that keeps inputs beyond the kernel's life; "" keeps them in memory only
	Logger    *slog.Logger // nil discards
}

// Info describes the kernel to front ends.
type Info struct {
	Implementation string
	Version        string
	Banner         string
	Language       wire.LanguageInfo
	HelpLinks      []wire.HelpLink
}

// Kernel answers the requests of one connection.
type Kernel struct {
	runtime   Runtime
	assistant Assistant
	conn      Conn
	info      Info
	log       *slog.Logger
	session   *wire.Session
	publisher *publisher
	history   *history
	stdin     stdin

	cells   chan *queued // execute requests in order
	prompts chan *queued // what is answered while a cell runs

	// Owned by the goroutine that runs cells:
	count    int       // of cells that were stored
	failedAt time.Time // when the latest error that aborts the queue happened

	mu          sync.Mutex
	current     context.CancelFunc // interrupts the running cell; nil when none runs
	interrupted time.Time          // when the running cell was interrupted first
}

// queued is a request that waits for its turn.
type queued struct {
	req      *wire.Message
	received time.Time
	done     chan struct{} // closed when a cell was answered
	after    *queued       // the cell that was asked for before; nil for none
}

// New returns a kernel that Run starts.
func New(o Options) *Kernel {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Assistant == nil {
		o.Assistant = noAssistant{}
	}
	session := wire.NewSession("kernel")
	return &Kernel{
		runtime: o.Runtime, assistant: o.Assistant, conn: o.Conn, info: o.Info, log: o.Logger,
		session:   session,
		publisher: newPublisher(o.Conn, session, o.Logger),
		history:   openHistory(o.History, o.Logger),
		stdin:     newStdin(),
		cells:     make(chan *queued, 4096),
		prompts:   make(chan *queued, 256),
	}
}

// Run answers requests until a client asks for shutdown, the connection ends or ctx is
// cancelled. Then it stops the running cell, closes the Runtime, delivers what was sent
// and closes the Conn. It is called once.
func (k *Kernel) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go k.rehearse()
	go k.publisher.run()
	k.publisher.status(nil, "starting", false)
	var lanes sync.WaitGroup
	for _, lane := range []func(context.Context) error{
		k.readShell, k.runCells, k.answerPrompts, k.answerControl, k.readStdin,
	} {
		lanes.Go(func() {
			if err := lane(ctx); err != nil && ctx.Err() == nil {
				k.log.Debug("connection ended", "err", err)
			}
			stop()
		})
	}
	<-ctx.Done()
	return k.close(&lanes)
}

func (k *Kernel) close(lanes *sync.WaitGroup) error {
	err := k.runtime.Close()
	ended := make(chan struct{})
	go func() {
		lanes.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(time.Second): // a runtime that does not let go of its cell
		k.log.Warn("the running cell did not end")
	}
	k.publisher.close()
	return errors.Join(err, k.history.Close(), k.conn.Close())
}

// impatience is how soon after an interrupt of a cell the next one counts as the second:
// a double click is one.
const impatience = 100 * time.Millisecond

// Interrupt stops the running cell, as an interrupt_request does. When the cell has been
// interrupted before, or when none runs, what an interrupt did not stop is ended by force,
// if the Runtime is a [Stopper]. It may be called from any goroutine.
func (k *Kernel) Interrupt() {
	k.mu.Lock()
	defer k.mu.Unlock()
	first := k.current != nil && k.interrupted.IsZero()
	if first {
		k.current()
		k.interrupted = time.Now()
		return
	}
	if s, ok := k.runtime.(Stopper); ok && time.Since(k.interrupted) > impatience {
		go s.Stop()
	}
}

// cancel stops the running cell and nothing else.
func (k *Kernel) cancel() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current != nil {
		k.current()
	}
}

func (k *Kernel) setCurrent(cancel context.CancelFunc) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.current, k.interrupted = cancel, time.Time{}
}
