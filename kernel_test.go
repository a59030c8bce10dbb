package molekernel_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/headless"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

// TestPythonClients runs the suites below testdata/e2e: the Jupyter project's conformance
// tests and our own, all through jupyter_client and libzmq.
func TestPythonClients(t *testing.T) {
	e := jupyter(t)
	for _, suite := range []string{"test_conformance", "test_life", "test_hostile", "test_magics", "test_typing"} {
		t.Run(suite, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			cmd := e.command(ctx, "-m", "unittest", "-v", suite)
			cmd.Dir = filepath.Join("testdata", "e2e")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", suite, err, out)
			}
			if skipped := regexp.MustCompile(`skipped=\d+`).Find(out); skipped != nil {
				t.Errorf("%s: %s; none may be:\n%s", suite, skipped, out)
			}
		})
	}
}

// notebooks lists the tutorials.
func notebooks(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("notebooks/*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks found: %v", err)
	}
	return paths
}

// needData skips a notebook that wants datasets which are neither embedded nor mirrored.
func needData(t *testing.T, notebook string) {
	t.Helper()
	text, err := os.ReadFile(notebook)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "MNIST(") && dataMirror() == "" {
		missing(t, "%s needs downloaded data: set MOLE_DATA_MIRROR to a folder that has it", notebook)
	}
}

func TestNBConvertExecutesTheNotebooks(t *testing.T) {
	e := jupyter(t)
	for _, path := range notebooks(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		t.Run(name, func(t *testing.T) {
			needData(t, path)
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
			defer cancel()
			out := kept(t, name+".nbconvert.ipynb")
			if p := shorter[name]; p != nil && os.Getenv("MOLE_E2E") != "required" {
				path = withParameters(t, path, p)
			}
			convert(ctx, t, e, "--to", "notebook", "--execute", "--output", out, path)
			checkOutputs(t, out)
			page := kept(t, name+".nbconvert.html")
			convert(ctx, t, e, "--to", "html", "--output", page, out)
			if info, err := os.Stat(page); err != nil || info.Size() < 100_000 {
				t.Errorf("the page %s is missing or empty: %v", page, err)
			}
		})
	}
}

// shorter are the parameters of notebooks that train for minutes. Where everything is
// required they run as they are.
var shorter = map[string][]headless.Parameter{
	"fashion": {{Name: "examples", Value: "6000"}, {Name: "epochs", Value: "2"}},
}

// withParameters writes a copy of the notebook with other parameters.
func withParameters(t *testing.T, path string, p []headless.Parameter) string {
	t.Helper()
	nb, err := nbformat.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := headless.Inject(nb, p); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := nb.Write(short); err != nil {
		t.Fatal(err)
	}
	return short
}

func convert(ctx context.Context, t *testing.T, e *environment, args ...string) {
	t.Helper()
	began := time.Now()
	out, err := e.command(ctx, append([]string{"-m", "nbconvert"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("nbconvert %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	t.Logf("nbconvert %s: %.1f s", strings.Join(args[:2], " "), time.Since(began).Seconds())
}

// checkOutputs looks into an executed notebook: every code cell ran, none failed, and at
// least one picture is there.
func checkOutputs(t *testing.T, path string) {
	t.Helper()
	nb, err := nbformat.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	pictures := 0
	for i, c := range nb.Cells {
		if c.Type != "code" || strings.TrimSpace(c.Source) == "" {
			continue
		}
		if c.Count == 0 {
			t.Errorf("%s: cell %d did not run", path, i+1)
		}
		for _, o := range c.Outputs {
			if o.Type == nbformat.Error && !c.HasTag("raises-exception") {
				t.Errorf("%s: cell %d failed: %s: %s", path, i+1, o.EName, o.EValue)
			}
			if o.Data["image/png"] != nil || o.Data["image/svg+xml"] != nil {
				pictures++
			}
		}
	}
	if pictures == 0 {
		t.Errorf("%s shows no picture", path)
	}
}

// TestRunNeedsNoToolchain runs the quickstart with nothing but the binary: an empty PATH,
// no GOROOT, no home folder of Go.
func TestRunNeedsNoToolchain(t *testing.T) {
	mole := binary(t)
	quickstart := "notebooks/quickstart.ipynb"
	if testing.Short() {
		quickstart = "testdata/hello.ipynb"
	}
	out, page := kept(t, "run.ipynb"), kept(t, "run.html")
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, mole, "run", quickstart, "--out", out, "--html", page)
	cmd.Env = []string{"PATH=", "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	began := time.Now()
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("mole-kernel run: %v\n%s", err, text)
	}
	t.Logf("mole-kernel run %s: %.1f s", quickstart, time.Since(began).Seconds())
	if !testing.Short() {
		checkOutputs(t, out)
	}
	if info, err := os.Stat(page); err != nil || info.Size() < 5_000 {
		t.Errorf("the page is missing or empty: %v", err)
	}
}

// run calls mole-kernel and returns its exit code and what it wrote.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(t), args...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestRunTakesParametersAndPrints(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.ipynb")
	code, stdout, stderr := run(t, "run", "testdata/hello.ipynb", "-p", "who=mole", "-p", "times=2", "--out", out)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	if got := strings.Count(stdout, "hello mole"); got != 2 {
		t.Errorf("it greeted %d times, want 2:\n%s", got, stdout)
	}
	nb, err := nbformat.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	if nb.Language() != "go" {
		t.Errorf("language %q is recorded, want go", nb.Language())
	}
}

func TestRunReportsTheFailedCell(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.ipynb")
	code, _, stderr := run(t, "run", "testdata/fails.ipynb", "--out", out)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, want := range []string{"fails.ipynb", "code cell 2 of 3", "index out of range"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("standard error lacks %q:\n%s", want, stderr)
		}
	}
	nb, err := nbformat.Read(out)
	if err != nil {
		t.Fatalf("no valid notebook is left: %v", err)
	}
	if len(nb.Cells[0].Outputs) == 0 {
		t.Error("the output of the first cell is lost")
	}
}
