package cell

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/token"
	"go/types"
	"strings"
)

// Description is what is known of a name.
type Description struct {
	Found    bool
	Plain    string
	Markdown string
}

// Inspect describes the name at the cursor, a byte offset into code; between the
// parentheses of a call, where no name is, the called function with the parameter that
// belongs there. With detail 1 or more the source is added. The code may be half-typed.
func (n *Notebook) Inspect(code string, cursor, detail int) Description {
	d := n.describe(code, min(max(cursor, 0), len(code)), detail)
	if d == nil {
		return Description{}
	}
	if d.variable.Obj != nil && n.Value != nil {
		d.value = n.Value(d.variable)
	}
	return Description{Found: true, Plain: d.plain(), Markdown: d.markdown()}
}

// described is a description in parts.
type described struct {
	decl     string    // Go
	call     *callHelp // in place of decl, between the parentheses of a call
	doc      string    // in the syntax of Go comments
	place    string    // e.g. "declared in cell [3], line 2"
	link     string    // to the documentation of a compiled package
	more     string    // Go: source or methods
	variable Variable  // a variable of the notebook, whose value may be asked for
	value    Content
}

func (n *Notebook) describe(code string, cursor, detail int) *described {
	n.mu.Lock()
	defer n.mu.Unlock()
	word, ok := wordAt(code, cursor)
	if !ok {
		return n.describeCall(code, cursor, detail)
	}
	p, errs := parse(n.fset, "cell[0]", code)
	if errs != nil {
		p = parseLoosely(n.fset, code[:word.end()])
	}
	h := n.checkLoosely(p, word.off)
	obj := h.object(word.lit)
	if obj == nil {
		return nil
	}
	d := &described{decl: declaration(obj)}
	h.explain(d, obj, detail)
	return d
}

// wordAt returns the identifier at the cursor.
func wordAt(code string, cursor int) (lexeme, bool) {
	for _, l := range tokenize(code).list {
		if l.tok == token.IDENT && l.off <= cursor && cursor <= l.end() {
			return l, true
		}
	}
	return lexeme{}, false
}

// object returns what the identifier at hand means; nil for unknown.
func (h *halfTyped) object(name string) types.Object {
	if h.at != nil {
		if sel, ok := h.parent(1).(*ast.SelectorExpr); ok && sel.Sel == h.at {
			if s := h.info.Selections[sel]; s != nil {
				return s.Obj()
			}
			if obj := h.info.Uses[h.at]; obj != nil {
				return obj
			}
			return h.field(sel.X, h.at.Name)
		}
		if obj := h.info.Defs[h.at]; obj != nil {
			return obj
		}
		if obj := h.info.Uses[h.at]; obj != nil {
			return obj
		}
	}
	if d := h.n.live[name]; d != nil {
		return d.obj
	}
	if p := h.n.autoImport(name, nil); p != nil {
		return p
	}
	return nil
}

// explain adds documentation, place and source.
func (h *halfTyped) explain(d *described, obj types.Object, detail int) {
	switch {
	case obj.Pkg() == nil:
		d.doc = h.n.pkgs.Doc("builtin", obj.Name())
	case obj.Pkg() != h.n.pkg:
		d.doc = h.n.pkgs.Doc(ImportPath(obj.Pkg()), h.symbol(obj))
		d.link = "https://pkg.go.dev/" + ImportPath(obj.Pkg()) + "#" + h.symbol(obj)
	default:
		h.explainOwn(d, obj, detail)
	}
	if name, ok := obj.(*types.PkgName); ok {
		d.doc = h.n.pkgs.Doc(name.Imported().Path(), "")
		d.place = ""
		d.link = "https://pkg.go.dev/" + name.Imported().Path()
	}
	if t, ok := obj.(*types.TypeName); ok && t.Pkg() != nil {
		if list := methodList(t); list != "" {
			d.more = list
		}
		if s, ok := t.Type().Underlying().(*types.Struct); ok && detail > 0 && !isNotebook(t) {
			if decl := h.fieldsExplained(t, s); decl != "" {
				d.decl = decl
			}
		}
	}
}

// explainOwn explains what a cell declares, this one or an earlier one.
func (h *halfTyped) explainOwn(d *described, obj types.Object, detail int) {
	pos := obj.Pos()
	if live := h.n.live[obj.Name()]; live != nil && live.obj == obj {
		pos = live.pos
	}
	source, offset, where := h.p.source, h.offset(pos), "in this cell"
	if !h.inCell(pos) {
		file := h.n.fset.File(pos)
		if file == nil {
			return
		}
		source, offset, where = h.n.sources[file], file.Offset(pos), "in "+strings.Replace(file.Name(), "[", " [", 1)
	}
	if offset > len(source) {
		return
	}
	d.doc = commentAbove(source, offset)
	d.place = fmt.Sprintf("declared %s, line %d", where, strings.Count(source[:offset], "\n")+1)
	switch obj.(type) {
	case *types.TypeName:
		if text := statementAt(source, offset); strings.HasPrefix(text, "type ") {
			d.decl = text
		}
	default:
		if detail > 0 {
			d.more = statementAt(source, offset)
		}
	}
	if v, ok := obj.(*types.Var); ok && v.Parent() == h.n.pkg.Scope() {
		if live := h.n.live[v.Name()]; live != nil && live.obj == obj {
			d.variable = h.n.asVariable(v.Name(), live.cell, v)
		}
	}
}

