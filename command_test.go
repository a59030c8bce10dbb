package molekernel_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

func TestCtrlCLeavesAWholeNotebook(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send Ctrl-C to one process")
	}
	out := filepath.Join(t.TempDir(), "out.ipynb")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(t), "run", "testdata/loops.ipynb", "--out", out)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && lines.Text() != "looping" {
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code is looked at below
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	nb, err := nbformat.Read(out)
	if err != nil {
		t.Fatalf("no valid notebook is left: %v", err)
	}
	if len(nb.Cells[0].Outputs) == 0 {
		t.Error("the output of the first cell is lost")
	}
	last := nb.Cells[1].Outputs
	if len(last) == 0 || last[len(last)-1].EName != "Interrupted" {
		t.Errorf("the interrupted cell shows %v", last)
	}
}

// TestInstallByGoRunKeepsTheBinary holds the first command of a stranger: go run builds
// the binary in a folder that is deleted afterwards.
func TestInstallByGoRunKeepsTheBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("it links the binary once more")
	}
	home := t.TempDir()
	cmd := exec.Command("go", "run", "./cmd/mole-kernel", "install", "--name", "tried")
	cmd.Env = append(os.Environ(), "JUPYTER_DATA_DIR="+filepath.Join(home, "jupyter"),
		"XDG_DATA_HOME="+filepath.Join(home, "data"), "LOCALAPPDATA="+filepath.Join(home, "data"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go run ./cmd/mole-kernel install: %v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(home, "jupyter", "kernels", "tried", "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct{ Argv []string }
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	if got, err := exec.Command(spec.Argv[0], "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(got), "mole-kernel ") {
		t.Errorf("%s version: %v %s", spec.Argv[0], err, got)
	}
	if !strings.Contains(string(out), "copied it to") {
		t.Errorf("the copy is not mentioned:\n%s", out)
	}
	if runtime.GOOS == "darwin" {
		os.RemoveAll(filepath.Dir(spec.Argv[0])) // the one place that no variable moves
	}
}

func TestMistakesOnTheCommandLineAreExplained(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "usage: mole-kernel COMMAND"},
		{[]string{"nonsense"}, 2, `no command "nonsense"`},
		{[]string{"run"}, 2, "give one notebook"},
		{[]string{"run", "a.ipynb", "b.ipynb"}, 2, "give one notebook"},
		{[]string{"run", "none.ipynb"}, 1, "no such file"},
		{[]string{"run", "go.mod"}, 1, "not a Jupyter notebook"},
		{[]string{"run", "testdata/hello.ipynb", "-p", "2x=1"}, 2, "is not the name of a Go variable"},
		{[]string{"run", "testdata/hello.ipynb", "-p", "whom=1"}, 1, "declares times, who"},
		{[]string{"run", "testdata/hello.ipynb", "--nonsense"}, 2, "-nonsense"},
		{[]string{"kernel"}, 2, "-f CONNECTION_FILE is missing"},
		{[]string{"kernel", "-f", "none.json"}, 1, "none.json"},
		{[]string{"worker"}, 2, "started by the kernel"},
		{[]string{"install", "--name", "Not Good"}, 1, "lower-case letters"},
		{[]string{"install", "--prefix", "/x", "--sys-prefix"}, 2, "exclude each other"},
		{[]string{"doctor", "now"}, 2, "takes no arguments"},
	} {
		code, _, stderr := run(t, c.args...)
		if code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("mole-kernel %s: code %d, want %d with %q:\n%s", strings.Join(c.args, " "), code, c.code, c.want, stderr)
		}
	}
}

func TestDoctorSaysWhatIsInUse(t *testing.T) {
	_, stdout, stderr := run(t, "doctor")
	for _, want := range []string{"backend:", "kernel:", "go:", "source:", "cache:", "mirror:", "Go 1."} {
		if !strings.Contains(stdout, want) {
			t.Errorf("doctor does not say %q:\n%s%s", want, stdout, stderr)
		}
	}
}
