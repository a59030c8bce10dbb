package molekernel_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// keepDir is where the tests keep what a person may want to look at: executed notebooks,
// pages, screenshots. It is not committed.
const keepDir = "build/e2e"

// scratch is a folder that lives as long as the test binary.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "mole-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// missing skips a test that needs what is not on this machine. Where everything is
// required (MOLE_E2E=required) that is a failure.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("MOLE_E2E") == "required" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// binary builds mole-kernel once.
func binary(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "mole-kernel")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", path, "./cmd/mole-kernel").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build ./cmd/mole-kernel: %w\n%s", err, out)
	}
	return path, nil
})

// environment is a Python with pinned Jupyter packages, and private folders for
// everything that Jupyter reads and writes.
type environment struct {
	python string
	env    []string
}

// jupyter returns the environment with the kernel installed in it, and skips the test
// where it cannot be made.
func jupyter(t *testing.T) *environment {
	t.Helper()
	if testing.Short() {
		t.Skip("end-to-end tests are not short")
	}
	python, err := virtualEnv()
	if err != nil {
		missing(t, "the pinned Jupyter packages cannot be installed (Debian: apt install python3-venv; network needed the first time): %v", err)
	}
	mole := binary(t)
	e, err := installed(python, mole)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// virtualEnv makes the Python environment of testdata/e2e/requirements.txt, or finds it in
// the user's cache folder.
var virtualEnv = sync.OnceValues(func() (python string, err error) {
	requirements := filepath.Join("testdata", "e2e", "requirements.txt")
	text, err := os.ReadFile(requirements)
	if err != nil {
		return "", err
	}
	base, err := basePython()
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(text, base.version...))
	dir := filepath.Join(cache, "mole-kernel", "e2e-"+hex.EncodeToString(sum[:6]))
	python = filepath.Join(dir, "bin", "python")
	if runtime.GOOS == "windows" {
		python = filepath.Join(dir, "Scripts", "python.exe")
	}
	complete := filepath.Join(dir, "complete")
	if _, err := os.Stat(complete); err == nil {
		return python, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	for _, args := range [][]string{
		{base.path, "-m", "venv", dir},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return python, os.WriteFile(complete, nil, 0o644)
})

// interpreter is a Python on this machine.
type interpreter struct{ path, version string }

// basePython finds a Python that the pinned packages run on.
func basePython() (interpreter, error) {
	const ask = "import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(sys.executable, sys.version)"
	var errs error
	for _, name := range []string{"python3", "python", "/usr/bin/python3"} {
		out, err := exec.Command(name, "-c", ask).CombinedOutput()
		if err == nil {
			path, version, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
			return interpreter{path, version}, nil
		}
		errs = errors.Join(errs, fmt.Errorf("%s: %w %s", name, err, out))
	}
	return interpreter{}, fmt.Errorf("no Python 3.11 or newer with venv: %w", errs)
}

var (
	installMu sync.Mutex
	theOnly   *environment
)

// installed installs the kernelspec in private folders, once.
func installed(python, mole string) (*environment, error) {
	installMu.Lock()
	defer installMu.Unlock()
	if theOnly != nil {
		return theOnly, nil
	}
	env := os.Environ()
	for _, name := range []string{
		"JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
		"JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR", "XDG_DATA_HOME",
	} {
		dir := filepath.Join(scratch, strings.ToLower(name))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		env = append(env, name+"="+dir)
	}
	env = append(env, "JUPYTER_PATH=", "PYTHONPATH=", "PYTHONDONTWRITEBYTECODE=1", "PYDEVD_DISABLE_FILE_VALIDATION=1")
	if mirror := dataMirror(); mirror != "" {
		env = append(env, "MOLE_DATA_MIRROR="+mirror)
	}
	e := &environment{python: python, env: env}
	cmd := exec.Command(mole, "install")
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mole-kernel install: %w\n%s", err, out)
	}
	theOnly = e
	return e, nil
}

// dataMirror is the folder with datasets that MOLE_DATA_MIRROR names; where it names none,
// one that stands beside the repository. "" for none.
func dataMirror() string {
	if dir := os.Getenv("MOLE_DATA_MIRROR"); dir != "" {
		return dir
	}
	dir, err := filepath.Abs(filepath.Join("..", "shared", "datasets"))
	if err != nil {
		return ""
	}
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// command prepares a call of Python in the environment.
func (e *environment) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, e.python, args...)
	cmd.Env = e.env
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// kept returns a path below keepDir and makes its folder.
func kept(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(keepDir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}
