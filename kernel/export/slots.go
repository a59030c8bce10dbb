package export

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// slot is a function or method that the notebook declares again, so that what was declared
// before must find the newest: a variable holds it.
type slot struct {
	recv *types.Named // nil for a function
	name string       // of the variable
	of   map[*types.Func]string
	told bool // the variable is in the text
}

// findSlots finds what has to be bound late: functions that are declared again with the
// signature they had, while others may call them, and methods.
func (x *exporter) findSlots() error {
	known := map[string][]*types.Func{}
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			f, ok := item.(cell.Func)
			if !ok {
				continue
			}
			if f.Recv != nil {
				if err := x.replaceMethod(s, f); err != nil {
					return &CellError{Cell: s.number, Err: err}
				}
				continue
			}
			name := f.Obj.Name()
			for _, old := range known[name] {
				if x.slots[old] == nil && !x.calledLater(old) {
					continue
				}
				if old.Signature().TypeParams() != nil && x.alike(old, f.Obj) {
					return &CellError{Cell: s.number, Err: fmt.Errorf("the generic function %s is declared again, and functions that were declared before call it: a Go program cannot say which one they mean", name)}
				}
				if types.Identical(old.Type(), f.Obj.Type()) {
					x.share(old, f.Obj, nil)
					break
				}
			}
			known[name] = append(known[name], f.Obj)
		}
	}
	return nil
}

// alike reports whether two generic functions are called in the same way, whatever their
// constraints.
func (x *exporter) alike(a, b *types.Func) bool {
	return a.Signature().TypeParams().Len() == b.Signature().TypeParams().Len() &&
		x.signature(a.Signature()) == x.signature(b.Signature())
}

// share puts a declaration into the slot of the one that it replaces.
func (x *exporter) share(old, fn *types.Func, recv *types.Named) {
	s := x.slots[old]
	if s == nil {
		s = &slot{recv: recv, of: map[*types.Func]string{}}
		x.slots[old] = s
	}
	x.slots[fn] = s
}

// calledLater reports whether a function is mentioned in the body of any function: it may
// be called when it has been declared again.
func (x *exporter) calledLater(fn *types.Func) bool {
	found := false
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			n := node(item)
			if n == nil {
				continue
			}
			ast.Inspect(n, func(n ast.Node) bool {
				var body *ast.BlockStmt
				switch n := n.(type) {
				case *ast.FuncDecl:
					body = n.Body
				case *ast.FuncLit:
					body = n.Body
				default:
					return !found
				}
				ast.Inspect(body, func(n ast.Node) bool {
					id, ok := n.(*ast.Ident)
					found = found || ok && x.info.Uses[id] == types.Object(fn)
					return !found
				})
				return !found
			})
		}
	}
	return found
}

// replaceMethod binds a method late that takes the place of another. A method that is new
// on a type of an earlier cell is in the program from the start.
func (x *exporter) replaceMethod(s *sheet, f cell.Func) error {
	name := f.Recv.Obj().Name() + "." + f.Obj.Name()
	old := f.Replaced
	switch {
	case old == nil:
		if at := x.declared[f.Recv.Obj()]; at != s && speaking[f.Obj.Name()] {
			x.note(s, "%s gets the method %s here; in the program it has it from the start, which changes how values are printed before",
				f.Recv.Obj().Name(), f.Obj.Name())
		}
	case !types.Identical(old.Type(), f.Obj.Type()):
		if speaking[f.Obj.Name()] {
			return fmt.Errorf("%s is declared again with another signature: in a Go program a type has one method of a name", name)
		}
		x.note(s, "%s is declared again with another signature: it has another name in the program, and interfaces see the first one", name)
	case f.Recv.TypeParams().Len() > 0:
		return fmt.Errorf("%s of a generic type is declared again: a Go program cannot replace it", name)
	case !types.Identical(old.Signature().Recv().Type(), f.Obj.Signature().Recv().Type()):
		return fmt.Errorf("%s is declared again with another kind of receiver: a Go program cannot replace it", name)
	default:
		x.share(old, f.Obj, f.Recv)
	}
	return nil
}

// speaking are the methods that printing and encoding look for.
var speaking = map[string]bool{
	"String": true, "Error": true, "Format": true, "GoString": true, "MarshalJSON": true, "MarshalText": true,
	"MIMEBundle": true, "HTML": true, "Markdown": true, "Latex": true, "SVG": true, "PNG": true,
}

// bind writes what makes a declaration the current one: the variable, once, and the
// assignment at the beginning of the cell.
func (x *exporter) bind(s *sheet, f cell.Func) (variable string) {
	slot := x.slots[f.Obj]
	if slot == nil {
		return ""
	}
	gen := slot.of[f.Obj]
	if slot.recv != nil {
		gen = x.receiver(f.Obj) + "." + gen
	}
	s.late = append(s.late, fmt.Sprintf("%s = %s", slot.name, gen))
	if slot.told {
		return ""
	}
	slot.told = true
	if slot.recv != nil {
		return x.dispatcher(f, slot)
	}
	return fmt.Sprintf("// %s is declared more than once: who calls it finds the latest.\nvar %s %s", slot.name, slot.name, x.typeText(f.Obj.Type()))
}

// receiver is the type of a method's receiver, in the form of a method expression.
func (x *exporter) receiver(fn *types.Func) string {
	t := x.typeText(fn.Signature().Recv().Type())
	if strings.HasPrefix(t, "*") {
		return "(" + t + ")"
	}
	return t
}

// dispatcher is the method that calls the latest declaration of it.
func (x *exporter) dispatcher(f cell.Func, slot *slot) string {
	sig := f.Obj.Signature()
	recv := x.typeText(sig.Recv().Type())
	self := strings.ToLower(slot.recv.Obj().Name()[:1])
	var params, args []string
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		text, arg := x.typeText(t), fmt.Sprintf("arg%d", i+1)
		params, args = append(params, arg+" "+text), append(args, arg)
		if sig.Variadic() && i == sig.Params().Len()-1 {
			params[i], args[i] = arg+" ..."+x.typeText(t.(*types.Slice).Elem()), arg+"..."
		}
	}
	types := append([]string{recv}, params...)
	for i, p := range types[1:] {
		_, types[i+1], _ = strings.Cut(p, " ")
	}
	call := fmt.Sprintf("%s(%s)", slot.name, strings.Join(append([]string{self}, args...), ", "))
	if sig.Results().Len() > 0 {
		call = "return " + call
	}
	results := x.results(sig)
	return fmt.Sprintf("// %s is declared more than once: %s holds the latest.\nfunc (%s %s) %s(%s)%s { %s }\n\nvar %s func(%s)%s",
		f.Obj.Name(), slot.name, self, recv, f.Obj.Name(), strings.Join(params, ", "), results, call,
		slot.name, strings.Join(types, ", "), results)
}
