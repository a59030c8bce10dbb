package engine

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// lookTime bounds a look at all variables. What is not seen by then has no text.
const lookTime = 200 * time.Millisecond

// leaveTime is how long goroutines of a cell that has ended may take to leave.
const leaveTime = 20 * time.Millisecond

// Look returns what variables hold, without running any code of the notebook. It returns
// false when a cell runs; no cell begins before it is over. Maps are counted and not read
// while goroutines live that may write to them: more than the idle process has, own and the
// caller's included.
func (e *Engine) Look(symbols []string, own int) ([]program.Seen, bool) {
	if !e.quiet.TryLock() {
		return nil, false
	}
	e.quiet.Unlock() // a cell may begin while goroutines leave
	e.calm(own)
	if !e.quiet.TryLock() {
		return nil, false
	}
	defer e.quiet.Unlock()
	e.host.mu.Lock()
	defer e.host.mu.Unlock()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a value torn by its writer
	globals := e.host.interp.Globals()
	until := time.Now().Add(lookTime)
	alone := e.alone(own)
	p := looker{alone: alone, until: until, fieldName: e.types.fieldName}
	seen := make([]program.Seen, len(symbols))
	for i, symbol := range symbols {
		if v := globals[symbol]; v.IsValid() {
			seen[i] = program.Seen{Known: true, Text: p.text(v), Size: sizeOf(v, alone, until)}
		}
	}
	return seen, true
}

// alone says whether no goroutine lives besides the process's own ones.
func (e *Engine) alone(own int) bool {
	return !e.runs.busy() && runtime.NumGoroutine() <= own
}

// calm gives the goroutines of a cell that has just ended the time to leave.
func (e *Engine) calm(own int) {
	leave := time.NewTimer(leaveTime)
	defer leave.Stop()
	again := time.NewTicker(leaveTime / 200)
	defer again.Stop()
	for !e.alone(own) {
		select {
		case <-again.C:
		case <-leave.C:
			return
		}
	}
}

// fieldName returns the name that the user gave to field i of a struct type, of a twin too.
func (ts *types) fieldName(t reflect.Type, i int) string {
	var id int
	if _, err := fmt.Sscanf(t.String(), "k.T%d", &id); err == nil {
		if fields := ts.underlying(id).Fields; i < len(fields) {
			return fields[i].Name
		}
	}
	return t.Field(i).Name
}
