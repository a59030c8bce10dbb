package cell

import (
	"go/token"
	"go/types"
	"regexp"
	"strings"
	"unicode"
)

var (
	undefinedSelected = regexp.MustCompile(`^undefined: (\w+)\.(\w+)$`)
	undefinedName     = regexp.MustCompile(`^undefined: (\w+)$`)
	undefinedMember   = regexp.MustCompile(`undefined \(type .* has no field or method (\w+)`)
)

// hint suggests what could have been meant by a name that does not exist.
func (k *checking) hint(e types.Error) string {
	if m := undefinedSelected.FindStringSubmatch(e.Msg); m != nil {
		return didYouMean(m[2], k.packageNames(m[1]))
	}
	if m := undefinedName.FindStringSubmatch(e.Msg); m != nil {
		return didYouMean(m[1], k.visibleNames())
	}
	return ""
}

func didYouMean(name string, candidates []string) string {
	if near := nearest(name, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

func (k *checking) packageNames(name string) []string {
	scope := k.n.pkg.Scope()
	obj := scope.Lookup(name)
	if obj == nil {
		obj = scope.Parent().Lookup(name)
	}
	if p, ok := obj.(*types.PkgName); ok {
		var names []string
		for _, n := range p.Imported().Scope().Names() {
			if token.IsExported(n) {
				names = append(names, n)
			}
		}
		return names
	}
	return nil
}

func (k *checking) visibleNames() []string {
	names := types.Universe.Names()
	for name := range k.names {
		names = append(names, name)
	}
	for name := range k.n.live {
		names = append(names, name)
	}
	for name := range own {
		names = append(names, name)
	}
	return names
}

// nearest returns the candidate with the fewest typing mistakes between it and name, the
// alphabetically first of equals; "" when none is near.
func nearest(name string, candidates []string) string {
	best, least := "", len(name)/3+1
	for _, c := range candidates {
		if d := len(c) - len(name); c == name || d > least || -d > least {
			continue
		}
		d := mistakes(name, c)
		if strings.EqualFold(name, c) {
			d = 0
		}
		if d < least || d == least && best != "" && c < best || d == least && best == "" && len(name) > 2 {
			best, least = c, d
		}
	}
	return best
}

// mistakes is the number of letters to insert, delete, change or swap with their
// neighbour to get from a to b; a change of case counts half, rounded up.
func mistakes(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := [3][]int{make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		row, up := rows[i%3], rows[(i+2)%3]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if unicode.ToLower(x[i-1]) == unicode.ToLower(y[j-1]) {
				cost = 0
			}
			row[j] = min(up[j]+1, row[j-1]+1, up[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], rows[(i+1)%3][j-2]+1)
			}
		}
	}
	return rows[len(x)%3][len(y)]
}
