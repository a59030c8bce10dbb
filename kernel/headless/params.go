package headless

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

// The tags by which papermill and this package know the cells.
const (
	parametersTag = "parameters"
	injectedTag   = "injected-parameters"
)

// Parameter sets a variable of the cell tagged parameters.
type Parameter struct {
	Name  string
	Value string // as it was typed
}

// ParseParameter reads "name=value"; name must be a Go identifier.
func ParseParameter(text string) (Parameter, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return Parameter{}, fmt.Errorf("parameter %q: write name=value", text)
	}
	if !token.IsIdentifier(name) || name == "_" {
		return Parameter{}, fmt.Errorf("parameter %q: %q is not the name of a Go variable", text, name)
	}
	return Parameter{Name: name, Value: value}, nil
}

// Inject puts a cell that sets the parameters behind the one tagged parameters. A cell
// that an earlier run put there is replaced.
func Inject(nb *nbformat.Notebook, parameters []Parameter) error {
	if len(parameters) == 0 {
		return nil
	}
	nb.Cells = slices.DeleteFunc(nb.Cells, func(c *nbformat.Cell) bool { return c.HasTag(injectedTag) })
	at := slices.IndexFunc(nb.Cells, func(c *nbformat.Cell) bool { return c.Type == "code" && c.HasTag(parametersTag) })
	if at < 0 {
		return errors.New("parameters: the notebook has no code cell tagged \"parameters\" (in JupyterLab: Property Inspector, Cell Tags)")
	}
	declared := variables(nb.Cells[at].Source)
	source := "// Parameters\n"
	for _, p := range parameters {
		text, known := declared[p.Name]
		if !known {
			return fmt.Errorf("parameter %s: the cell tagged parameters declares %s", p.Name, names(declared))
		}
		source += p.Name + " = " + literal(p.Value, text) + "\n"
	}
	cell, err := nb.NewCode(strings.TrimRight(source, "\n"), injectedTag)
	if err != nil {
		return err
	}
	nb.Cells = slices.Insert(nb.Cells, at+1, cell)
	return nil
}

// variables lists what a cell of declarations declares, and whether it is a text.
func variables(source string) map[string]bool {
	declared := map[string]bool{}
	// Statements stand in a function; what does not parse declares what it declared so far.
	file, _ := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+source+"\n}", parser.SkipObjectResolution)
	if file == nil {
		return declared
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		for _, statement := range f.Body.List {
			declareIn(declared, statement)
		}
	}
	return declared
}

// declareIn notes what one top-level statement declares.
func declareIn(declared map[string]bool, statement ast.Stmt) {
	switch s := statement.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			declare(declared, s.Lhs, s.Rhs, false)
		}
	case *ast.DeclStmt:
		decl, ok := s.Decl.(*ast.GenDecl)
		if !ok || decl.Tok != token.VAR {
			return
		}
		for _, spec := range decl.Specs {
			v := spec.(*ast.ValueSpec) // a var declaration has no others
			var left []ast.Expr
			for _, name := range v.Names {
				left = append(left, name)
			}
			declare(declared, left, v.Values, isName(v.Type, "string"))
		}
	}
}

// declare notes the names on the left; text says that they are declared as strings.
func declare(declared map[string]bool, left, right []ast.Expr, text bool) {
	for i, expr := range left {
		name, ok := expr.(*ast.Ident)
		if !ok || name.Name == "_" {
			continue
		}
		isText := text
		if i < len(right) {
			lit, ok := right[i].(*ast.BasicLit)
			isText = isText || ok && lit.Kind == token.STRING
		}
		declared[name.Name] = isText
	}
}

func isName(expr ast.Expr, name string) bool {
	id, ok := expr.(*ast.Ident)
	return ok && id.Name == name
}

func names(declared map[string]bool) string {
	if len(declared) == 0 {
		return "no variable"
	}
	var list []string
	for name := range declared {
		list = append(list, name)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// literal writes a value as Go: numbers, true and false, quoted strings and composite
// literals of such as they are, everything else, and all that a text variable gets, as a
// string.
func literal(value string, text bool) string {
	expr, err := parser.ParseExpr(value)
	if err == nil && (!text || isString(expr)) && isLiteral(expr) {
		return strings.TrimSpace(value)
	}
	return strconv.Quote(value)
}

func isString(expr ast.Expr) bool {
	lit, ok := expr.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING
}

// isLiteral says whether expr is data and nothing that runs.
func isLiteral(expr ast.Expr) bool {
	switch e := expr.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "true" || e.Name == "false"
	case *ast.UnaryExpr:
		return (e.Op == token.SUB || e.Op == token.ADD) && !isString(e.X) && isLiteral(e.X)
	case *ast.KeyValueExpr:
		return isLiteral(e.Key) && isLiteral(e.Value)
	case *ast.CompositeLit:
		return !slices.ContainsFunc(e.Elts, func(x ast.Expr) bool { return !isLiteral(x) })
	}
	return false
}
