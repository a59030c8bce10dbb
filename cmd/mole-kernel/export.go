package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/export"
	"github.com/mole-kernel/mole-kernel/kernel/headless"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
)

// exportFlags are the flags of mole-kernel export.
type exportFlags struct {
	dir, figures, replace string
	parameters            []headless.Parameter
	force                 bool
}

func (f *exportFlags) declare(set *flag.FlagSet) {
	set.StringVar(&f.dir, "o", "", "write main.go and go.mod to the folder `DIR`; - prints main.go (default: the notebook's name)")
	set.StringVar(&f.figures, "figures", "", "let the program save its pictures in the folder `DIR`")
	set.StringVar(&f.replace, "replace", "", "use the checkout of mole-kernel in `DIR` instead of a release")
	set.BoolVar(&f.force, "force", false, "overwrite files that exist")
	set.Func("p", "set a variable of the cell tagged \"parameters\": `name=value` (may be repeated)", func(text string) error {
		p, err := headless.ParseParameter(text)
		f.parameters = append(f.parameters, p)
		return err
	})
}

func exportCommand(sh shell, args []string) (int, error) {
	set := flags("export")
	var f exportFlags
	f.declare(set)
	rest, err := parse(sh, set, args)
	if err != nil {
		return 0, err
	}
	if len(rest) != 1 {
		return 0, usagef("give one notebook, got %d: %q", len(rest), rest)
	}
	nb, err := nbformat.Read(rest[0])
	if err != nil {
		return 0, err
	}
	if err := headless.Inject(nb, f.parameters); err != nil {
		return 0, fmt.Errorf("%s: %w", rest[0], err)
	}
	name := strings.TrimSuffix(filepath.Base(rest[0]), ".ipynb")
	options, err := f.options(name)
	if err != nil {
		return 0, err
	}
	if err := foreign(sh, rest[0], nb, &options); err != nil {
		return 0, fmt.Errorf("%s: %w", rest[0], err)
	}
	program, err := export.Export(exportCells(nb), options)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", rest[0], err)
	}
	for _, note := range program.Notes {
		fmt.Fprintf(sh.err, "%s: %s\n", filepath.Base(rest[0]), note)
	}
	if f.dir == "-" {
		_, err := io.WriteString(sh.out, program.Main)
		return 0, err
	}
	if f.dir == "" {
		f.dir = name
	}
	return 0, f.write(sh, program)
}

// exportCells are the cells of a notebook as package export takes them.
func exportCells(nb *nbformat.Notebook) []export.Cell {
	var cells []export.Cell
	for _, c := range nb.Cells {
		switch c.Type {
		case "markdown":
			cells = append(cells, export.Cell{Text: true, Source: c.Source})
		case "code":
			cells = append(cells, export.Cell{
				Source: c.Source, Skip: c.HasTag("skip-execution"), MayPanic: c.HasTag("raises-exception"),
			})
		}
	}
	return cells
}

// options are what the program is to be, with the versions that this binary was built of.
func (f *exportFlags) options(name string) (export.Options, error) {
	o := export.Options{
		Packages: symbols.Packages(), Magics: session.Magics(), Name: name, Figures: f.figures,
		Version: version(), Versions: map[string]string{}, Go: languageVersion(),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			o.Versions[m.Path] = m.Version
		}
	}
	o.Version, _, _ = strings.Cut(o.Version, "+")
	if f.replace == "" {
		return o, nil
	}
	if _, err := os.Stat(filepath.Join(f.replace, "go.mod")); err != nil {
		return o, usagef("--replace %s: there is no go.mod in it: name a checkout of mole-kernel", f.replace)
	}
	dir, err := filepath.Abs(f.replace)
	o.Replace = filepath.ToSlash(dir)
	return o, err
}

// languageVersion is the version of Go without its last number.
func languageVersion() string {
	parts := strings.SplitN(strings.TrimPrefix(runtime.Version(), "go"), ".", 3)
	if len(parts) < 2 {
		return goVersion()
	}
	return parts[0] + "." + parts[1]
}

// write writes the program's files and says what to do with them.
func (f *exportFlags) write(sh shell, p *export.Program) error {
	files := []struct{ name, text string }{{"main.go", p.Main}, {"go.mod", p.Mod}}
	for _, file := range files {
		path := filepath.Join(f.dir, file.name)
		if _, err := os.Lstat(path); err == nil && !f.force {
			return fmt.Errorf("%s exists: --force overwrites it, -o writes elsewhere", path)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	for _, file := range files {
		if err := nbformat.WriteFile(filepath.Join(f.dir, file.name), []byte(file.text)); err != nil {
			return err
		}
	}
	fmt.Fprintf(sh.out, "Wrote %s and go.mod\n", filepath.Join(f.dir, "main.go"))
	if p.Tidy {
		f.tidy(sh)
	}
	fmt.Fprintf(sh.out, "Run it: cd %s && go run .\n", f.dir)
	return nil
}

// tidy completes go.mod and writes go.sum where there is a Go toolchain.
func (f *exportFlags) tidy(sh shell) {
	path, err := exec.LookPath("go")
	if err != nil {
		fmt.Fprintf(sh.out, "There is no Go toolchain here; before the first run: go mod tidy\n")
		return
	}
	ctx, stop := interruptible()
	defer stop()
	if text, err := tidied(ctx, path, f.dir); err != nil {
		fmt.Fprintf(sh.err, "go mod tidy failed: %v\n%s", err, text)
		if f.replace == "" && strings.HasSuffix(version(), "-dev") {
			fmt.Fprintf(sh.err, "This binary is no release: --replace DIR names a checkout of mole-kernel to use instead\n")
		}
	}
}

func tidied(ctx context.Context, tool, dir string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, tool, "mod", "tidy")
	cmd.Dir = dir
	return cmd.CombinedOutput()
}
