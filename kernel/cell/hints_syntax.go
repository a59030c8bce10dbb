package cell

import "strings"

// habits says what Go has in place of a word that begins a line in other languages.
var habits = map[string]string{
	"while":  "Go's only loop is for: for x < 3 { … }",
	"def":    "functions are declared so: func f(x int) int { … }",
	"class":  "types are declared so: type Name struct { … }, their methods so: func (n Name) Method() { … }",
	"import": `import paths stand in quotes: import "math"; the packages that cells know need no import`,
	"from":   `import paths stand in quotes: import "math"; the packages that cells know need no import`,
	"let":    "variables are declared so: x := 1, or var x int",
	"int":    "the type stands behind the name: var x int = 1, or x := 1",
	"float":  "the type stands behind the name: var x float64 = 1, or x := 1.0",
	"string": `the type stands behind the name: var s string = "a", or s := "a"`,
	"raise":  `functions return errors: return errors.New("…"); panic("…") stops the cell`,
	"throw":  `functions return errors: return errors.New("…"); panic("…") stops the cell`,
	"try":    noExceptions,
	"except": noExceptions,
	"with":   "defer closes at the end of the function: f, err := os.Open(name); defer f.Close()",
	"del":    "delete(m, key) deletes from a map, slices.Delete(s, i, j) from a slice",
	"assert": `if !condition { panic("…") }`,
	"async":  "go f() runs f beside the others",
	"await":  "go f() runs f beside the others; channels and sync.WaitGroup wait for it",
}

const (
	noExceptions = "Go has no exceptions: functions return an error, if err != nil { … }"
	braces       = "blocks stand in braces: if x == 1 { … }"
)

// found says what is meant by a word that stands where the parser wants something else.
var found = map[string]string{
	"elif":   "else if",
	"in":     "for i, x := range list { … }",
	"and":    "Go's and is &&",
	"or":     "Go's or is ||",
	"is":     "Go compares with ==",
	"catch":  noExceptions,
	"except": noExceptions,
	"'else'": "else stands on the line of the brace before it: } else {",
	"'++'":   "x++ is a statement of its own, and there is no ++x",
	"'--'":   "x-- is a statement of its own, and there is no --x",
	"'{'":    `literals begin with their type: map[string]int{"a": 1}, []int{1, 2}`,
}

// syntaxHint says what to write in place of what the parser refuses.
func syntaxHint(src string, offset int, msg string) string {
	offset = min(offset, len(src))
	start := strings.LastIndexByte(src[:offset], '\n') + 1
	line, _, _ := strings.Cut(src[start:], "\n")
	line = strings.TrimSpace(line)
	before := src[start:offset]
	switch {
	case msg == "expected 1 expression":
		return "nb.Display(a, b) shows several values"
	case strings.Contains(msg, "rune literal"):
		return `strings stand in double quotes: "abc"`
	case strings.HasSuffix(msg, "found ':='") && (strings.HasPrefix(line, "for (") || strings.HasPrefix(line, "if (")):
		return "for and if stand without parentheses: for i := 0; i < 3; i++ { … }"
	case strings.HasPrefix(msg, "illegal character U+003F"):
		return "Go has no ?: operator; use if and else"
	case msg == "expected '{', found newline":
		return "the { stands at the end of the line: for i := range 3 {"
	case msg == "illegal label declaration":
		return braces
	case msg == "unexpected comma; expecting ]":
		return "literals begin with their type: []int{1, 2, 3}"
	case strings.HasPrefix(msg, "expected '(', found") && !strings.HasSuffix(msg, "'") && strings.HasSuffix(strings.TrimSpace(before), "func"):
		return "inside a function a function is a value: f := func() { … }"
	case strings.Contains(before, "lambda"):
		return "function values are written so: func(x int) int { return x }"
	case formatted(before) && strings.HasPrefix(src[offset:], `"`):
		return `fmt.Sprintf("a %v", x) puts values into a string`
	case strings.HasSuffix(strings.TrimSpace(before), "not"):
		return "Go's not is !"
	}
	_, word, _ := strings.Cut(msg, ", found ")
	if hint := found[word]; hint != "" {
		return hint
	}
	first, _, spaced := strings.Cut(line, " ")
	if hint := habits[strings.TrimSuffix(first, ":")]; hint != "" && (spaced || strings.HasSuffix(first, ":")) {
		return hint
	}
	if strings.HasSuffix(line, ":") && (first == "if" || first == "for" || first == "else") {
		return braces
	}
	return ""
}

// formatted tells of a prefix of a string in Python.
func formatted(before string) bool {
	i := len(before) - 1
	return i >= 0 && strings.ContainsRune("fFrRbB", rune(before[i])) && (i == 0 || strings.ContainsRune(" \t(,=+[", rune(before[i-1])))
}