// symbol names a declaration of another package as [Packages].Doc wants it.
func (h *halfTyped) symbol(obj types.Object) string {
	if fn, ok := obj.(*types.Func); ok {
		if recv := fn.Signature().Recv(); recv != nil {
			if named := receiver(recv.Type()); named != nil {
				return named.Obj().Name() + "." + fn.Name()
			}
		}
	}
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		if owner := h.owner(v); owner != "" {
			return owner + "." + v.Name()
		}
	}
	return obj.Name()
}

// owner returns the name of the type whose field v is; "" for unknown.
func (h *halfTyped) owner(v *types.Var) string {
	scope := v.Pkg().Scope()
	for _, name := range scope.Names() {
		t, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if s, ok := t.Type().Underlying().(*types.Struct); ok {
			for f := range s.Fields() {
				if f.Origin() == v.Origin() {
					return name
				}
			}
		}
	}
	return ""
}

// commentAbove returns the text of the comment lines that stand right above the line at
// offset or, when there are none, of the comment at its end.
func commentAbove(source string, offset int) string {
	lines := strings.Split(source, "\n")
	at := strings.Count(source[:offset], "\n")
	var doc []string
	for i := at - 1; i >= 0; i-- {
		text, ok := strings.CutPrefix(strings.TrimSpace(lines[i]), "//")
		if !ok {
			break
		}
		doc = append([]string{strings.TrimPrefix(text, " ")}, doc...)
	}
	if len(doc) > 0 {
		return strings.Join(doc, "\n") + "\n"
	}
	t := tokenize(lines[at])
	last := t.list[len(t.list)-1]
	for _, l := range t.list {
		if l.tok != token.EOF && !l.auto() {
			last = l
		}
	}
	if _, text, ok := strings.Cut(lines[at][min(last.end(), len(lines[at])):], "//"); ok {
		return strings.TrimSpace(text) + "\n"
	}
	return ""
}

// maxSource bounds the lines of source that are shown.
const maxSource = 60

// statementAt returns the text of the top-level declaration around offset.
func statementAt(source string, offset int) string {
	t := tokenize(source)
	for i := 0; t.list[i].tok != token.EOF; i++ {
		end := t.statementEnd(i)
		if t.isFunc(i) {
			end = t.funcEnd(i)
		}
		if t.list[i].off <= offset && offset < t.list[end].off {
			text := strings.TrimRight(source[t.list[i].off:t.list[end].off], " \t\r\n")
			if lines := strings.Split(text, "\n"); len(lines) > maxSource {
				text = strings.Join(lines[:maxSource], "\n") + "\n// …"
			}
			return text
		}
		if i = end; t.list[i].tok == token.EOF {
			break
		}
	}
	return ""
}

func (d *described) plain() string {
	var p comment.Parser
	doc := string((&comment.Printer{}).Text(p.Parse(d.doc)))
	parts := []string{d.decl}
	if d.call != nil {
		parts[0] = d.call.plain()
	}
	for _, s := range []string{d.valueLine(), d.value.Note, doc, d.more, d.place, d.link} {
		if s = strings.TrimRight(s, "\n"); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n")
}

func (d *described) valueLine() string {
	if d.value.Text == "" {
		return ""
	}
	size := bytesText(d.value.Size)
	// A looked-at value is one line for tables; here is room for the lines of its String method.
	if lines := strings.ReplaceAll(strings.TrimRight(d.value.Text, "⏎"), "⏎", "\n"); strings.Contains(lines, "\n") {
		return fmt.Sprintf("%s = // %s\n%s", d.variable.Name, size, lines)
	}
	return fmt.Sprintf("%s = %s // %s", d.variable.Name, d.value.Text, size)
}

// bytesText words a size as people read it.
func bytesText(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	case n < 10_000_000_000:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func (d *described) markdown() string {
	var p comment.Parser
	printer := comment.Printer{DocLinkBaseURL: "https://pkg.go.dev", HeadingLevel: 4}
	parts := []string{fence(d.decl)}
	if d.call != nil {
		parts[0] = d.call.markdown()
	}
	if line := d.valueLine(); line != "" {
		parts = append(parts, fence(line))
	}
	if d.value.Note != "" {
		parts = append(parts, "*"+d.value.Note+"*")
	}
	if doc := string(printer.Markdown(p.Parse(d.doc))); strings.TrimSpace(doc) != "" {
		parts = append(parts, strings.TrimRight(doc, "\n"))
	}
	if d.more != "" {
		parts = append(parts, fence(d.more))
	}
	if d.place != "" {
		parts = append(parts, "*"+d.place+"*")
	}
	if d.link != "" {
		parts = append(parts, "["+strings.TrimPrefix(d.link, "https://")+"]("+d.link+")")
	}
	return strings.Join(parts, "\n\n")
}

func fence(code string) string { return "```go\n" + code + "\n```" }
