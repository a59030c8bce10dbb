package magic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// Patience with the processes of a command.
const (
	// politely is how long an interrupted command may take to end before it is killed.
	politely = time.Second
	// lastOutput is how long the output of an ended command is awaited when a process in
	// the background keeps it open. What comes later belongs to the cell too.
	lastOutput = 200 * time.Millisecond
)

// errNowhere says that commands have no place to run in.
var errNowhere = errors.New("the directory of the cells has been removed: go to another by %cd")

// shellLine runs a command by the system's shell.
func shellLine(ctx context.Context, c *Call) (kernel.Result, error) {
	if c.Args == "" {
		return kernel.Result{}, c.Usage("there is no command behind !")
	}
	return kernel.Result{}, c.command(ctx, c.Args, shellCommand(c.Args))
}

// shellCell runs its body by a shell; the arguments become the script's.
func shellCell(ctx context.Context, c *Call) (kernel.Result, error) {
	if strings.TrimSpace(c.Body) == "" {
		return kernel.Result{}, c.Usage("%s needs a script below it", c.Magic.Title())
	}
	cmd, done, err := shellScript(c.Magic.Name, c.Body, c.BodyLine, strings.Fields(c.Args))
	if err != nil {
		return kernel.Result{}, err
	}
	defer done()
	return kernel.Result{}, c.command(ctx, c.Magic.Title(), cmd)
}

// command runs cmd where the cells are. Its output is the cell's while it runs; its
// standard input is empty. An interrupt ends it with everything that it has started.
func (c *Call) command(ctx context.Context, text string, cmd *exec.Cmd) error {
	around, err := c.Notebook.Change(ctx, c, Change{})
	if err != nil {
		return err
	}
	if around.Dir == "" {
		return errNowhere
	}
	cmd.Dir, cmd.Env = around.Dir, append(around.Env, "PWD="+around.Dir)
	own(cmd)
	pipes, err := newPipes(cmd)
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		pipes.close()
		return fmt.Errorf("start the shell: %w", err)
	}
	read := pipes.copy(c.Out)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		end(cmd.Process, ended)
	}
	select {
	case <-read:
	case <-time.After(lastOutput):
	}
	return c.outcome(ctx, text, err)
}

// end ends an interrupted command: what it does not do by itself is done for it.
func end(p *os.Process, ended <-chan error) {
	interruptAll(p)
	select {
	case <-ended:
		killAll(p)
	case <-time.After(politely):
		killAll(p)
		<-ended
	}
}

func (c *Call) outcome(ctx context.Context, text string, err error) error {
	if ctx.Err() != nil || err == nil {
		return ctx.Err()
	}
	line, _, more := strings.Cut(text, "\n")
	if more {
		line += " …"
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &Failed{Name: "ShellError", Msg: fmt.Sprintf("%s: %v", line, exit.ProcessState)}
	}
	return fmt.Errorf("%s: %w", line, err)
}

// pipes are the outputs of a command, standard output and standard error.
type pipes struct{ ours, theirs [2]*os.File }

func newPipes(cmd *exec.Cmd) (*pipes, error) {
	p := new(pipes)
	for i := range p.ours {
		r, w, err := os.Pipe()
		if err != nil {
			p.close()
			return nil, fmt.Errorf("make a pipe for the command: %w", err)
		}
		p.ours[i], p.theirs[i] = r, w
	}
	cmd.Stdout, cmd.Stderr = p.theirs[0], p.theirs[1]
	return p, nil
}

func (p *pipes) close() {
	for i := range p.ours {
		p.ours[i].Close() // nil when it was not made
		p.theirs[i].Close()
	}
}

// copy passes on what comes; the channel is closed when both outputs have ended.
func (p *pipes) copy(out kernel.Output) <-chan struct{} {
	done := make(chan struct{})
	var both sync.WaitGroup
	for i, name := range [2]string{"stdout", "stderr"} {
		p.theirs[i].Close()
		both.Go(func() {
			defer p.ours[i].Close()
			buf := make([]byte, 32<<10)
			for {
				n, err := p.ours[i].Read(buf)
				if n > 0 {
					out.Stream(name, bytes.Clone(buf[:n]))
				}
				if err != nil {
					return
				}
			}
		})
	}
	go func() {
		both.Wait()
		close(done)
	}()
	return done
}
