package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode/utf8"
)

// callHelp is the signature of a called function, with the parameter at the cursor.
type callHelp struct {
	before, at, behind string
}

// describeCall describes the call whose parentheses are around the cursor; nil for none.
func (n *Notebook) describeCall(code string, cursor, detail int) *described {
	start, end := cursor, cursor
	for _, l := range tokenize(code).list {
		if l.tok.IsLiteral() && l.off < cursor && cursor < l.end() {
			start, end = l.off, l.end() // inside a string, say: the argument that it is
		}
	}
	if !insideParens(code[:start]) {
		return nil
	}
	h := n.halfTyped(code[:start]+code[end:], start, start)
	if h.at == nil {
		return nil
	}
	for i := len(h.path) - 2; i >= 0; i-- {
		call, ok := h.path[i].(*ast.CallExpr)
		if !ok {
			if _, nested := h.path[i].(*ast.FuncLit); nested {
				return nil
			}
			continue
		}
		arg := slices.IndexFunc(call.Args, func(e ast.Expr) bool { return e == h.path[i+1] })
		if arg < 0 {
			continue
		}
		return h.describeCallee(call, arg, detail)
	}
	return nil
}

// insideParens tells whether a parenthesis is open at the end of code, nearer than a block.
func insideParens(code string) bool {
	t := tokenize(code)
	for _, o := range slices.Backward(t.open) {
		switch t.list[o].tok {
		case token.LPAREN:
			return true
		case token.LBRACE:
			if k := (&place{t: t}).kindOf(o); k != literal {
				return false
			}
		}
	}
	return false
}

func (h *halfTyped) describeCallee(call *ast.CallExpr, arg, detail int) *described {
	obj := h.callee(call.Fun)
	d := &described{}
	sig, ok := h.info.TypeOf(call.Fun).(*types.Signature)
	builtin, isBuiltin := obj.(*types.Builtin)
	switch {
	case isBuiltin:
		d.call = &callHelp{before: builtins[builtin.Name()]}
	case ok:
		text := newSignatureText(obj, sig)
		if sig.Variadic() {
			arg = min(arg, sig.Params().Len()-1)
		}
		d.call = new(callHelp)
		d.call.before, d.call.at, d.call.behind = text.pieces(arg)
	case obj == nil:
		return nil
	default:
		d.decl = declaration(obj) // a conversion
	}
	if obj != nil {
		h.explain(d, obj, detail)
		d.variable, d.more = Variable{}, ""
	}
	return d
}

// callee is the function, variable or type that is called; nil for one without a name.
func (h *halfTyped) callee(fun ast.Expr) types.Object {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return h.info.Uses[f]
	case *ast.SelectorExpr:
		return h.info.Uses[f.Sel]
	case *ast.IndexExpr:
		return h.callee(f.X)
	case *ast.IndexListExpr:
		return h.callee(f.X)
	}
	return nil
}

// plain marks the parameter on a line of its own.
func (c *callHelp) plain() string {
	s := c.before + c.at + c.behind
	if c.at == "" {
		return s
	}
	return s + "\n" + strings.Repeat(" ", utf8.RuneCountInString(c.before)) + strings.Repeat("^", utf8.RuneCountInString(c.at))
}

// markdown writes the parameter in bold.
func (c *callHelp) markdown() string {
	if c.at == "" {
		return fence(c.before)
	}
	return code(c.before) + "**" + code(c.at) + "**" + code(c.behind)
}

// code is text as a code span.
func code(s string) string { return "`" + s + "`" }
