package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// strangers are names of other languages, with what Go has in their place.
var strangers = map[string]string{
	"None": "nil is Go's None", "null": "nil is Go's null", "undefined": "nil is Go's undefined",
	"str":     "fmt.Sprint(x) makes a string of a value",
	"float":   "float64 is the usual type",
	"double":  "float64 is the type",
	"char":    "rune is the type of a character, byte that of a byte",
	"boolean": "bool is the type",
	"list":    "[]int is a slice of ints, append adds to it",
	"dict":    "map[string]int is a map from strings to ints",
	"self":    "a method names its receiver itself: func (p Point) Norm() float64 { … }",
	"this":    "a method names its receiver itself: func (p Point) Norm() float64 { … }",
	"pass":    "an empty block is {}",
	"console": "fmt.Println prints",
	"printf":  "fmt.Printf prints",
	"input":   "nb.Input(prompt) asks the reader",
	"abs":     "math.Abs is for float64",
	"sqrt":    "math.Sqrt",
	"open":    "os.Open opens a file, os.ReadFile reads it",
	"exit":    "return leaves a function; a cell ends at its last line, mole-kernel repl at Ctrl-D",
	"quit":    "return leaves a function; a cell ends at its last line, mole-kernel repl at Ctrl-D",
	"np":      "gonum has arrays and matrices: mat.NewDense, floats, stat",
	"pd":      "tables are slices of structs; encoding/csv reads files",
	"plt":     "plotting and gonum's plot draw figures",
	"torch":   "mole, nn and tensor train networks",
	"help":    "%doc fmt.Printf shows documentation, name? what a name is",
	"pip":     "import \"module/path\" fetches a Go module",
}

// memberHabits say what to call for members that values have elsewhere.
var memberHabits = map[string]string{
	"append": "%[1]s = append(%[1]s, x)", "push": "%[1]s = append(%[1]s, x)", "add": "%[1]s = append(%[1]s, x)",
	"len": "len(%s)", "length": "len(%s)", "Length": "len(%s)", "size": "len(%s)", "Len": "len(%s)", "count": "len(%s)",
	"upper": "strings.ToUpper(%s)", "lower": "strings.ToLower(%s)", "strip": "strings.TrimSpace(%s)", "trim": "strings.TrimSpace(%s)",
	"split": "strings.Split(%s, sep)", "replace": "strings.ReplaceAll(%s, old, new)", "format": "fmt.Sprintf(%s, …)",
	"startswith": "strings.HasPrefix(%s, prefix)", "endswith": "strings.HasSuffix(%s, suffix)", "contains": "strings.Contains(%s, sub)",
	"keys": "maps.Keys(%s)", "values": "maps.Values(%s)", "items": "for key, value := range %s { … }",
	"sort": "slices.Sort(%s)", "reverse": "slices.Reverse(%s)", "index": "slices.Index(%s, x)", "shape": "r, c := %s.Dims()",
}

// typeHints word what to do about messages of the type checker; $0 stands for the text
// that the message is about.
var typeHints = []struct {
	msg  func() *regexp.Regexp
	hint string
}{
	{pattern(`^declared and not used: (\w+)`), "use it or remove it; _ = $1 keeps it"},
	{pattern(`^append\((\w+), .* is not used$`), "$1 = $0 keeps the longer slice"},
	{pattern(`\([^()]* of type [^()]*\) is not used$`), "nb.Display($0) shows it; only the last expression of a cell is shown by itself"},
	{pattern(`^missing return`), "every way through the function must end in a return"},
	{pattern(`^cannot index (\w+) \(variable of type \*mat\.\w+\)`), "$1.At(i, j) is an element"},
	{pattern(`^invalid operation: .* \* .*mismatched types (?:untyped )?string and (?:untyped )?int\)`), "strings.Repeat(s, n) repeats a string"},
	{pattern(`^non-boolean condition`), "compare it: $0 != 0, for example"},
	{pattern(`mismatched types string and (untyped )?(int|float|float64)\)`), "fmt.Sprint makes a string of a number"},
	{pattern(`mismatched types (int|float64|float32|int64|uint|uint8|int32) and (int|float64|float32|int64|uint|uint8|int32)\)`), "numbers of different types are converted by hand: float64(n)"},
	{pattern(`^cannot use .* \((?:variable|value|parameter|constant)[^)]* of type (?:int|int8|int16|int32|int64|uint|uint8|uint16|uint32|uint64|float32|float64)\) as (int|int8|int16|int32|int64|uint|uint8|uint16|uint32|uint64|float32|float64) value`), "$1($0) converts it"},
	{pattern(`^cannot use .* \((?:variable|value|parameter|constant)[^)]* of type (?:int|float64)\) as string value`), "fmt.Sprint($0) makes a string of it"},
	{pattern(`^cannot convert .*string.* to type int$`), "strconv.Atoi(s) reads a number"},
	{pattern(`^cannot convert .*string.* to type float64$`), "strconv.ParseFloat(s, 64) reads a number"},
	{pattern(`^multiple-value .* \(value of type \(.*, error\)\)`), "v, err := $0 takes both"},
	{pattern(`^assignment mismatch: 1 variable but .* returns 2 values`), "v, err := … takes both"},
	{pattern(`index -1 .* must not be negative`), "s[len(s)-1] is the last element"},
	{pattern(`^missing init expr for (\w+)`), "var $1 declares a variable without a value"},
	{pattern(`^label (try|except|finally) declared`), noExceptions},
	{pattern(`^label (if|else|for|while)\b`), braces},
	{pattern(`^initialization cycle`), "a function that uses itself is declared with func"},
}

