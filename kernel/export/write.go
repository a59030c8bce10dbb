package export

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
)

// page collects text: the declarations, or the statements of main.
type page struct{ text string }

// add appends lines, behind an empty line if there is to be one.
func (p *page) add(text string, blank bool) {
	if text == "" {
		return
	}
	if blank && p.text != "" && !strings.HasSuffix(p.text, "\n\n") {
		p.text += "\n"
	}
	p.text += text + "\n"
}

// append puts a comment behind the last line.
func (p *page) append(text string) { p.text = strings.TrimSuffix(p.text, "\n") + " " + text + "\n" }

// writer writes one program.
type writer struct {
	x     *exporter
	decls *page
	main  *page
	blank map[string]bool // imports for their effect

	shellFunc string // the function that runs commands; "" until one is needed
}

// write returns main.go.
func (x *exporter) write() (string, error) {
	x.imports = map[string]bool{}
	for _, s := range x.slots {
		s.told = false
	}
	w := &writer{x: x, decls: &page{}, main: &page{}, blank: map[string]bool{}}
	if x.Figures != "" {
		w.main.add(fmt.Sprintf("%[1]s.Check(%[1]s.SaveFigures(%[2]q))", x.usePath(nbPath, "nb"), x.Figures), false)
	}
	for _, s := range x.sheets {
		switch {
		case s.Text:
			w.main.add(comment(s.Source), true)
		case s.magic != nil:
			w.magic(s)
		case s.checked == nil:
			w.main.add(comment("The notebook skips this cell:\n\n"+s.Source), true)
		default:
			s.edits.list, s.late = nil, nil
			x.rename(s)
			if err := w.cell(s); err != nil {
				return "", &CellError{Cell: s.number, Err: err}
			}
		}
	}
	return w.file()
}

// file puts the parts together.
func (w *writer) file() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "// Command %s is the notebook %s.ipynb as a Go program, written by mole-kernel export.\npackage main\n\n",
		moduleName(w.x.Name), w.x.Name)
	b.WriteString(w.importBlock())
	if w.decls.text != "" {
		b.WriteString(w.decls.text + "\n")
	}
	b.WriteString("func main() {\n" + w.main.text + "}\n")
	text, err := format.Source([]byte(b.String()))
	if err != nil {
		return "", fmt.Errorf("export %s: the program does not parse: %w\n%s", w.x.Name, err, b.String())
	}
	return string(text), nil
}

// importBlock imports what the text mentions, the standard library first.
func (w *writer) importBlock() string {
	var own, others []string
	add := func(path, line string) {
		if std(path) {
			own = append(own, line)
		} else {
			others = append(others, line)
		}
	}
	for path := range w.x.imports {
		name, line := w.x.names.paths[path], fmt.Sprintf("%q", path)
		if p, err := w.x.Packages.Import(path); err != nil || p.Name() != name || !strings.HasSuffix("/"+path, "/"+name) {
			line = name + " " + line
		}
		add(path, line)
	}
	for path := range w.blank {
		if !w.x.imports[path] {
			add(path, fmt.Sprintf("_ %q", path))
		}
	}
	if len(own)+len(others) == 0 {
		return ""
	}
	slices.SortFunc(own, byPath)
	slices.SortFunc(others, byPath)
	if len(own)+len(others) == 1 {
		return "import " + strings.Join(append(own, others...), "") + "\n\n"
	}
	return "import (\n" + strings.Join(own, "\n") + "\n\n" + strings.Join(others, "\n") + "\n)\n\n"
}

func byPath(a, b string) int {
	return strings.Compare(a[strings.Index(a, `"`):], b[strings.Index(b, `"`):])
}

