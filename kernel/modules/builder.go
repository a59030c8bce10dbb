package modules

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// Options say where a [Builder] works. Base is required.
type Options struct {
	Base   cell.Packages       // what the kernel itself has
	Dir    string              // the notebook's folder; "" for the current one
	Cache  string              // where workers are kept; "" for mole-kernel in the user's cache folder
	Getenv func(string) string // nil for os.Getenv
	// NoToolchain is for a machine whose go command, if there is one, is not to be used.
	NoToolchain bool
}

// A Builder compiles workers for one notebook. Its methods may be called from any
// goroutine; one worker is built at a time.
type Builder struct {
	opts    Options
	project project

	mu sync.Mutex // held while a worker is built
}

// NewBuilder returns a builder that has done nothing yet.
func NewBuilder(o Options) *Builder {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	return &Builder{opts: o, project: findProject(o.Dir)}
}

// A Worker is a compiled worker in the cache folder.
type Worker struct {
	Command  []string // starts it
	Packages []Package
	Deps     []string // import paths of all that is linked in
	Local    []string // folders of packages that are no module versions
	State    string   // fingerprint of Local
	dir      string
}

// A Package is one that cells may import from a worker.
type Package struct {
	Path, Name      string
	Module, Version string // "" for packages beside the notebook
	Files           []string
	Imports         []string // all that it depends on
	Types           string   // name of the file with its export data
	API             string   // changes with what it exports
	Internal        bool     // only its types are known: cells cannot import it
	Wanted          bool     // a cell imports it; others are there for their types
}

// Changed tells whether packages beside the notebook are not what the worker was built from.
func (w *Worker) Changed() bool { return len(w.Local) > 0 && fingerprint(w.Local) != w.State }

func (w *Worker) file(name string) []byte {
	data, _ := os.ReadFile(filepath.Join(w.dir, name)) // who reads the types says what is wrong with nothing
	return data
}

// Cached returns the worker for a request when it has been built before; nil when not.
func (b *Builder) Cached(r Request) *Worker {
	index, err := b.index(r)
	if err != nil {
		return nil
	}
	return openWorker(index)
}

// Build returns a worker for a request, from the cache or by compiling it. progress is told
// what happens, from any goroutine, until Build returns. The error is an [*Error] where the
// user can do something about it; cancelling ctx stops everything.
func (b *Builder) Build(ctx context.Context, r Request, progress func(string)) (*Worker, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	index, err := b.index(r)
	if err != nil {
		return nil, err
	}
	if w := openWorker(index); w != nil {
		return w, nil
	}
	tools, err := b.toolchain()
	if err != nil {
		return nil, err
	}
	from, err := findSource(b.opts.Getenv)
	if err != nil {
		return nil, &Error{Text: err.Error()}
	}
	dir, err := os.MkdirTemp(filepath.Dir(index), "worker-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the worker: %w", err)
	}
	w := &workspace{Builder: b, request: r, tools: tools, source: from, dir: dir, progress: progress}
	built, err := w.build(ctx)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := built.save(index); err != nil {
		return nil, err
	}
	prune(filepath.Dir(index))
	return built, nil
}

func (b *Builder) toolchain() (toolchain, error) {
	if b.opts.NoToolchain {
		return toolchain{}, ErrNoToolchain
	}
	return findToolchain(b.opts.Getenv)
}

// index is the file that says where the worker for a request is.
func (b *Builder) index(r Request) (string, error) {
	tools, err := b.toolchain()
	if err != nil {
		return "", err
	}
	cache := b.opts.Cache
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find a folder for compiled workers: %w", err)
		}
		cache = filepath.Join(user, "mole-kernel", "workers")
	}
	if err := os.MkdirAll(cache, 0o777); err != nil {
		return "", fmt.Errorf("make the folder for compiled workers: %w", err)
	}
	h := sha256.New()
	for _, part := range []string{r.text(), b.project.identity(), tools.identity(), ownIdentity(), b.environment()} {
		fmt.Fprintf(h, "%d\n%s\n", len(part), part)
	}
	return filepath.Join(cache, fmt.Sprintf("%x.json", h.Sum(nil)[:16])), nil
}

// environment is what else decides what is compiled.
func (b *Builder) environment() string {
	var lines []string
	for _, name := range []string{"CGO_ENABLED", "CC", "CXX", "CGO_CFLAGS", "CGO_LDFLAGS", "GOFLAGS", "GOEXPERIMENT", "GOAMD64", "GOARM64", "GOTOOLCHAIN", SourceVariable} {
		lines = append(lines, name+"="+b.opts.Getenv(name))
	}
	return strings.Join(lines, "\n")
}

// ownIdentity tells one build of the kernel from another: a worker must speak its language.
var ownIdentity = sync.OnceValue(func() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(exe)
	if err != nil {
		return exe
	}
	return fmt.Sprint(exe, info.Size(), info.ModTime().UnixNano())
})

// openWorker reads what save wrote; nil when it is not there, not whole or out of date.
func openWorker(index string) *Worker {
	data, err := os.ReadFile(index)
	if err != nil {
		return nil
	}
	var stored struct {
		Worker
		Dir string
	}
	if json.Unmarshal(data, &stored) != nil {
		return nil
	}
	w := &stored.Worker
	w.dir = stored.Dir
	if len(w.Command) == 0 || w.Changed() {
		return nil
	}
	if _, err := os.Stat(w.Command[0]); err != nil {
		return nil
	}
	now := time.Now()
	_, _ = os.Chtimes(w.dir, now, now), os.Chtimes(index, now, now) // for prune
	return w
}

func (w *Worker) save(index string) error {
	data, err := json.Marshal(struct {
		*Worker
		Dir string
	}{w, w.dir})
	if err != nil {
		return fmt.Errorf("keep the worker: %w", err)
	}
	temporary := filepath.Join(w.dir, "index.json")
	if err := os.WriteFile(temporary, data, 0o666); err != nil {
		return fmt.Errorf("keep the worker: %w", err)
	}
	if err := os.Rename(temporary, index); err != nil {
		return fmt.Errorf("keep the worker: %w", err)
	}
	return nil
}

// workerAge is how long a worker is kept that nobody has used.
const workerAge = 30 * 24 * time.Hour

// prune removes workers that have not been used for long. What cannot be removed now is the
// next build's.
func prune(cache string) {
	entries, _ := os.ReadDir(cache)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && time.Since(info.ModTime()) > workerAge {
			_ = os.RemoveAll(filepath.Join(cache, e.Name()))
		}
	}
}
