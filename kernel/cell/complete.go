package cell

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Completion lists what may replace code[Start:End].
type Completion struct {
	Start, End int
	Items      []Candidate // best first
}

// Candidate is one way to go on.
type Candidate struct {
	Text      string
	Kind      string // function, method, variable, field, type, constant, package, keyword, label
	Signature string // its type, e.g. "func(a ...any) (n int, err error)"; "" for none

	fit  int          // how well it fits what was typed, smaller is better
	rank int          // how well it fits the place
	obj  types.Object // what the other fields are made of; nil when they are set
}

// maxCandidates bounds a completion.
const maxCandidates = 500

// placeholder stands at the cursor while half-typed code is checked.
const placeholder = "cursorˈ"

// Complete lists what can stand at the cursor, a byte offset into code. The code may be
// half-typed; what is wrong with it elsewhere does no harm.
func (n *Notebook) Complete(code string, cursor int) Completion {
	cursor = min(max(cursor, 0), len(code))
	start := wordStart(code, cursor)
	c := Completion{Start: start, End: cursor}
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, ok := importPath(code, cursor); ok {
		c.Start = at
		c.Items = n.pathCandidates(code[at:cursor])
		return c
	}
	if inText(code, cursor) {
		return c
	}
	h := n.halfTyped(code, start, cursor)
	h.place = placeAt(code[:start])
	prefix := code[start:cursor]
	c.Items = ranked(h.candidates(prefix), prefix)
	return c
}

// ranked keeps what fits prefix, the best first. Where names begin with it the others are
// left out, so that one candidate can be taken at once.
func ranked(items []Candidate, prefix string) []Candidate {
	best := fitsSparse
	for i := range items {
		items[i].fit = fit(items[i].Text, prefix)
		best = min(best, items[i].fit)
	}
	worst := max(best, fitsFolded)
	items = slices.DeleteFunc(items, func(c Candidate) bool { return c.fit > worst })
	slices.SortFunc(items, func(a, b Candidate) int {
		if a.fit != b.fit {
			return a.fit - b.fit
		}
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.Text, b.Text)
	})
	seen := map[string]bool{}
	list := items[:0]
	for _, c := range items {
		if !seen[c.Text] && len(list) < maxCandidates {
			seen[c.Text] = true
			c.describe()
			list = append(list, c)
		}
	}
	return list
}

// describe fills in what is costly to make for candidates that are not shown.
func (c *Candidate) describe() {
	if c.obj != nil {
		c.Kind, c.Signature, c.obj = kind(c.obj), signature(c.obj), nil
	}
}

// wordStart returns where the identifier that ends at cursor begins.
func wordStart(code string, cursor int) int {
	start := cursor
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(code[:start])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		start -= size
	}
	return start
}

// inText reports whether cursor stands in a comment, a string or a number.
func inText(code string, cursor int) bool {
	t := tokenize(code[:cursor] + placeholder)
	for _, l := range t.list {
		if l.tok == token.IDENT && strings.HasSuffix(l.lit, placeholder) && l.end() == cursor+len(placeholder) {
			return false
		}
	}
	return true
}

// importPath returns where the import path at the cursor begins.
func importPath(code string, cursor int) (int, bool) {
	line := strings.LastIndexByte(code[:cursor], '\n') + 1
	quote := strings.LastIndexByte(code[line:cursor], '"')
	if quote < 0 || strings.Count(code[line:cursor], `"`) != 1 {
		return 0, false
	}
	t := tokenize(code[:line+quote])
	for i := len(t.list) - 1; i >= 0; i-- {
		switch l := t.list[i]; l.tok {
		case token.IMPORT:
			return line + quote + 1, true
		case token.EOF, token.IDENT, token.STRING, token.SEMICOLON, token.PERIOD:
		case token.LPAREN:
			if l.mate >= 0 {
				return 0, false
			}
		default:
			return 0, false
		}
	}
	return 0, false
}

func (n *Notebook) pathCandidates(prefix string) []Candidate {
	var items []Candidate
	for _, path := range n.pkgs.Paths() {
		if strings.HasPrefix(path, prefix) && !hidden(path) {
			items = append(items, Candidate{Text: path, Kind: "package"})
		}
	}
	return items[:min(len(items), maxCandidates)]
}

// hidden reports whether a path is not for users to import.
func hidden(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "internal" || part == "vendor" {
			return true
		}
	}
	return false
}
