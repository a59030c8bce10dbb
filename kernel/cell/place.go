package cell

import (
	"go/token"
	"slices"
	"strings"
)

// place is what the tokens before the cursor say of the place where a word is typed.
type place struct {
	t      *tokens
	last   int     // index of the token before the word, -1 for none
	blocks []brace // what the open braces hold, outermost first
	opens  []int   // their tokens
	inside bool    // a parenthesis, a bracket or a literal is open inside the innermost block
}

// brace is what a pair of braces holds.
type brace int

const (
	plainBlock brace = iota
	funcBlock
	loopBlock
	switchBlock
	selectBlock
	typeBlock
	literal
)

// placeAt looks at the code before a word.
func placeAt(before string) *place {
	p := &place{t: tokenize(before)}
	p.last = len(p.t.list) - 2 // before EOF
	for p.last >= 0 && p.t.list[p.last].auto() && !strings.Contains(before[p.t.list[p.last].off:], "\n") {
		p.last-- // the end of the text is no end of a line
	}
	for _, o := range p.t.open {
		if p.t.list[o].tok != token.LBRACE {
			p.inside = true
			continue
		}
		k := p.kindOf(o)
		p.blocks, p.opens = append(p.blocks, k), append(p.opens, o)
		p.inside = k == literal || k == typeBlock
	}
	return p
}

// kindOf tells what an opening brace begins.
func (p *place) kindOf(o int) brace {
	list := p.t.list
	if o > 0 && isTypeKeyword(list[o-1].tok) {
		return typeBlock
	}
	if word := p.wordOf(o); word >= 0 {
		switch list[word].tok {
		case token.FUNC:
			return funcBlock
		case token.FOR:
			return loopBlock
		case token.SWITCH:
			return switchBlock
		case token.SELECT:
			return selectBlock
		}
		return plainBlock
	}
	if o == 0 || list[o-1].tok == token.SEMICOLON || list[o-1].tok == token.LBRACE || list[o-1].tok == token.COLON {
		return plainBlock
	}
	return literal
}

// wordOf returns the token of the keyword that an opening brace belongs to: the nearest one
// before it in the statement; -1 for none.
func (p *place) wordOf(o int) int {
	for i := o - 1; i >= 0; i-- {
		switch l := p.t.list[i]; {
		case l.mate >= 0 && l.mate < i:
			i = l.mate
		case l.auto():
			return -1
		}
		switch p.t.list[i].tok {
		case token.LBRACE, token.LPAREN, token.LBRACK:
			if p.t.list[i].mate < i {
				return -1
			}
		case token.FUNC, token.FOR, token.SWITCH, token.SELECT, token.IF, token.ELSE:
			return i
		}
	}
	return -1
}

// before is the token before the word; EOF for none.
func (p *place) before() token.Token {
	if p.last < 0 {
		return token.EOF
	}
	return p.t.list[p.last].tok
}

// startsStatement tells whether a statement can begin with the word.
func (p *place) startsStatement() bool {
	if p.inside {
		return false
	}
	switch p.before() {
	case token.EOF, token.SEMICOLON, token.LBRACE:
		return true
	case token.COLON:
		return true
	}
	return false
}

// within reports whether one of the kinds is open around the word, without leaving the
// function.
func (p *place) within(kinds ...brace) bool {
	for _, k := range slices.Backward(p.blocks) {
		if slices.Contains(kinds, k) {
			return true
		}
		if k == funcBlock {
			return false
		}
	}
	return false
}

// innermost is the kind of the innermost block; plainBlock at the top of the cell.
func (p *place) innermost() brace {
	if len(p.blocks) == 0 {
		return plainBlock
	}
	return p.blocks[len(p.blocks)-1]
}

// Keywords by where they may stand.
var (
	wordsOfStatements = []string{"const", "defer", "for", "go", "goto", "if", "select", "switch", "type", "var"}
	wordsOfValues     = []string{"chan", "func", "interface", "map", "struct"}
)

// keywords lists the keywords that may stand at the word.
func (p *place) keywords() []string {
	switch p.before() {
	case token.PERIOD, token.PACKAGE, token.IMPORT, token.BREAK, token.CONTINUE, token.GOTO, token.FUNC, token.TYPE:
		return nil
	case token.ELSE:
		return []string{"if"}
	case token.RBRACE:
		return []string{"else"}
	case token.FOR:
		return []string{"range"}
	}
	if !p.startsStatement() {
		words := slices.Clone(wordsOfValues)
		if p.inForHeader() {
			words = append(words, "range")
		}
		return words
	}
	if k := p.innermost(); (k == switchBlock || k == selectBlock) && !p.afterClause() {
		return []string{"case", "default"}
	}
	words := slices.Concat(wordsOfStatements, wordsOfValues)
	if len(p.blocks) == 0 {
		words = append(words, "import", "package")
	}
	if slices.Contains(p.blocks, funcBlock) {
		words = append(words, "return")
	}
	if p.within(loopBlock) {
		words = append(words, "continue")
	}
	if p.within(loopBlock, switchBlock, selectBlock) {
		words = append(words, "break")
	}
	if k := p.innermost(); k == switchBlock || k == selectBlock {
		words = append(words, "case", "default")
		if k == switchBlock {
			words = append(words, "fallthrough")
		}
	}
	return words
}

// inForHeader tells whether the word stands behind "for x :=".
func (p *place) inForHeader() bool {
	if tok := p.before(); p.inside || tok != token.DEFINE && tok != token.ASSIGN {
		return false
	}
	for i := p.last; i >= 0; i-- {
		switch p.t.list[i].tok {
		case token.FOR:
			return true
		case token.SEMICOLON, token.LBRACE, token.RBRACE:
			return false
		}
	}
	return false
}

// afterClause tells whether the innermost block has a case already.
func (p *place) afterClause() bool {
	for i := p.opens[len(p.opens)-1] + 1; i <= p.last; i++ {
		switch l := p.t.list[i]; {
		case l.tok == token.CASE || l.tok == token.DEFAULT:
			return true
		case l.mate > i:
			i = l.mate
		}
	}
	return false
}

// labels lists the labels that break, continue or goto could name; jumps tells that only a
// label can stand there.
func (p *place) labels(all *tokens) (names []string, jumps bool) {
	word := p.before()
	switch word {
	case token.GOTO:
		for i := range all.list[:len(all.list)-1] {
			if isLabel(all.list, i) {
				names = append(names, all.list[i].lit)
			}
		}
		return names, true
	case token.BREAK, token.CONTINUE:
	default:
		return nil, false
	}
	for i, o := range slices.Backward(p.opens) {
		k := p.blocks[i]
		if k == funcBlock {
			break
		}
		if k != loopBlock && (word == token.CONTINUE || k != switchBlock && k != selectBlock) {
			continue
		}
		if label := p.wordOf(o) - 2; label >= 0 && isLabel(p.t.list, label) {
			names = append(names, p.t.list[label].lit)
		}
	}
	return names, true
}

// isLabel tells whether a label stands at token i.
func isLabel(list []lexeme, i int) bool {
	if list[i].tok != token.IDENT || list[i+1].tok != token.COLON {
		return false
	}
	return i == 0 || list[i-1].tok == token.SEMICOLON || list[i-1].tok == token.LBRACE && list[i-1].mate < 0 || list[i-1].tok == token.COLON
}
