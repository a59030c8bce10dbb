package molekernel_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

// TestJupyterLabInTheBrowser opens the quickstart in JupyterLab in a headless Chromium,
// runs all cells and looks at what a person would see: every cell done, no error, every
// picture decoded and not blank. The screenshots are kept in build/e2e.
func TestJupyterLabInTheBrowser(t *testing.T) {
	ctx, lab := labWith(t, "notebooks/quickstart.ipynb")
	lab.open(ctx, t, "quickstart.ipynb")
	lab.runAll(ctx, t, 3*time.Minute)
	if n := evaluate[int](ctx, t, countErrors); n != 0 {
		t.Errorf("%d cells show an error:\n%s", n, evaluate[string](ctx, t, errorText))
	}
	pictures := evaluate[[]picture](ctx, t, lookAtPictures)
	if len(pictures) == 0 {
		t.Error("the notebook shows no picture")
	}
	for i, p := range pictures {
		if p.Problem != "" || p.Width == 0 || p.Colours < 3 {
			t.Errorf("picture %d: %d×%d pixels, %d colours %s", i+1, p.Width, p.Height, p.Colours, p.Problem)
		}
	}
	t.Logf("%d pictures, the first %+v", len(pictures), pictures[:min(1, len(pictures))])
	screenshot(ctx, t, "quickstart.png")
}

// browser finds Chromium or Chrome.
func browser(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CHROME"); path != "" {
		return path
	}
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if runtime.GOOS == "darwin" {
		names = append(names, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no Chromium on PATH (Debian: apt install chromium fonts-dejavu-core); or name one by the variable CHROME")
	return ""
}

// labWith starts JupyterLab with a copy of a notebook, without its outputs, in its folder,
// and a browser.
func labWith(t *testing.T, notebook string) (context.Context, *lab) {
	t.Helper()
	e := jupyter(t)
	chromium := browser(t)
	root := t.TempDir()
	copyCleared(t, notebook, filepath.Join(root, filepath.Base(notebook)))
	lab := startLab(t, e, root)
	return openBrowser(t, chromium), lab
}

// copyCleared copies a notebook without its outputs, so that nothing on the page is of an
// earlier run.
func copyCleared(t *testing.T, from, to string) {
	t.Helper()
	nb, err := nbformat.Read(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range nb.Cells {
		c.Outputs, c.Count = nil, 0
	}
	if err := nb.Write(to); err != nil {
		t.Fatal(err)
	}
}

// lab is a running Jupyter server.
type lab struct {
	url, token string
}

// labSettings keep JupyterLab from asking, fetching and hiding cells.
const labSettings = `{
  "@jupyterlab/apputils-extension:notification": {"checkForUpdates": false, "fetchNews": "false"},
  "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
  "@jupyterlab/docmanager-extension:plugin": {"autosave": false}
}`

// startLab starts a server that ends with the test.
func startLab(t *testing.T, e *environment, root string) *lab {
	t.Helper()
	config := filepath.Join(scratch, "jupyter_config_dir", "labconfig")
	if err := os.MkdirAll(config, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "default_setting_overrides.json"), []byte(labSettings), 0o644); err != nil {
		t.Fatal(err)
	}
	var secret [16]byte
	rand.Read(secret[:]) // never fails
	token, port := hex.EncodeToString(secret[:]), freePort(t)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := e.command(ctx, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
		fmt.Sprintf("--port=%d", port), "--ServerApp.port_retries=0", "--IdentityProvider.token="+token,
		"--ServerApp.root_dir="+root, "--expose-app-in-browser", "--LabApp.extension_manager=readonly")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was told to end
		if t.Failed() {
			t.Logf("the server's log:\n%s", log.String())
		}
	})
	l := &lab{url: fmt.Sprintf("http://127.0.0.1:%d", port), token: token}
	l.awaitServer(t, time.Minute)
	return l
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// awaitServer polls the server until it answers.
func (l *lab) awaitServer(t *testing.T, patience time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url+"/api/status?token="+l.token, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("JupyterLab did not start within %v", patience)
		}
	}
}

