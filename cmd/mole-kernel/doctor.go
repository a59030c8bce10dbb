package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/mole-kernel/mole-kernel/install"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/molelib/backend"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// doctorCommand prints what is installed and in use. The exit code is 1 when something
// that was installed does not work.
func doctorCommand(sh shell, args []string) (int, error) {
	rest, err := parse(sh, flags("doctor"), args)
	if err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		return 0, usagef("it takes no arguments, got %q", rest)
	}
	fmt.Fprintf(sh.out, "mole-kernel %s, Go %s, %s/%s, %d processors\n",
		version(), goVersion(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	exe, err := os.Executable()
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(sh.out, "binary:  %s\n", exe)
	section(sh.out, "Mathematics")
	fmt.Fprint(sh.out, backend.Describe())
	healthy := kernelspecs(sh.out) && backend.Err() == nil
	section(sh.out, "Go modules and compiled cells")
	fmt.Fprint(sh.out, modules.Describe())
	datasets(sh.out)
	if !healthy {
		return 1, nil
	}
	return 0, nil
}

func section(w io.Writer, title string) { fmt.Fprintf(w, "\n%s\n", title) }

// kernelspecs lists ours and says whether all of them would start.
func kernelspecs(w io.Writer) (healthy bool) {
	section(w, "Jupyter")
	if path, err := exec.LookPath("jupyter"); err == nil {
		fmt.Fprintf(w, "jupyter: %s\n", path)
	} else {
		fmt.Fprintln(w, "jupyter: not on PATH (pip install jupyterlab); mole-kernel run needs none")
	}
	found, err := install.Find()
	if err != nil {
		fmt.Fprintf(w, "kernel:  %v\n", err)
		return false
	}
	if len(found) == 0 {
		fmt.Fprintln(w, "kernel:  not installed; mole-kernel install makes it known to Jupyter")
		return true
	}
	healthy = true
	for _, f := range found {
		fmt.Fprintf(w, "kernel:  %s (%s) in %s\n", f.Name, f.Spec.DisplayName, f.Dir)
		if len(f.Spec.Argv) > 0 {
			fmt.Fprintf(w, "         starts %s\n", f.Spec.Argv[0])
		}
		if f.Problem != "" {
			fmt.Fprintf(w, "         BROKEN: %s\n", f.Problem)
			healthy = false
		}
	}
	return healthy
}

// datasets says where downloaded data comes from and goes to.
func datasets(w io.Writer) {
	section(w, "Datasets")
	if mirror := os.Getenv(data.MirrorVariable); mirror != "" {
		fmt.Fprintf(w, "mirror:  %s\n", mirror)
		if !strings.Contains(mirror, "://") {
			if _, err := os.Stat(mirror); err != nil {
				fmt.Fprintf(w, "         there is no such folder: correct %s or unset it\n", data.MirrorVariable)
			}
		}
	} else {
		fmt.Fprintf(w, "mirror:  none (%s may name a folder that holds datasets)\n", data.MirrorVariable)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		fmt.Fprintf(w, "cache:   none: %v\n", err)
		return
	}
	dir := filepath.Join(cache, "mole-kernel", "data")
	fmt.Fprintf(w, "cache:   %s (%.1f MB)\n", dir, float64(size(dir))/1e6)
}

// size is the number of bytes of the files below dir; what cannot be read counts nothing.
func size(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
