package symbols

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// byName maps package names to import paths, the likeliest first: what preferred says, our own
// packages, gonum's, the standard library's; shorter paths before longer ones.
var byName = sync.OnceValue(func() map[string][]string {
	names := map[string][]string{}
	for _, p := range paths() {
		name := packageName(p)
		names[name] = append(names[name], p)
	}
	for _, list := range names {
		slices.SortStableFunc(list, func(a, b string) int { return rank(a) - rank(b) })
	}
	return names
})

// preferred are the packages that a notebook means by a name that several have, the likeliest first.
var preferred = []string{
	"math/rand", "math/rand/v2",
	"text/template",
	"text/scanner",
	"gonum.org/v1/plot/vg/draw",
	"gonum.org/v1/plot/palette",
}

func rank(p string) int {
	if i := slices.Index(preferred, p); i >= 0 {
		return i
	}
	if isStandard(p) {
		return 2000 + len(p)
	}
	return 1000 + len(p)
}

func isStandard(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}

// packageName returns the name in a package's clause, which is the last part of its path but
// for versions and for molelib, whose name is mole.
func packageName(p string) string {
	base := path.Base(p)
	switch {
	case base == "molelib":
		return "mole"
	case len(base) == 2 && base[0] == 'v' && base[1] >= '0' && base[1] <= '9':
		return path.Base(path.Dir(p))
	}
	return base
}