// openBrowser starts a headless browser with a window of 1500×1050 that ends with the test.
func openBrowser(t *testing.T, path string) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.WindowSize(1500, 1050), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("hide-scrollbars", false), chromedp.WSURLReadTimeout(time.Minute), chromedp.UserDataDir(t.TempDir()))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancelAlloc)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // without a deadline: the browser lives as long as this context
		t.Fatalf("start %s: %v", path, err)
	}
	ctx, cancelTime := context.WithTimeout(ctx, 6*time.Minute)
	t.Cleanup(cancelTime)
	return ctx
}

// What the pages say. Tabs stay in the DOM, so everything is asked of the visible panel.
const (
	panel        = `document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)')`
	appReady     = `!!(window.jupyterapp && window.jupyterapp.commands)`
	kernelIdle   = `window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'`
	panelReady   = `!!` + panel + ` && !!` + panel + `.querySelector('.jp-CodeCell .jp-InputPrompt')`
	firstCell    = `(r => r ? {X: r.x + r.width / 2, Y: r.y + r.height / 2} : {X: -1, Y: -1})(` + panel + `?.querySelector('.jp-Cell .jp-Cell-inputWrapper')?.getBoundingClientRect())`
	hasFocus     = `!!window.jupyterapp.shell.currentWidget?.sessionContext`
	runAllCells  = `window.jupyterapp.commands.execute('notebook:run-all-cells'); true`
	cellsStarted = `[...` + panel + `.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].some(p => /\[(\*|\d+)\]/.test(p.textContent))`
	cellsDone    = `[...` + panel + `.querySelectorAll('.jp-CodeCell')]
		.filter(c => c.querySelector('.cm-content').textContent.trim() !== '')
		.every(c => /^\[\d+\]:?$/.test(c.querySelector('.jp-InputPrompt').textContent.trim()))`
	prompts      = `[...` + panel + `.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent.trim()).join(' ')`
	errorOutputs = `window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.outputs).flatMap(c => c.model.outputs.toJSON()).filter(o => o.output_type === 'error')`
	countErrors  = errorOutputs + `.length`
	errorText    = errorOutputs + `.map(o => o.traceback.join('\n').replace(/\x1b\[[0-9;]*m/g, '')).join('\n')`
)

// open shows the notebook in JupyterLab and waits until its kernel is idle.
func (l *lab) open(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(l.url+"/lab?token="+l.token)); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, time.Minute, appReady)
	if err := chromedp.Do(ctx, chromedp.Navigate(l.url+"/lab/tree/"+name+"?reset")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, time.Minute, appReady)
	await(ctx, t, time.Minute, panelReady)
	clickFirstCell(ctx, t)
	await(ctx, t, 30*time.Second, kernelIdle)
}

// clickFirstCell clicks into the first cell: JupyterLab knows no current notebook before one
// has the focus. It clicks on a place and not on an element, because the page replaces its
// elements while it is drawn, and again when the cell has moved meanwhile.
func clickFirstCell(ctx context.Context, t *testing.T) {
	t.Helper()
	for range 50 {
		at := evaluate[struct{ X, Y float64 }](ctx, t, firstCell)
		if at.X >= 0 {
			if err := chromedp.Do(ctx, chromedp.MouseClickXY(at.X, at.Y)); err != nil {
				t.Fatal(err)
			}
		}
		if evaluate[bool](ctx, t, hasFocus) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	screenshot(ctx, t, "failure.png")
	t.Fatalf("no notebook has the focus after clicks into its first cell (see %s/failure.png)", keepDir)
}

// runAll runs all cells and waits until each has its number and the kernel is idle.
func (l *lab) runAll(ctx context.Context, t *testing.T, patience time.Duration) {
	t.Helper()
	began := time.Now()
	evaluate[bool](ctx, t, runAllCells)
	await(ctx, t, 10*time.Second, cellsStarted)
	await(ctx, t, patience, cellsDone+` || `+countErrors+` > 0`)
	await(ctx, t, patience, kernelIdle)
	t.Logf("all cells after %.1f s: %s", time.Since(began).Seconds(), evaluate[string](ctx, t, prompts))
}

// await polls the page until the expression is true. When the page is loaded anew meanwhile,
// which is an error of the poll, it polls the new one.
func await(ctx context.Context, t *testing.T, patience time.Duration, expression string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression,
			chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(max(time.Until(deadline), time.Millisecond))))
		if err == nil {
			return
		}
		if ctx.Err() == nil && !errors.Is(err, chromedp.ErrPollingTimeout) && time.Now().Before(deadline) {
			t.Logf("%.60s …: %v", expression, err)
			continue
		}
		screenshot(ctx, t, "failure.png")
		t.Fatalf("not so within %v (see %s/failure.png): %s: %v", patience, keepDir, expression, err)
	}
}

