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
	fn   *types.Func  // the first one
	name string       // of the variable
	of   map[*types.Func]string
	told bool // the variable is in the text
}

// findSlots finds what has to be bound late.
func (x *exporter) findSlots() {
	live := map[string]*types.Func{}
	for _, s := range x.code() {
		for _, item := range s.checked.Items {
			f, isFunc := item.(cell.Func)
			if isFunc && f.Recv != nil {
				x.replaceMethod(s, f)
				continue
			}
			for _, obj := range x.declares(item) {
				old := live[obj.Name()]
				delete(live, obj.Name())
				if isFunc && f.Obj.Signature().TypeParams() == nil {
					live[obj.Name()] = f.Obj
					if old != nil && types.Identical(old.Type(), f.Obj.Type()) && (x.slots[old] != nil || x.calledLater(old)) {
						x.share(old, f.Obj, nil)
					}
				}
			}
		}
	}
}

// share puts a declaration into the slot of the one that it replaces.
func (x *exporter) share(old, fn *types.Func, recv *types.Named) {
	s := x.slots[old]
	if s == nil {
		s = &slot{recv: recv, fn: old, of: map[*types.Func]string{}}
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
func (x *exporter) replaceMethod(s *sheet, f cell.Func) {
	if f.Replaced != nil {
		x.share(f.Replaced, f.Obj, f.Recv)
		return
	}
	if at := x.declared[f.Recv.Obj()]; at != s && speaking[f.Obj.Name()] {
		x.note(s, "%s gets the method %s here; in the program it has it from the start, which changes how values are printed before",
			f.Recv.Obj().Name(), f.Obj.Name())
	}
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
