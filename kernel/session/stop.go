package session

import (
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// Stop replaces the worker when an interrupted cell still runs, which then says what is
// lost, or when one was left behind: then it is told in the output of that cell.
func (s *Session) Stop() {
	died := s.worker.Stop()
	if died == nil {
		return
	}
	note := fmt.Sprintf("The worker was replaced: %s.\n%s\n", died.Reason, lossNote(s.lose()))
	s.mu.Lock()
	out := s.left
	s.left = nil
	s.mu.Unlock()
	if out != nil {
		out.Stream("stderr", []byte(note))
	}
}

// leave notes whose call is left behind, and names it.
func (s *Session) leave(f *worker.Failure, out kernel.Output) {
	if len(f.Frames) > 0 {
		if line := strings.TrimSpace(s.line(f.Frames[0].Cell, f.Frames[0].Line)); line != "" {
			f.Value += ": " + line
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = out
}
