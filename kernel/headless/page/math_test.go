package page

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFormulas(t *testing.T) {
	for tex, want := range map[string]string{
		`x_1`:              `<msub><mi>x</mi><mrow><mn>1</mn></mrow></msub>`,
		`\lambda_i^\alpha`: `<msubsup><mi>λ</mi><mrow><mi>i</mi></mrow><mrow><mi>α</mi></mrow></msubsup>`,
		`\frac{1}{2}`:      `<mfrac><mrow><mrow><mn>1</mn></mrow></mrow><mrow><mrow><mn>2</mn></mrow></mrow></mfrac>`,
		`a-b`:              `<mi>a</mi><mo>−</mo><mi>b</mi>`,
		`1.01, 2`:          `<mn>1.01</mn><mo>,</mo><mn>2</mn>`,
		`f'`:               `<msup><mi>f</mi><mrow><mo>′</mo></mrow></msup>`,
		`\left(x\right)`:   `<mrow><mo stretchy="true">(</mo><mi>x</mi><mo stretchy="true">)</mo></mrow>`,
		`\sum_i x`:         `<msub><mo>∑</mo><mrow><mi>i</mi></mrow></msub><mi>x</mi>`,
		`\sqrt[3]{x}`:      `<mroot><mrow><mrow><mi>x</mi></mrow></mrow><mrow><mn>3</mn></mrow></mroot>`,
	} {
		got, ok := mathML(tex, false)
		if want = `<math><mrow>` + want + `</mrow></math>`; got != want {
			t.Errorf("mathML(%s), %v\n got %s\nwant %s", tex, ok, got, want)
		}
	}
}

func TestLimitsStandBelowInDisplay(t *testing.T) {
	if got, _ := mathML(`\sum_i x`, true); !strings.Contains(got, "<munder>") {
		t.Errorf("displayed sum: %s", got)
	}
}

func TestUnknownTeXStaysTeX(t *testing.T) {
	for _, tex := range []string{
		`\unknown{x}`, `{x`, `x}`, `\frac{1}`, `\left( x`, `\begin{tikz}\end{tikz}`, `\begin{matrix} a`, `a & b`, `x^`, `\`,
		`\mathbb{q}`, strings.Repeat("{", 1000),
	} {
		if got, ok := mathML(tex, false); ok {
			t.Errorf("mathML(%.40s) = %s, want to be refused", tex, got)
		}
		if got := mathTag(tex, false); !strings.Contains(got, `class="math"`) {
			t.Errorf("mathTag(%.40s) = %.80s, want the TeX", tex, got)
		}
	}
}

func FuzzMathMLIsWellFormed(f *testing.F) {
	f.Add(`S_\alpha(A) = \frac{1}{1-\alpha}\,\log_2 \sum_i \lambda_i^\alpha(A), \qquad I = \left(\frac{A\circ B}{\operatorname{tr}(A)}\right)`)
	f.Add(`\begin{cases} a & x < 0 \\ b & \text{else} \end{cases}`)
	f.Add(`\hat{y} \in \mathbb{R}^{n \times d}, \mathcal{L}, \|x\|_2, \operatorname*{argmax}_k, \overline{ab}`)
	f.Fuzz(func(t *testing.T, tex string) {
		text, ok := mathML(tex, true)
		if !ok {
			return
		}
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				if strings.Contains(err.Error(), "illegal character code") || strings.Contains(err.Error(), "invalid UTF-8") {
					return // of the notebook's own text
				}
				t.Fatalf("%v in %s", err, text)
			}
		}
	})
}