var (
	wantsPointer = pattern(`^cannot use (.*) \(.* of (?:struct )?type ([\w.]+)\) as \*([\w.]+) value`)
	wantsValue   = pattern(`^cannot use (.*) \(.* of type \*([\w.]+)\) as ([\w.]+) value`)
	unknownField = pattern(`^unknown field (\w+) in struct literal of type`)
)

// habitHint is for mistakes that are not of spelling.
func (k *checking) habitHint(e types.Error) string {
	text := k.textAt(e)
	for _, h := range typeHints {
		if m := h.msg().FindStringSubmatchIndex(e.Msg); m != nil {
			hint := strings.ReplaceAll(h.hint, "$0", text)
			return string(h.msg().ExpandString(nil, hint, e.Msg, m))
		}
	}
	if m := wantsPointer().FindStringSubmatch(e.Msg); m != nil && m[2] == m[3] {
		return "&" + m[1] + " is a pointer to it"
	}
	if m := wantsValue().FindStringSubmatch(e.Msg); m != nil && m[2] == m[3] {
		return "*" + m[1] + " is what it points to"
	}
	if strings.Contains(e.Msg, "cannot indirect") && strings.HasSuffix(strings.TrimRight(k.p.source[:k.offset(e.Pos)], " "), "**") {
		return "math.Pow(x, y) is x to the power of y"
	}
	return ""
}

// textAt is the text that an error is about, when it is short and in one line.
func (k *checking) textAt(e types.Error) string {
	from := k.offset(e.Pos)
	text := k.p.source[from:min(from+k.width(e), len(k.p.source))]
	if len(text) > 40 || strings.Contains(text, "\n") {
		return "x"
	}
	return text
}

// undefinedHint says what an unknown name could mean.
func (k *checking) undefinedHint(name string, e types.Error) string {
	if k.assignedTo(name, e.Pos) {
		return fmt.Sprintf("%s := … declares a new variable", name)
	}
	if hint := strangers[name]; hint != "" {
		return hint
	}
	candidates := append(k.visibleNames(), k.localNames(e.Pos)...)
	member := k.selectedOn(e.Pos)
	if member == "" {
		return didYouMean(name, candidates)
	}
	for p := range k.n.packageNames() {
		candidates = append(candidates, p)
	}
	if near := didYouMean(name, candidates); near != "" || !ast.IsExported(member) || ast.IsExported(name) {
		return near
	}
	return fmt.Sprintf("a package of another module is imported by its path: import \"example.com/%s\"", name)
}

// assignedTo tells whether the name at pos is what a plain assignment sets.
func (k *checking) assignedTo(name string, pos token.Pos) bool {
	found := false
	k.nodesAt(pos, func(n ast.Node) {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
			for _, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Pos() == pos && id.Name == name {
					found = true
				}
			}
		}
	})
	return found
}

// selectedOn returns what is selected from the name at pos; "" for nothing.
func (k *checking) selectedOn(pos token.Pos) string {
	found := ""
	k.nodesAt(pos, func(n ast.Node) {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.X.Pos() == pos {
			found = sel.Sel.Name
		}
	})
	return found
}

// nodesAt visits the nodes that pos lies in.
func (k *checking) nodesAt(pos token.Pos, visit func(ast.Node)) {
	for _, d := range append(k.methodDecls(), k.decls...) {
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil || pos < n.Pos() || pos > n.End() {
				return false
			}
			visit(n)
			return true
		})
	}
}

// localNames lists the names of the function around pos.
func (k *checking) localNames(pos token.Pos) []string {
	var names []string
	for _, obj := range k.info.Defs {
		if obj != nil && obj.Parent() != nil && obj.Parent() != k.n.pkg.Scope() && obj.Parent().Contains(pos) {
			names = append(names, obj.Name())
		}
	}
	return names
}

// memberHint says what to do about a member that a value does not have.
func (k *checking) memberHint(name string, t types.Type, e types.Error) string {
	names := memberNames(t, k.n.pkg)
	if name == "shape" && slices.Contains(names, "Dims") {
		return fmt.Sprintf(memberHabits[name], k.operandAt(e.Pos))
	}
	if near := didYouMean(name, names); near != "" {
		return near
	}
	if t == nil {
		return ""
	}
	habit, ok := memberHabits[name]
	_, isNamed := types.Unalias(t).(*types.Named)
	if !ok || isNamed {
		return ""
	}
	return fmt.Sprintf(habit, k.operandAt(e.Pos))
}

// operandAt is the text before the selector at pos.
func (k *checking) operandAt(pos token.Pos) string {
	text := "x"
	k.nodesAt(pos, func(n ast.Node) {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Pos() == pos {
			text = types.ExprString(sel.X)
		}
	})
	return text
}

// fieldHint is for an unknown key in the struct literal around pos.
func (k *checking) fieldHint(name string, pos token.Pos) string {
	var lit *ast.CompositeLit
	k.nodesAt(pos, func(n ast.Node) {
		if l, ok := n.(*ast.CompositeLit); ok {
			lit = l
		}
	})
	if lit == nil {
		return ""
	}
	s, ok := under(k.info.TypeOf(lit)).(*types.Struct)
	if !ok && lit.Type != nil {
		s, ok = under(k.info.TypeOf(lit.Type)).(*types.Struct)
	}
	if !ok {
		return ""
	}
	var names []string
	for f := range s.Fields() {
		names = append(names, f.Name())
	}
	return didYouMean(name, names)
}
