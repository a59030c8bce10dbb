package kernel

import (
	"context"
	"os"
	"os/signal"
	"strconv"
	"time"
)

// parentPoll is how often the parent is looked for.
const parentPoll = 500 * time.Millisecond

// Attach ties the kernel to its process: SIGINT interrupts the running cell and never
// ends the process, a request to terminate ends the returned context, and so does the
// death of the process that JPY_PARENT_PID names. Call stop when Run has returned.
func (k *Kernel) Attach(ctx context.Context) (attached context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, append([]os.Signal{os.Interrupt}, terminating...)...)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case s := <-signals:
				if s != os.Interrupt {
					cancel()
					return
				}
				k.Interrupt()
			case <-ctx.Done():
				return
			}
		}
	}()
	if id, ok := livingProcess(os.Getenv("JPY_PARENT_PID")); ok {
		go func() {
			if ends(ctx, id) {
				k.log.Warn("the parent process is gone")
				cancel()
			}
		}()
	}
	return ctx, cancel
}

// livingProcess returns the process that is named by pid. One that is not alive at the
// start (another container's, say) is not watched.
func livingProcess(pid string) (id int, ok bool) {
	id, err := strconv.Atoi(pid)
	return id, err == nil && id > 0 && alive(id)
}

// ends waits until a process is gone; false when ctx ends first.
func ends(ctx context.Context, id int) bool {
	direct := os.Getppid() == id
	tick := time.NewTicker(parentPoll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			// A dead child that nobody has waited for still counts as alive; its children
			// have another parent by then.
			if direct && os.Getppid() != id || !alive(id) {
				return true
			}
		case <-ctx.Done():
			return false
		}
	}
}
