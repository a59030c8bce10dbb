package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// release is set by -ldflags "-X main.release=v1.2.3" where a binary is released.
var release string

// version is the release, or what the build knows of itself.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "v0.1.0-dev"
}

// goVersion is the language version of the cells, e.g. "1.26.8".
func goVersion() string { return strings.TrimPrefix(runtime.Version(), "go") }

func versionCommand(sh shell, args []string) (int, error) {
	rest, err := parse(sh, flags("version"), args)
	if err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		return 0, usagef("it takes no arguments, got %q", rest)
	}
	fmt.Fprintf(sh.out, "mole-kernel %s (Go %s, %s/%s)\n", version(), goVersion(), runtime.GOOS, runtime.GOARCH)
	return 0, nil
}
