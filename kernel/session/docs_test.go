//go:build unix

package session_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheExamplesOfTheManualRun runs the Go of each page as the cells of one notebook. A text
// below a cell is what the cell prints and shows.
func TestTheExamplesOfTheManualRun(t *testing.T) {
	for _, page := range []string{"magics.md", "mole.md", "values.md"} {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
			if err != nil {
				t.Fatal(err)
			}
			n := open(t, nil)
			cells := examples(string(text))
			if len(cells) < 5 {
				t.Fatalf("only %d examples are found", len(cells))
			}
			for _, c := range cells {
				out := newTranscript()
				value := n.runTo(c.code, out)
				if c.want == "" {
					continue
				}
				if got := said(out.Entries(), value); got != c.want {
					t.Errorf("%s\n(-want +got)\n%s", c.code, cmp.Diff(c.want, got))
				}
			}
		})
	}
}

// example is a cell of a page with what it shows; "" where the page does not say.
type example struct{ code, want string }

// examples finds the fenced blocks of a page.
func examples(page string) []example {
	var list []example
	for i, block := range strings.Split("\n"+page, "\n```") {
		if i%2 == 0 {
			continue
		}
		kind, text, _ := strings.Cut(block, "\n")
		switch kind {
		case "go":
			list = append(list, example{code: text})
		case "text":
			list[len(list)-1].want = text + "\n"
		}
	}
	return list
}

// said joins what a cell has printed, shown and has as its value.
func said(entries []string, value string) string {
	var b strings.Builder
	for _, entry := range entries {
		kind, text, _ := strings.Cut(entry, ":")
		if b.WriteString(text); kind == "display" {
			b.WriteByte('\n')
		}
	}
	if value != "" {
		b.WriteString(value + "\n")
	}
	return b.String()
}
