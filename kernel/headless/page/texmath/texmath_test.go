package texmath

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden MathML")

// TestFormulas reads a file of formulas, each with its MathML on the next line.
func TestFormulas(t *testing.T) {
	const file = "testdata/formulas.txt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range strings.Lines(string(data)) {
		tex := strings.TrimSuffix(line, "\n")
		if tex == "" || strings.HasPrefix(tex, "<math") {
			continue
		}
		text, ok := Convert(tex, false)
		if !ok {
			t.Errorf("Convert(%s) refuses it", tex)
		}
		got.WriteString(tex + "\n" + text + "\n\n")
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(data), got.String()); diff != "" {
		t.Errorf("MathML (-want +got); go test -update rewrites it:\n%s", diff)
	}
}

func TestDisplayedFormulaIsABlock(t *testing.T) {
	if got, _ := Convert("x", true); got != `<math display="block"><mrow><mi>x</mi></mrow></math>` {
		t.Errorf("displayed x: %s", got)
	}
}

func TestUnknownTeXIsRefused(t *testing.T) {
	for _, tex := range []string{
		`\unknown{x}`, `{x`, `x}`, `\frac{1}`, `\left( x`, `x \right)`, `\begin{tikz}\end{tikz}`, `\begin{matrix} a`,
		`\begin{matrix}a\end{pmatrix}`, `a & b`, `a \\ b`, `x^`, `x_`, `x^a^b`, `x_a_b`, `x^a'`, `\`, `\mathcal{q}`,
		`\text{a $x$}`, `\text{a`, `\big`, `\big.`, `\left`, `\operatorname{}`, `\sqrt[3{x}`, "\xff", "a\x00", `\hat`, `\hat\,`,
		`\begin{array}{|l}a\end{array}`, `50%`, `\def\x{y}`, `\middle|`, strings.Repeat("{", 1000), strings.Repeat(`\hat`, 30000), `\frac` + strings.Repeat(`\frac`, 3000),
	} {
		if got, ok := Convert(tex, false); ok || got != "" {
			t.Errorf("Convert(%.40s) = %s, %v, want to be refused", tex, got, ok)
		}
	}
}

func FuzzConvertIsWellFormed(f *testing.F) {
	f.Add(`S_\alpha(A) = \frac{1}{1-\alpha}\,\log_2 \sum_i \lambda_i^\alpha(A), \qquad I = \left(\frac{A\circ B}{\operatorname{tr}(A)}\right)`)
	f.Add(`\begin{cases} a & x < 0 \\[2pt] b & \text{else \& more} \end{cases}`)
	f.Add(`\hat{y} \in \mathbb{R}^{n \times d}, \mathcal{L}, \|x\|_2, \operatorname*{arg\,max}_k, \overline{ab}`)
	f.Add(`\Bigl[ \underbrace{x''_1}_{\text{a b}} \Bigr]~\sqrt[n]{\boldsymbol\theta}`)
	f.Fuzz(func(t *testing.T, tex string) {
		text, ok := Convert(tex, true)
		if !ok {
			if text != "" {
				t.Fatalf("refused %q with %s", tex, text)
			}
			return
		}
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
		}
	})
}
