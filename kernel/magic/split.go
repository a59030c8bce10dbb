package magic

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// Step is a piece of a cell. The steps of a cell run one after the other.
type Step struct {
	Magic      *Magic   // nil for Go and for what is wrong
	Wrong      *BadCall // why it cannot run; nil where it can
	Kind       Kind     // of a magic, like Name, also of one that does not exist
	Name       string
	Start, End int    // the piece, in bytes of the cell
	Line       int    // of Start, from 1
	Args       string // of a magic, without space around it
	ArgsAt     int    // where Args begins
	BodyAt     int    // of a cell magic: where its body begins, End without one
}

// IsGo tells a step of Go code.
func (s Step) IsGo() bool { return s.Magic == nil && s.Wrong == nil }

// Split cuts a cell into its steps; nil for a cell that is nothing but Go. Known tells
// the names that the notebook has: "!done" is Go where done is one of them, a command
// otherwise. A magic stands where a statement can begin at the top of the cell: a line of
// a raw string, a comment, a block or an expression that goes on is always Go.
func (t Table) Split(code string, known func(name string) bool) []Step {
	if !mayHold(code) {
		return nil
	}
	s := splitter{table: t, code: code, known: known, seen: map[string]bool{"true": true, "false": true}}
	if s.cell() {
		return s.steps
	}
	for s.next() {
	}
	if len(s.steps) == 0 {
		return nil
	}
	s.addGo(len(code))
	return s.steps
}

// mayHold is the quick answer for the cells that have no magics, which are most.
func mayHold(code string) bool {
	for line := range strings.Lines(code) {
		if line = strings.TrimLeft(line, " \t"); line != "" && (line[0] == '%' || line[0] == '!') {
			return true
		}
	}
	return false
}

// misplacedHint says where a cell magic belongs.
const misplacedHint = "put it into a cell of its own"

// splitter goes through a cell from magic to magic.
type splitter struct {
	table Table
	code  string
	known func(string) bool
	seen  map[string]bool // names in the Go code so far
	from  int             // where the Go code behind the last magic begins
	depth int             // of brackets
	steps []Step
}

// cell takes a cell magic, which only blank lines and comments may precede.
func (s *splitter) cell() bool {
	start := 0
	for line := range strings.Lines(s.code) {
		text := strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(text, "%%"); ok && startsName(name) {
			s.add(Cell, start+strings.Index(line, "%%"), len(s.code))
			return true
		}
		if text != "" && !strings.HasPrefix(text, "//") {
			return false
		}
		start += len(line)
	}
	return false
}

// next finds the next magic; false at the end of the cell.
func (s *splitter) next() bool {
	src := s.code[s.from:]
	var scan scanner.Scanner
	scan.Init(token.NewFileSet().AddFile("", 1, len(src)), []byte(src), nil, 0)
	fresh := true // a statement can begin
	for {
		pos, tok, lit := scan.Scan()
		at := s.from + int(pos) - 1
		if fresh && s.depth == 0 && s.opensLine(at) && s.take(tok, at) {
			return true
		}
		switch tok {
		case token.EOF:
			return false
		case token.LPAREN, token.LBRACK, token.LBRACE:
			s.depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			s.depth = max(s.depth-1, 0)
		case token.IDENT:
			s.seen[lit] = true
		}
		fresh = tok == token.SEMICOLON
	}
}

func (s *splitter) opensLine(at int) bool {
	line := s.code[strings.LastIndexByte(s.code[:at], '\n')+1 : at]
	return strings.TrimLeft(line, " \t") == ""
}

