package accuracy

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/mole-kernel/mole-kernel/molelib/backend"
)

// Measured says with what a row was measured.
type Measured struct {
	Date    string `json:"date"`
	Version string `json:"version"` // of mole-kernel
	Go      string `json:"go"`
	Backend string `json:"backend"`
	Machine string `json:"machine"`
	Command string `json:"command"` // that repeats it
}

// Here describes this machine and process.
func Here(version, command string) Measured {
	info := backend.Default().Info()
	return Measured{
		Date: time.Now().Format(time.DateOnly), Version: version, Go: strings.TrimPrefix(runtime.Version(), "go"),
		Backend: cmp.Or(info.Version, info.Name),
		Machine: fmt.Sprintf("%d × %s, %s/%s", runtime.NumCPU(), processor(), runtime.GOOS, runtime.GOARCH),
		Command: command,
	}
}

// String is the description in the page.
func (m Measured) String() string {
	return fmt.Sprintf("`%s`, %s, mole-kernel %s, Go %s, %s, %s", m.Command, m.Date, m.Version, m.Go, m.Backend, m.Machine)
}

// processor names the model, as far as the system tells.
func processor() string {
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				return strings.Join(strings.Fields(value), " ")
			}
		}
	}
	if name := os.Getenv("PROCESSOR_IDENTIFIER"); name != "" { // Windows
		return name
	}
	return "processor"
}
