package cell

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"
)

// Types that were declared again have one name. Where an error is about two of them, the
// cell is checked once more with the older ones renamed, so that the checker's own words
// tell them apart: "cannot use p (variable of struct type Point of cell [1]) as Point value".

// formerMark stands between the name of an older type and its cell.
const formerMark = "ǃof"

var (
	word       = pattern(`\w+`)
	formerName = pattern(`(\w+)` + formerMark + `(\d+)`)
)

// formerTypes are the older types of the names that some error mentions twice.
func (n *Notebook) formerTypes(errs []Error) []*types.TypeName {
	var list []*types.TypeName
	asked := map[string]bool{}
	for _, err := range errs {
		seen := map[string]bool{}
		for _, name := range word().FindAllString(err.Msg, -1) {
			d := n.live[name]
			if twice := seen[name]; d == nil || !twice || asked[name] {
				seen[name] = true
				continue
			}
			asked[name] = true
			t, _ := d.obj.(*types.TypeName)
			for old := n.former[t]; t != nil && old != nil; old = n.former[old] {
				list = append(list, old)
			}
		}
	}
	return list
}

// checkAgain returns the errors of a cell in words that tell the older types from the
// present ones.
func (n *Notebook) checkAgain(name, code string, older []*types.TypeName) []Error {
	p, errs := parse(n.fset, name, code)
	if errs != nil {
		return errs
	}
	defer n.fset.RemoveFile(p.file)
	for _, t := range older {
		field := reflect.ValueOf(t).Elem().FieldByName("name")
		at := (*string)(unsafe.Pointer(field.UnsafeAddr()))
		plain := *at
		*at = fmt.Sprint(plain, formerMark, cellOf(n.fset, t))
		defer func() { *at = plain }()
	}
	k := n.newChecking(p)
	k.build()
	k.run()
	for i, err := range k.errs {
		if m := formerName().FindStringSubmatch(err.Msg); m != nil && err.Hint == "" {
			k.errs[i].Hint = fmt.Sprintf("%s was declared again in cell [%d]: what was made before keeps the old one, run its cells again",
				m[1], n.live[m[1]].cell)
		}
		k.errs[i].Msg = formerName().ReplaceAllString(err.Msg, "$1 of cell [$2]")
	}
	return k.errs
}
