package molekernel_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestStandardInputInTheBrowser runs a cell that scans os.Stdin and types the answers into
// the boxes that JupyterLab opens for them.
func TestStandardInputInTheBrowser(t *testing.T) {
	ctx, lab := labWith(t, "testdata/asks.ipynb")
	lab.open(ctx, t, "asks.ipynb")
	evaluate[bool](ctx, t, `(window.jupyterapp.commands.execute('notebook:run-all-cells'), true)`)
	for _, c := range []struct{ prompt, answer string }{{"Name:", "Ada"}, {"Town:", "Köln"}} {
		await(ctx, t, 30*time.Second, fmt.Sprintf(`(%s.querySelector('.jp-Stdin-prompt')?.textContent ?? '').includes('%s')`, panel, c.prompt))
		evaluate[bool](ctx, t, panel+`.querySelector('.jp-Stdin-input').focus(); true`)
		if err := chromedp.Do(ctx, chromedp.KeyEvent(c.answer+"\r")); err != nil {
			t.Fatal(err)
		}
	}
	await(ctx, t, 30*time.Second, cellsDone)
	text := evaluate[string](ctx, t, panel+`.querySelector('.jp-OutputArea').innerText`)
	if strings.Count(text, "Name:") != 1 || !strings.Contains(text, "hello Ada of Köln") {
		t.Errorf("the cell shows %q", text)
	}
	screenshot(ctx, t, "asks.png")
}
