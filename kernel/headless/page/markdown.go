package page

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	mdhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown renders the Markdown of notebooks: GitHub's flavour, HTML, and TeX between
// dollars.
type markdown struct{ engine goldmark.Markdown }

func newMarkdown() *markdown {
	return &markdown{goldmark.New(
		goldmark.WithExtensions(extension.GFM),
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(),
			parser.WithInlineParsers(util.Prioritized(dollars{}, 150)),
			parser.WithBlockParsers(util.Prioritized(displayMath{}, 650)),
		),
		goldmark.WithRendererOptions(
			mdhtml.WithUnsafe(),
			renderer.WithNodeRenderers(util.Prioritized(nodes{}, 100)),
		),
	)}
}

// render returns the HTML of source, its pictures inside.
func (m *markdown) render(source string, p pictures) string {
	src := []byte(source)
	doc := m.engine.Parser().Parse(text.NewReader(src))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // returns what the function returns: nil
		if img, ok := n.(*ast.Image); ok && entering {
			img.Destination = []byte(p.inline(string(img.Destination)))
		}
		return ast.WalkContinue, nil
	})
	var out bytes.Buffer
	if err := m.engine.Renderer().Render(&out, src, doc); err != nil {
		return "<pre>" + html.EscapeString(source) + "</pre>" // a Buffer does not fail, a node might
	}
	return out.String()
}

// math is a TeX formula.
type math struct {
	ast.BaseInline
	tex     string
	display bool
}

var mathKind = ast.NewNodeKind("Math")

func (*math) Kind() ast.NodeKind { return mathKind }

func (m *math) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"TeX": m.tex}, nil)
}

// dollars parses $…$ and $$…$$ inside a paragraph by pandoc's rule: no space inside the
// single dollars, no digit behind the second, so that "$5 and $6" stays text.
type dollars struct{}

func (dollars) Trigger() []byte { return []byte{'$'} }

func (dollars) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	number, position := block.Position()
	var rest strings.Builder // of the paragraph, without the indentation of its lines
	for {
		line, _ := block.PeekLine()
		if line == nil {
			break
		}
		rest.Write(line)
		block.AdvanceLine()
	}
	block.SetPosition(number, position)
	tex, size, display := cutMath(rest.String())
	if size == 0 {
		return nil
	}
	for line, _ := block.PeekLine(); size > len(line); line, _ = block.PeekLine() {
		size -= len(line)
		block.AdvanceLine()
	}
	block.Advance(size)
	return &math{tex: tex, display: display}
}

// cutMath returns the formula that text begins with and its length with the dollars.
func cutMath(text string) (tex string, size int, display bool) {
	if inner, ok := strings.CutPrefix(text, "$$"); ok {
		end := strings.Index(inner, "$$")
		if end <= 0 {
			return "", 0, false
		}
		return inner[:end], end + 4, true
	}
	inner := text[1:]
	if inner == "" || strings.ContainsRune(" \t\n", rune(inner[0])) {
		return "", 0, false
	}
	for i := 1; i < len(inner); i++ {
		if inner[i] != '$' || inner[i-1] == '\\' {
			continue
		}
		after := i + 1
		if strings.ContainsRune(" \t\n", rune(inner[i-1])) || after < len(inner) && inner[after] >= '0' && inner[after] <= '9' {
			return "", 0, false
		}
		return inner[:i], i + 2, false
	}
	return "", 0, false
}

// displayMath parses a block that stands between two lines of "$$".
type displayMath struct{}

// mathBlock is a formula of its own; its lines are its TeX.
type mathBlock struct{ ast.BaseBlock }

var mathBlockKind = ast.NewNodeKind("MathBlock")

func (*mathBlock) Kind() ast.NodeKind { return mathBlockKind }
func (*mathBlock) IsRaw() bool        { return true }

func (m *mathBlock) Dump(source []byte, level int) { ast.DumpHelper(m, source, level, nil, nil) }

func (displayMath) Trigger() []byte                             { return []byte{'$'} }
func (displayMath) CanInterruptParagraph() bool                 { return true }
func (displayMath) CanAcceptIndentedLine() bool                 { return false }
func (displayMath) Close(ast.Node, text.Reader, parser.Context) {}

func (displayMath) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	if strings.TrimSpace(string(line)) != "$$" {
		return nil, parser.NoChildren
	}
	return &mathBlock{}, parser.NoChildren
}

func (displayMath) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, segment := reader.PeekLine()
	if strings.TrimSpace(string(line)) == "$$" {
		reader.Advance(segment.Len() - 1)
		return parser.Close
	}
	node.Lines().Append(segment)
	reader.Advance(segment.Len() - 1)
	return parser.Continue | parser.NoChildren
}

// nodes renders formulas, and code blocks in Go with colours.
type nodes struct{}

func (nodes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(mathKind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			m := n.(*math)
			w.WriteString(mathTag(m.tex, m.display))
		}
		return ast.WalkContinue, nil
	})
	r.Register(mathBlockKind, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString(mathTag(string(n.Lines().Value(source)), true) + "\n")
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			code := string(n.Lines().Value(source))
			if language := string(n.(*ast.FencedCodeBlock).Language(source)); language == "go" {
				code = highlightGo(code)
			} else {
				code = html.EscapeString(code)
			}
			w.WriteString("<pre class=\"source\"><code>" + code + "</code></pre>\n")
		}
		return ast.WalkContinue, nil
	})
}
