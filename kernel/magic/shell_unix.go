//go:build unix

package magic

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// maxScript is what fits into one argument of a process, with room to spare.
const maxScript = 120 << 10

func shellCommand(text string) *exec.Cmd { return exec.Command(shell("bash"), "-c", text) }

// shellScript returns the command that runs a script by the shell of a name, with its
// lines numbered as in the cell. The caller calls done when it has ended.
func shellScript(name, script string, line int, args []string) (cmd *exec.Cmd, done func(), err error) {
	script = strings.Repeat("\n", line-1) + script
	if len(script) > maxScript {
		return nil, nil, fmt.Errorf("the script has %d kB, and a shell takes %d: write it to a file by %%%%writefile, and run that", len(script)>>10, maxScript>>10)
	}
	path := shell(name)
	return exec.Command(path, append([]string{"-c", script, name}, args...)...), func() {}, nil
}

// shell returns the shell of a name, or sh where there is none.
func shell(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return "/bin/sh"
}

// own gives the command a process group of its own, which interruptAll and killAll reach.
func own(cmd *exec.Cmd) { cmd.SysProcAttr = processGroup() }

func interruptAll(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGINT) }

// killAll ends what is left of the group; there may be nothing.
func killAll(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
