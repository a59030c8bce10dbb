package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/mole-kernel/mole-kernel/install"
)

// place are the flags that say where a kernelspec lives.
type place struct {
	sysPrefix bool
	prefix    string
	name      string
}

func (p *place) flags(set *flag.FlagSet) {
	set.Bool("user", false, "in the user's own Jupyter folder (the default)")
	set.BoolVar(&p.sysPrefix, "sys-prefix", false, "in the Python environment in use (virtual or conda environment)")
	set.StringVar(&p.prefix, "prefix", "", "in `DIR`/share/jupyter")
	set.StringVar(&p.name, "name", install.DefaultName, "`name` of the kernelspec")
}

// dir is the data folder that the flags choose; "" for the user's.
func (p *place) dir(set *flag.FlagSet) (string, error) {
	if set.Lookup("user").Value.String() == "true" && (p.sysPrefix || p.prefix != "") || p.sysPrefix && p.prefix != "" {
		return "", usagef("--user, --sys-prefix and --prefix exclude each other")
	}
	switch {
	case p.prefix != "":
		return install.PrefixDir(p.prefix), nil
	case p.sysPrefix:
		prefix, err := install.SysPrefix()
		if err != nil {
			return "", err
		}
		return install.PrefixDir(prefix), nil
	}
	return "", nil
}

func installCommand(sh shell, args []string) (int, error) {
	set := flags("install")
	var p place
	p.flags(set)
	display := set.String("display-name", install.DefaultDisplayName, "`name` that Jupyter's launcher shows")
	memory := set.String("memory", "", memoryHelp)
	rest, err := parse(sh, set, args)
	if err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		return 0, usagef("it takes no arguments, got %q", rest)
	}
	env := map[string]string{}
	if *memory != "" {
		if _, err := memoryLimit(*memory); err != nil {
			return 0, usagef("%v", err)
		}
		env[memoryVariable] = *memory
	}
	dir, err := p.dir(set)
	if err != nil {
		return 0, err
	}
	binary, copied, err := install.StableBinary()
	if err != nil {
		return 0, err
	}
	spec, err := install.Write(install.Options{
		Binary: binary, Dir: dir, Name: p.name, DisplayName: *display, Version: version(), Env: env,
	})
	if err != nil {
		return 0, err
	}
	if copied {
		fmt.Fprintf(sh.out, "This binary is a temporary one of go run: copied it to %s\n", binary)
	}
	fmt.Fprintf(sh.out, "Installed the kernelspec %q in %s\n", p.name, spec)
	if !visible(spec) {
		fmt.Fprintf(sh.out, "Jupyter looks there when it runs from that prefix, or with JUPYTER_PATH=%s\n", dir)
		return 0, nil
	}
	fmt.Fprintf(sh.out, "Start jupyter lab and choose %q.\n", *display)
	return 0, nil
}

// visible says whether Jupyter finds the kernelspec folder spec in this environment.
func visible(spec string) bool {
	found, err := install.Find()
	if err != nil {
		return false
	}
	want, err := os.Stat(spec)
	if err != nil {
		return false
	}
	for _, f := range found {
		if got, err := os.Stat(f.Dir); err == nil && os.SameFile(got, want) {
			return true
		}
	}
	return false
}

func uninstallCommand(sh shell, args []string) (int, error) {
	set := flags("uninstall")
	var p place
	p.flags(set)
	rest, err := parse(sh, set, args)
	if err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		return 0, usagef("it takes no arguments, got %q; name a kernelspec by --name", rest)
	}
	dir, err := p.dir(set)
	if err != nil {
		return 0, err
	}
	removed, err := install.Remove(dir, p.name)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(sh.out, "Removed %s\n", removed)
	return 0, nil
}
