package cell

import (
	"regexp"
	"sync"
)

// pattern compiles a regular expression when it is first used: the wording of errors has
// many, and neither a kernel nor a worker that starts needs one.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
