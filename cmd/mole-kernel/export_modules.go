package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/export"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
)

// foreign makes the packages of other modules known that a notebook imports, with their
// versions. It does nothing for a notebook that does without.
func foreign(sh shell, path string, nb *nbformat.Notebook, o *export.Options) error {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return err
	}
	set := modules.NewSet(o.Packages, dir)
	want := wanted(nb, set, o.Magics)
	if len(want.Imports) == 0 {
		return nil
	}
	ctx, stop := interruptible()
	defer stop()
	builder := modules.NewBuilder(modules.Options{Base: o.Packages, Dir: dir})
	w, err := builder.Build(ctx, want, func(step string) { fmt.Fprintln(sh.err, step) })
	if err != nil {
		return err
	}
	if _, err := set.Use(w); err != nil {
		return err
	}
	for _, p := range w.Packages {
		if p.Module != "" {
			o.Versions[p.Module] = p.Version
		} else if p.Wanted {
			fmt.Fprintf(sh.err, "%s: the package %s is beside the notebook: the program needs a replace directive or a copy of it\n", filepath.Base(path), p.Path)
		}
	}
	o.Packages = set
	return nil
}

// wanted are the packages that the kernel itself does not have, at the versions that %get
// names.
func wanted(nb *nbformat.Notebook, set *modules.Set, magics magic.Table) modules.Request {
	want := modules.Request{Versions: map[string]string{}}
	for _, c := range nb.Cells {
		if c.Type != "code" {
			continue
		}
		steps := magics.Split(c.Source, func(string) bool { return false })
		code := c.Source
		if steps != nil {
			code = magic.GoOf(c.Source, steps...)
		}
		for _, im := range modules.Imports(code) {
			if path := set.Resolve(im.Path); set.Foreign(path) {
				want.Add(modules.Request{Imports: []string{path}})
			}
		}
		for _, step := range steps {
			module, version, versioned := strings.Cut(step.Args, "@")
			if step.Kind == magic.Line && step.Name == "get" && versioned {
				want.Versions[module] = version
			}
		}
	}
	return want
}
