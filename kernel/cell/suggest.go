package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"unicode"
)

var (
	undefinedSelected = pattern(`^undefined: (\w+)\.(\w+)$`)
	undefinedName     = pattern(`^undefined: (\w+)$`)
	undefinedMember   = pattern(`undefined \(type .* has no field or method (\w+)\)$`)
)

// hint says what could have been meant, or what to do.
func (k *checking) hint(e types.Error) string {
	if m := undefinedSelected().FindStringSubmatch(e.Msg); m != nil {
		return didYouMean(m[2], k.packageNames(m[1]))
	}
	if m := undefinedName().FindStringSubmatch(e.Msg); m != nil {
		return k.undefinedHint(m[1], e)
	}
	if m := unknownField().FindStringSubmatch(e.Msg); m != nil {
		return k.fieldHint(m[1], e.Pos)
	}
	if m := undefinedMember().FindStringSubmatch(e.Msg); m != nil {
		t := k.selectedFrom(e.Pos)
		if cell := k.n.formerMethod(t, m[1]); cell > 0 {
			return fmt.Sprintf("cell [%d] declares %s for the type as it was before: run it again", cell, m[1])
		}
		return k.memberHint(m[1], t, e)
	}
	return k.habitHint(e)
}

// selectedFrom returns the type of the expression whose selector stands at pos.
func (k *checking) selectedFrom(pos token.Pos) types.Type {
	var t types.Type
	for _, d := range k.decls {
		if pos < d.Pos() || pos > d.End() {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Pos() == pos {
				t = k.info.Types[sel.X].Type
			}
			return true
		})
	}
	return t
}

func memberNames(t types.Type, pkg *types.Package) []string {
	var names []string
	for _, m := range members(t, pkg) {
		names = append(names, m.obj.Name())
	}
	return names
}

// formerMethod returns the cell that declared the method for the type of the same name
// that t took the place of; 0 for none.
func (n *Notebook) formerMethod(t types.Type, method string) int {
	if t == nil {
		return 0
	}
	named := receiver(t)
	if named == nil || n.former[named.Obj()] == nil {
		return 0
	}
	for m := range receiver(n.former[named.Obj()].Type()).Methods() {
		if m.Name() == method {
			return cellOf(n.fset, m)
		}
	}
	return 0
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

// nearest returns the candidate with the fewest typing mistakes between it and name; of
// equals one that is longer, for a letter is sooner forgotten than typed too much, then
// the alphabetically first. It is "" when none is near.
func nearest(name string, candidates []string) string {
	limit := len(name)/3 + 1
	if len(name) < 3 {
		limit = 0
	}
	best, least := "", 2*limit+2
	for _, c := range candidates {
		if d := len(c) - len(name); c == name || d > limit || -d > limit {
			continue
		}
		d := 2 * mistakes(name, c)
		if d > 2*limit {
			continue
		}
		if len(c) <= len(name) && d > 0 {
			d++
		}
		if d < least || d == least && c < best {
			best, least = c, d
		}
	}
	return best
}

// mistakes is the number of letters to insert, delete, change or swap with their
// neighbour to get from a to b; upper and lower case are the same.
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