// comment makes a comment of a text. Behind a tab it stands in a function and stays as it
// is: in the first column gofmt takes it for documentation.
func comment(text string) string {
	// What no Go file may hold.
	text = strings.NewReplacer("\x00", "\uFFFD", "\uFEFF", "").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text)) {
		b.WriteString(strings.TrimRight("\t// "+strings.TrimRight(line, "\r\n"), " ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// cell writes a code cell: its items in the order in which they run, each with the
// comments that stand before it.
func (w *writer) cell(s *sheet) error {
	outer := w.main
	w.main = &page{}
	gaps, tail := s.gaps()
	target := w.main
	for i, item := range s.checked.Items {
		if node(item) == nil {
			continue
		}
		home := w.target(s, item)
		led := w.remarks(gaps[i], target, home)
		before := len(home.text)
		if err := w.item(s, item, home, !led && (gaps[i].blank || home == w.decls)); err != nil {
			return err
		}
		if target = home; len(home.text) == before {
			target = w.main
		}
	}
	w.remarks(tail, target, nil)
	body := strings.Trim(w.main.text, "\n")
	w.main = outer
	w.body(s, body)
	return nil
}

// body adds the statements of a cell to main, as a function of its own where it has to be.
func (w *writer) body(s *sheet, body string) {
	x := w.x
	w.main.add(strings.Join(s.late, "\n"), true)
	if body == "" {
		return
	}
	if !s.scoped {
		w.main.add(body, len(s.late) == 0)
		return
	}
	for _, line := range x.variables(s, hoisted) {
		w.main.add("var "+line, true)
	}
	open := "func() {"
	if s.MayPanic {
		open += fmt.Sprintf("\ndefer func() {\nif r := recover(); r != nil {\n%s.Fprintln(%s.Stderr, \"panic:\", r)\n}\n}()",
			x.usePath(fmtPath, "fmt"), x.usePath(osPath, "os"))
	}
	if v := s.value(); v != nil && !s.MayPanic {
		var results []string
		for _, t := range v.Types {
			results = append(results, x.typeText(t))
		}
		w.main.add(w.show(v.Types, "func() ("+strings.Join(results, ", ")+") {\n"+body+"\n}()"), true)
		return
	}
	w.main.add(open+"\n"+body+"\n}()", true)
}

// target is where an item stands: with the declarations or in main.
func (w *writer) target(s *sheet, item cell.Item) *page {
	x := w.x
	switch item := item.(type) {
	case cell.Func, cell.Init:
		return w.decls
	case cell.Decl:
		switch item.Decl.Tok {
		case token.TYPE:
			return w.decls
		case token.CONST:
			for _, obj := range x.declares(item) {
				if x.home[obj] == global {
					return w.decls
				}
			}
		case token.VAR:
			for _, spec := range item.Decl.Specs {
				if !x.pureSpec(spec.(*ast.ValueSpec)) {
					return w.main
				}
			}
			return w.decls
		}
	case cell.Define:
		if x.pureDefine(item) {
			return w.decls
		}
	}
	return w.main
}

// remarks writes the comments between two items: those behind the first one's last line
// stay there, those right above the second one go with it, the others stay in main. led
// says that some stand right above.
func (w *writer) remarks(g gap, before, next *page) (led bool) {
	list := g.remarks
	if len(list) > 0 && list[0].sameLine && before.text != "" {
		before.append(list[0].text)
		list = list[1:]
	}
	lead := len(list)
	if next != nil && !g.blank {
		for lead > 0 {
			lead--
			if list[lead].blankBefore {
				break
			}
		}
	}
	for _, r := range list[:lead] {
		w.main.add("\t"+r.text, r.blankBefore)
	}
	for i, r := range list[lead:] {
		if next == w.decls {
			next.add(r.text, r.blankBefore || i == 0)
		} else {
			next.add("\t"+r.text, r.blankBefore)
		}
	}
	return len(list) > lead
}

// item writes one item, behind an empty line if there is to be one.
func (w *writer) item(s *sheet, item cell.Item, home *page, blank bool) error {
	x := w.x
	switch item := item.(type) {
	case cell.Import:
		if item.Name.Name() == "_" {
			w.blank[item.Name.Imported().Path()] = true
		}
	case cell.Func:
		if variable := x.bind(s, item); variable != "" {
			w.before(variable, home)
		}
		home.add(s.text(item.Decl), blank)
	case cell.Init:
		home.add(s.text(item.Decl), blank)
		w.main.add(x.name(item.Obj)+"()", false)
	case cell.Decl:
		if item.Decl.Tok == token.VAR {
			return w.varDecl(s, item, home, blank)
		}
		home.add(w.declText(s, item.Decl), blank)
	case cell.Define:
		return w.define(s, item, home, blank)
	case cell.Stmt:
		if value := discarded(item.Stmt); value != nil {
			home.add("_ = "+s.text(value), blank)
			return nil
		}
		home.add(s.text(item.Stmt), blank)
	case cell.Value:
		home.add(w.value(s, item), blank)
	}
	return nil
}

// before puts a declaration above the comments that were written for the next one.
func (w *writer) before(text string, home *page) {
	whole := home.text
	at := strings.LastIndex("\n"+whole, "\n\n") + 1
	if strings.HasSuffix(whole, "\n\n") || at == 1 || !strings.HasPrefix(strings.TrimLeft(whole[min(at, len(whole)):], "\n"), "//") {
		home.add(text, true)
		home.text += "\n"
		return
	}
	home.text = whole[:at] + text + "\n\n" + whole[at:]
}

// declText is the text of a type or constant declaration. Types that were declared before
// just so are left out.
func (w *writer) declText(s *sheet, d *ast.GenDecl) string {
	if d.Tok != token.TYPE || !d.Lparen.IsValid() {
		return s.text(d)
	}
	var lines []string
	for _, spec := range d.Specs {
		lines = append(lines, "type "+s.text(spec))
	}
	return strings.Join(lines, "\n\n")
}

// value shows the last expression of a cell. Where the cell is a function of its own it
// returns the value, which is shown when what it defers has run.
func (w *writer) value(s *sheet, v cell.Value) string {
	switch {
	case len(v.Types) == 0:
		return s.text(v.Expr)
	case s.scoped && !s.MayPanic:
		return "return " + s.text(v.Expr)
	}
	return w.show(v.Types, s.text(v.Expr))
}

// show prints a value as the notebook shows it.
func (w *writer) show(results []types.Type, value string) string {
	x := w.x
	switch {
	case len(results) > 1:
		return fmt.Sprintf("%s.Results(%s)", x.usePath(nbPath, "nb"), value)
	case !basic(results[0]):
		return fmt.Sprintf("%s.Display(%s)", x.usePath(nbPath, "nb"), value)
	case types.Default(results[0]) == types.Typ[types.String]:
		return fmt.Sprintf("%s.Printf(\"%%q\\n\", %s)", x.usePath(fmtPath, "fmt"), value)
	}
	return fmt.Sprintf("%s.Println(%s)", x.usePath(fmtPath, "fmt"), value)
}

// basic reports whether fmt prints values of a type as a notebook shows them.
func basic(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && b.Kind() != types.UntypedNil && b.Kind() != types.UnsafePointer
}
