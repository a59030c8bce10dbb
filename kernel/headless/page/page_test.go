package page

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

var update = flag.Bool("update", false, "rewrite the golden page")

func TestPageOfTheSample(t *testing.T) {
	nb, err := nbformat.Read("testdata/sample.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	got := Render(nb, Options{Footer: "Executed by <mole-kernel>", Dir: "testdata"})
	golden := filepath.Join("testdata", "sample.html")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("page (-want +got); go test -update rewrites it:\n%s", diff)
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	nb, err := nbformat.Read("testdata/sample.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	got := string(Render(nb, Options{Dir: "testdata"}))
	for _, foreign := range []string{"<script", "<link", "src=\"dot.png\"", "src=\"attachment:", "url("} {
		if strings.Contains(got, foreign) {
			t.Errorf("the page holds %s", foreign)
		}
	}
}

func TestTerminalColours(t *testing.T) {
	for in, want := range map[string]string{
		"plain <b>":                        "plain &lt;b&gt;",
		"\x1b[31mred\x1b[0m":               `<span class="ansi-red">red</span>`,
		"\x1b[1;32mg\x1b[22mx\x1b[39my":    `<span class="ansi-bold ansi-green">g</span><span class="ansi-green">x</span>y`,
		"\x1b[38;5;196mr\x1b[m":            `<span style="color:rgb(255,0,0)">r</span>`,
		"\x1b[48;2;1;2;3mb":                `<span style="background-color:rgb(1,2,3)">b</span>`,
		"a\x1b[2Kb\x1b]0;title\x07c\x1bMd": "abcd",
		"cut \x1b[3":                       "cut \x1b[3",
		"\x1b[38;5m?":                      "?",
	} {
		if got := ansi(in); got != want {
			t.Errorf("ansi(%q)\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestCarriageReturnOverwritesTheLine(t *testing.T) {
	for in, want := range map[string]string{
		"10%\r20%\r30%\ndone\n": "30%\ndone\n",
		"a\r\nb\r\n":            "a\nb\n",
		"last\r":                "last",
		"none":                  "none",
	} {
		if got := overwrite(in); got != want {
			t.Errorf("overwrite(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDollarsThatAreMoneyStayText(t *testing.T) {
	md := newMarkdown()
	for in, math := range map[string]bool{
		"It costs $5 and $6.":            false,
		"$x_1$ and $y_1$":                true,
		"`$x$`":                          false,
		"a $ b $ c":                      false,
		"$$\nI(X;Y)\n- S(Y)\n$$":         true,
		"over $a\nb$ lines":              true,
		"$open\n\nclosed$":               false,
		"text\n$$ x_1 $$\ntext":          true,
		"$$ a_1,\n   b_1 $$":             true,
		"```go\nx := \"$a$\"\n```":       false,
		"$$\nnever closed, but readable": true,
	} {
		got := md.render(in, pictures{})
		if has := strings.Contains(got, `class="math`) || strings.Contains(got, "<math"); has != math {
			t.Errorf("%q: formula = %v, want %v:\n%s", in, has, math, got)
		}
	}
}

func TestUnknownFormulaIsShownInItsTeX(t *testing.T) {
	const want = `<span class="math">\unknown{x} &lt; 1</span>`
	if got := mathTag(`\unknown{x} < 1`, false); got != want {
		t.Errorf("mathTag = %s, want %s", got, want)
	}
}

func FuzzHighlightKeepsTheText(f *testing.F) {
	f.Add("x := 1 // é\nfunc f[T any]() string { return `a\r\nb` }")
	f.Add("\"open\n'ab /* never closed")
	f.Add("\ufeffpackage \x00 \xff")
	f.Fuzz(func(t *testing.T, source string) {
		got := highlightGo(source)
		text := tags.Replace(got)
		if want := escape.Replace(source); text != want {
			t.Errorf("text of %q\n got %q\nwant %q", source, text, want)
		}
	})
}

// tags removes the spans of highlightGo; escape is what html.EscapeString does.
var (
	tags   = spans()
	escape = strings.NewReplacer("&", "&amp;", "'", "&#39;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")
)

func spans() *strings.Replacer {
	var pairs []string
	for _, class := range []string{"c", "k", "s", "n", "t", "b", "f"} {
		pairs = append(pairs, `<span class="`+class+`">`, "")
	}
	return strings.NewReplacer(append(pairs, "</span>", "")...)
}
