package cell

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/types"
	"strings"
)

// field returns what x.name means where x is a type: Go has no such expression for a field, but
// documentation is asked for by it.
func (h *halfTyped) field(x ast.Expr, name string) types.Object {
	t := h.info.TypeOf(x)
	if t == nil || !h.info.Types[x].IsType() {
		return nil
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, h.n.pkg, name)
	return obj
}

// fieldsExplained is the declaration of a compiled package's struct with what is documented of its
// fields, behind them or, where that is longer than a line, above them; "" where nothing is.
func (h *halfTyped) fieldsExplained(t *types.TypeName, s *types.Struct) string {
	var b strings.Builder
	explained, apart := false, false
	for f := range s.Fields() {
		if !f.Exported() {
			continue
		}
		text := strings.TrimSpace(h.n.pkgs.Doc(ImportPath(t.Pkg()), t.Name()+"."+f.Name()))
		behind := text != "" && len(text) <= maxBehind && !strings.Contains(text, "\n")
		above := text != "" && !behind
		if above || apart {
			b.WriteString("\n")
		}
		if apart = above; above {
			fmt.Fprintf(&b, "\t// %s\n", strings.ReplaceAll(text, "\n", "\n\t// "))
		}
		if f.Embedded() {
			b.WriteString("\t" + typeString(f.Type()))
		} else {
			b.WriteString("\t" + f.Name() + " " + typeString(f.Type()))
		}
		if behind {
			b.WriteString(" // " + text)
		}
		b.WriteString("\n")
		explained = explained || text != ""
	}
	if !explained {
		return ""
	}
	body := "struct {\n" + strings.TrimPrefix(b.String(), "\n") + "}"
	if aligned, err := format.Source([]byte("type _ " + body)); err == nil {
		body = strings.TrimPrefix(string(aligned), "type _ ")
	}
	return "type " + qualified(t) + " " + body
}

// maxBehind is the longest comment that stands behind a field.
const maxBehind = 100
