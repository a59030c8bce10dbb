package molekernel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestTypingInTheBrowser types into cells in JupyterLab and looks at what a person would
// see: the completer with types, the tooltip with a signature, an error with its mark, a
// panic with its lines.
func TestTypingInTheBrowser(t *testing.T) {
	e := jupyter(t)
	chromium := browser(t)
	root := t.TempDir()
	writeNotebook(t, filepath.Join(root, "typing.ipynb"),
		"// Point is a place in the plane.\ntype Point struct{ X, Y float64 }\n\n// Norm is the distance from the origin.\nfunc (p Point) Norm() float64 { return math.Hypot(p.X, p.Y) }\n\np := Point{3, 4}\nscale := func(q Point, by float64) Point { return Point{q.X * by, q.Y * by} }\np.Norm()", "")
	lab := startLab(t, e, root)
	ctx := openBrowser(t, chromium)
	lab.open(ctx, t, "typing.ipynb")
	lab.runAll(ctx, t, time.Minute)

	t.Run("completion", func(t *testing.T) {
		typeInLastCell(ctx, t, "x := 1\np.")
		press(ctx, t, "completer:invoke-notebook")
		await(ctx, t, 10*time.Second, completerItems+`.length >= 3`)
		if got, want := evaluate[string](ctx, t, completerText), "Norm method|X field|Y field"; got != want {
			t.Errorf("the completer shows %s, want %s", got, want)
		}
		screenshot(ctx, t, "completer.png")
	})
	t.Run("signature", func(t *testing.T) {
		typeInLastCell(ctx, t, "strings.Replace(\"abc\", ")
		press(ctx, t, "tooltip:launch-notebook")
		await(ctx, t, 10*time.Second, tooltip+` !== null`)
		text := evaluate[string](ctx, t, tooltip+`.textContent`)
		bold := evaluate[string](ctx, t, tooltip+`.querySelector('strong')?.textContent ?? ''`)
		if bold != "old string" || !strings.Contains(text, "Replace returns a copy") {
			t.Errorf("the tooltip marks %q and shows\n%s", bold, text)
		}
		screenshot(ctx, t, "tooltip.png")
	})
	t.Run("value", func(t *testing.T) {
		typeInLastCell(ctx, t, "p")
		press(ctx, t, "tooltip:launch-notebook")
		await(ctx, t, 10*time.Second, tooltip+` !== null`)
		if text := evaluate[string](ctx, t, tooltip+`.textContent`); !strings.Contains(text, "{X:3 Y:4}") {
			t.Errorf("the tooltip shows\n%s", text)
		}
		screenshot(ctx, t, "tooltip-value.png")
	})
	t.Run("errors", func(t *testing.T) {
		typeInLastCell(ctx, t, "if true {\n\tfmt.Printn(p.Nrom())\n}\ncount = 1")
		runCell(ctx, t, countErrors+` === 1`)
		text := evaluate[string](ctx, t, errorText)
		for _, want := range []string{"did you mean Println?", "did you mean Norm?", "count := …", "^^^^^^"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in the error\n%s", want, text)
			}
		}
		screenshot(ctx, t, "compile-error.png")
	})
	t.Run("panic", func(t *testing.T) {
		typeInLastCell(ctx, t, "at := func(list []float64, i int) float64 {\n\treturn list[i]\n}\nlist := []float64{1, 2}\nat(list, 5)")
		runCell(ctx, t, errorText+`.includes('index out of range')`)
		screenshot(ctx, t, "panic.png")
	})
}

// writeNotebook writes a notebook for this kernel with code cells.
func writeNotebook(t *testing.T, path string, sources ...string) {
	t.Helper()
	var cells []map[string]any
	for i, source := range sources {
		cells = append(cells, map[string]any{"cell_type": "code", "id": fmt.Sprintf("cell-%d", i), "source": source,
			"metadata": map[string]any{}, "outputs": []any{}, "execution_count": nil})
	}
	data, err := json.Marshal(map[string]any{"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{
		"kernelspec": map[string]any{"name": "mole-kernel", "display_name": "Go (mole-kernel)", "language": "go"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

const (
	lastCell       = panel + `.content.widgets.at(-1)`
	completerItems = `document.querySelectorAll('.jp-Completer:not(.jp-mod-hidden) .jp-Completer-item')`
	completerText  = `[...` + completerItems + `].map(i =>
		i.querySelector('.jp-Completer-match').textContent + ' ' + i.querySelector('.jp-Completer-typeExtended').textContent).join('|')`
	tooltip = `document.querySelector('.jp-Tooltip-content')`
)

// typeInLastCell replaces the text of the last cell and leaves the cursor at its end.
func typeInLastCell(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	source, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	evaluate[bool](ctx, t, fmt.Sprintf(`(async () => {
		await window.jupyterapp.commands.execute('tooltip:dismiss');
		const notebook = window.jupyterapp.shell.currentWidget.content;
		notebook.activeCellIndex = notebook.widgets.length - 1;
		notebook.mode = 'edit';
		const cell = notebook.activeCell;
		cell.model.sharedModel.setSource(%s);
		await cell.ready;
		cell.editor.focus();
		const lines = cell.editor.lineCount;
		cell.editor.setCursorPosition({line: lines - 1, column: cell.editor.getLine(lines - 1).length});
		return true;
	})()`, source))
}

// press does what a key that is bound to the command does.
func press(ctx context.Context, t *testing.T, command string) {
	t.Helper()
	evaluate[bool](ctx, t, fmt.Sprintf(`window.jupyterapp.commands.execute(%q); true`, command))
}

// runCell runs the active cell and waits for what it brings.
func runCell(ctx context.Context, t *testing.T, until string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\x1b")); err != nil {
		t.Fatal(err)
	}
	press(ctx, t, "notebook:run-cell")
	await(ctx, t, 30*time.Second, until)
	await(ctx, t, 10*time.Second, kernelIdle)
}
