package main

import (
	"slices"
	"strings"
)

const module = "github.com/mole-kernel/mole-kernel"

// A group of packages shares one generated Go package of tables, so that a change in our
// own packages does not compile the standard library's tables again.
type group struct {
	Name  string // of the generated package, below internal/
	Doc   string
	Paths []string // of the packages; nil for the standard library
}

// groups is what cells may import. To add a package, add its path here and run
// "go generate ./kernel/symbols".
var groups = []group{
	{Name: "std", Doc: "the standard library"},
	{Name: "lib", Doc: "gonum and gonum/plot", Paths: []string{
		"gonum.org/v1/gonum/blas",
		"gonum.org/v1/gonum/blas/blas32",
		"gonum.org/v1/gonum/blas/blas64",
		"gonum.org/v1/gonum/diff/fd",
		"gonum.org/v1/gonum/dsp/fourier",
		"gonum.org/v1/gonum/floats",
		"gonum.org/v1/gonum/floats/scalar",
		"gonum.org/v1/gonum/integrate",
		"gonum.org/v1/gonum/integrate/quad",
		"gonum.org/v1/gonum/interp",
		"gonum.org/v1/gonum/mat",
		"gonum.org/v1/gonum/mathext",
		"gonum.org/v1/gonum/optimize",
		"gonum.org/v1/gonum/stat",
		"gonum.org/v1/gonum/stat/combin",
		"gonum.org/v1/gonum/stat/distmat",
		"gonum.org/v1/gonum/stat/distmv",
		"gonum.org/v1/gonum/stat/distuv",
		"gonum.org/v1/gonum/stat/sampleuv",
		"gonum.org/v1/plot",
		"gonum.org/v1/plot/font",
		"gonum.org/v1/plot/palette",
		"gonum.org/v1/plot/palette/brewer",
		"gonum.org/v1/plot/palette/moreland",
		"gonum.org/v1/plot/plotter",
		"gonum.org/v1/plot/plotutil",
		"gonum.org/v1/plot/text",
		"gonum.org/v1/plot/vg",
		"gonum.org/v1/plot/vg/draw",
		"gonum.org/v1/plot/vg/vgimg",
		"gonum.org/v1/plot/vg/vgsvg",
	}},
	{Name: "mole", Doc: "our own packages", Paths: []string{
		module + "/kernel/nb",
		module + "/molelib",
		module + "/molelib/backend",
		module + "/molelib/data",
		module + "/molelib/experiment",
		module + "/molelib/mi",
		module + "/molelib/nn",
		module + "/molelib/optim",
		module + "/molelib/tensor",
		module + "/plotting",
	}},
}

// left is what cells may not import of the standard library, each with its reason.
var left = map[string]string{
	"expvar":                 "importing it registers a handler",
	"net/http/pprof":         "importing it registers handlers",
	"testing/quick":          "importing it registers a flag",
	"testing/cryptotest":     "needs a running test",
	"testing/slogtest":       "needs a running test",
	"testing/synctest":       "needs a running test",
	"crypto/mlkem/mlkemtest": "for the tests of implementations only",
	"log/syslog":             "not on Windows",
	"plugin":                 "needs cgo",
	"runtime/cgo":            "needs cgo",
	"runtime/coverage":       "needs a binary built for coverage",
	"runtime/race":           "part of the race detector",
	"unsafe":                 "the interpreter cannot run it",
}

// importable reports whether cells may import a package of the standard library.
func importable(path string) bool {
	if _, ok := left[path]; ok {
		return false
	}
	parts := strings.Split(path, "/")
	return parts[0] != "cmd" && !slices.Contains(parts, "internal") && !slices.Contains(parts, "vendor")
}

// platforms are the systems that the kernel is built for. What differs between them is
// generated for each.
var platforms = []platform{
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"windows", "amd64"},
}

type platform struct{ OS, Arch string }

func (p platform) String() string { return p.OS + "_" + p.Arch }