// take takes the magic that begins with tok, if one does.
func (s *splitter) take(tok token.Token, at int) bool {
	end := lineEnd(s.code, at)
	text := s.code[at:end]
	switch {
	case tok == token.REM && len(text) > 1 && startsName(text[1:]):
		s.addGo(at)
		s.add(Line, at, end)
	case tok == token.REM && len(text) > 2 && text[1] == '%' && startsName(text[2:]):
		s.addGo(at)
		s.add(Cell, at, end)
		last := &s.steps[len(s.steps)-1]
		last.Magic, last.Wrong = nil, &BadCall{Msg: "a cell magic stands on the first line of its cell", Hint: misplacedHint}
	case tok == token.NOT && !s.expression(text[1:]):
		for strings.HasSuffix(strings.TrimRight(s.code[at:end], "\r"), `\`) && end < len(s.code) {
			end = lineEnd(s.code, end+1)
		}
		s.addGo(at)
		s.add(Shell, at, end)
	default:
		return false
	}
	s.from = end
	return true
}

// addGo adds the Go code up to end, if it is more than space.
func (s *splitter) addGo(end int) {
	if strings.TrimSpace(s.code[s.from:end]) != "" {
		s.steps = append(s.steps, Step{Start: s.from, End: end, Line: s.line(s.from)})
	}
}

// add adds the magic of s.code[start:end].
func (s *splitter) add(kind Kind, start, end int) {
	step := Step{Start: start, End: end, Line: s.line(start), BodyAt: end}
	at := start + len(title(kind, ""))
	name := ""
	if kind != Shell {
		name = wordOf(s.code[at:end])
	}
	at += len(name)
	argsEnd := end
	if kind == Cell {
		argsEnd = lineEnd(s.code, at)
		step.BodyAt = min(argsEnd+1, end)
	}
	args := s.code[at:argsEnd]
	step.Kind, step.Name = kind, name
	step.Args = strings.TrimSpace(args)
	step.ArgsAt = at + strings.Index(args, step.Args)
	if step.Magic = s.table.Find(kind, name); step.Magic == nil {
		step.Wrong = s.table.unknown(kind, name)
	}
	s.steps = append(s.steps, step)
}

func (s *splitter) line(at int) int { return strings.Count(s.code[:at], "\n") + 1 }

// expression tells whether text behind "!" is Go: an expression that calls something or
// begins with a name that the notebook or the cell has.
func (s *splitter) expression(text string) bool {
	x, err := parser.ParseExpr(text)
	if err != nil {
		return false
	}
	for {
		switch e := x.(type) {
		case *ast.Ident:
			return s.seen[e.Name] || s.known != nil && s.known(e.Name)
		case *ast.CallExpr:
			return true
		case *ast.BinaryExpr:
			x = e.X
		case *ast.SelectorExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.ParenExpr:
			x = e.X
		case *ast.UnaryExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		default:
			return false
		}
	}
}

func lineEnd(code string, from int) int {
	if i := strings.IndexByte(code[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(code)
}

func startsName(text string) bool { return wordOf(text) != "" }

// Hint says what to do about Go's error at a column (from 0) of a line that looks like a
// magic; "" for any other error.
func Hint(line string, column int) string {
	text := strings.TrimLeft(line, " \t")
	first := len(line) - len(text)
	switch {
	case strings.HasPrefix(text, "%") && column == first && startsName(strings.TrimLeft(text, "%")):
		return "a magic stands at the top of a cell, outside of blocks and brackets"
	case strings.HasPrefix(text, "%") && column == first:
		return "an expression that goes on has its operator at the end of the line; %help lists the magics"
	case strings.HasPrefix(text, "!") && column == first+1:
		return "a shell command stands at the top of a cell, outside of blocks and brackets"
	}
	return ""
}

// wordOf returns the letters, digits and underscores that text begins with.
func wordOf(text string) string {
	end := 0
	for end < len(text) {
		c := text[end]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (end == 0 || c < '0' || c > '9') {
			break
		}
		end++
	}
	return text[:end]
}

// GoOf returns the cell with everything blanked that is no Go of the steps, so that what
// is left keeps its lines and columns.
func GoOf(code string, steps ...Step) string {
	b := []byte(code)
	from := 0
	for _, s := range steps {
		start, end := s.goSpan()
		blank(b[from:start])
		from = end
	}
	blank(b[from:])
	return string(b)
}

// goSpan is the Go of a step, in bytes of the cell.
func (s Step) goSpan() (start, end int) {
	switch {
	case s.IsGo():
		return s.Start, s.End
	case s.Magic == nil:
	case s.Magic.Holds == GoArgs:
		return s.ArgsAt, s.ArgsAt + len(s.Args)
	case s.Magic.Holds == GoBody:
		return s.BodyAt, s.End
	}
	return s.End, s.End
}

// HoldsGo tells whether a step has Go code to check.
func (s Step) HoldsGo() bool {
	start, end := s.goSpan()
	return start < end
}

func blank(b []byte) {
	for i, c := range b {
		if c != '\n' {
			b[i] = ' '
		}
	}
}