// evaluate runs JavaScript in the page and returns what it gives, awaited.
func evaluate[T any](ctx context.Context, t *testing.T, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// picture is what the page says of an image output.
type picture struct {
	Width, Height int
	Colours       int // different colours among the sampled pixels
	Problem       string
}

// lookAtPictures decodes every image output, paints it and counts its colours.
const lookAtPictures = `(async () => {
	const list = [];
	for (const img of ` + panel + `.querySelectorAll('.jp-OutputArea-output img')) {
		const p = {Width: 0, Height: 0, Colours: 0, Problem: ''};
		list.push(p);
		try {
			await img.decode();
			p.Width = img.naturalWidth;
			p.Height = img.naturalHeight;
			const canvas = document.createElement('canvas');
			canvas.width = p.Width;
			canvas.height = p.Height;
			const paint = canvas.getContext('2d');
			paint.drawImage(img, 0, 0);
			const pixels = paint.getImageData(0, 0, p.Width, p.Height).data;
			const seen = new Set();
			for (let i = 0; i < pixels.length && seen.size < 1000; i += 4) {
				seen.add(pixels[i] << 24 | pixels[i + 1] << 16 | pixels[i + 2] << 8 | pixels[i + 3]);
			}
			p.Colours = seen.size;
		} catch (e) {
			p.Problem = String(e);
		}
	}
	return list;
})()`

// showPicture scrolls to the first large picture, so that the screenshot is worth keeping.
const showPicture = `[...` + panel + `?.querySelectorAll('.jp-OutputArea-output img') ?? []]
	.find(img => img.naturalWidth > 400)?.scrollIntoView({block: 'center'}); true`

// screenshot keeps a picture of the window.
func screenshot(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	evaluate[bool](ctx, t, showPicture)
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Errorf("screenshot: %v", err)
		return
	}
	path := kept(t, name)
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Error(err)
	}
	t.Logf("screenshot: %s (%d kB)", strings.TrimPrefix(path, filepath.Dir(path)+"/"), len(png)/1000)
}

// TestValuesAndMagicsInTheBrowser opens a notebook with every kind of value and magic in
// both themes of JupyterLab: nothing fails, tables and pictures are there, and text can be
// told from its background.
func TestValuesAndMagicsInTheBrowser(t *testing.T) {
	ctx, lab := labWith(t, "testdata/values.ipynb")
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1300, 6000)); err != nil {
		t.Fatal(err)
	}
	lab.open(ctx, t, "values.ipynb")
	lab.runAll(ctx, t, time.Minute)
	if n := evaluate[int](ctx, t, countErrors); n != 0 {
		t.Errorf("%d cells show an error:\n%s", n, evaluate[string](ctx, t, errorText))
	}
	if n := evaluate[int](ctx, t, countTables); n < 10 {
		t.Errorf("%d tables are shown, want ten at least", n)
	}
	for _, theme := range []string{"JupyterLab Light", "JupyterLab Dark"} {
		evaluate[bool](ctx, t, fmt.Sprintf(`window.jupyterapp.commands.execute('apputils:change-theme', {theme: '%s'}).then(() => true)`, theme))
		await(ctx, t, 30*time.Second, fmt.Sprintf(`document.body.dataset.jpThemeName === '%s'`, theme))
		if faint := evaluate[string](ctx, t, faintText); faint != "" {
			t.Errorf("%s: hard to read: %s", theme, faint)
		}
		screenshot(ctx, t, "values-"+strings.ToLower(strings.TrimPrefix(theme, "JupyterLab "))+".png")
	}
}

const countTables = panel + `.querySelectorAll('.jp-OutputArea-output table').length`

// faintText lists the table entries whose colour is less than 4.5:1 from their background.
const faintText = `(() => {
	const parse = c => c.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = e => {
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c.length < 4 || c[3] > 0.5) return c;
		}
		return [255, 255, 255];
	};
	const faint = [];
	for (const e of ` + panel + `.querySelectorAll('.jp-OutputArea-output td, .jp-OutputArea-output th')) {
		const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
		if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) faint.push(e.textContent);
	}
	return faint.slice(0, 5).join(', ');
})()`
