package engine_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/cell/lower"
	"github.com/mole-kernel/mole-kernel/kernel/program"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

var (
	update = flag.Bool("update", false, "write the expected outputs of one-cell snippets by go run")
	dump   = flag.Bool("dump", false, "log the lowered text")
)

// notebook runs cells in process: check, lower, load, run.
type notebook struct {
	cells   *cell.Notebook
	lowerer *lower.Lowerer
	engine  *engine.Engine
	log     func(string, ...any)
}

func newNotebook(t testing.TB) *notebook {
	n := &notebook{cells: cell.New(symbols.Packages()), lowerer: lower.New()}
	var err error
	n.engine, err = engine.New(engine.Options{
		Exports: symbols.Exports,
		Generic: symbols.Generic,
		Show: func(_ int, values []any) {
			fmt.Println(append([]any{"=>"}, values...)...)
		},
		GoPanic: func(cell int, p *engine.Panic) { fmt.Println("goroutine", p) },
	})
	if err != nil {
		t.Fatal(err)
	}
	n.log = func(string, ...any) {}
	if *dump {
		n.log = t.Logf
	}
	return n
}

var (
	position = regexp.MustCompile(`(?m)^at = \d+$`)
	place    = regexp.MustCompile(`, line \d+`) // of a panic, as notebook.run shows it
)

// prepare checks, lowers and loads a cell.
func (n *notebook) prepare(id int, code string) (*program.Program, error) {
	c, err := n.cells.Check(id, code)
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	p, err := n.lowerer.Lower(c)
	if err != nil {
		n.cells.Discard(c)
		return nil, fmt.Errorf("lower: %w", err)
	}
	if raceDetector {
		// The position of the last statement is shared between goroutines on purpose.
		for _, text := range []*string{&p.Decls, &p.Bind, &p.Run} {
			*text = position.ReplaceAllString(*text, "")
		}
	}
	n.log("decls:\n%s\nbind:\n%s\nrun:\n%s", p.Decls, p.Bind, p.Run)
	if err := n.engine.Load(p); err != nil {
		return nil, err
	}
	n.cells.Commit(c)
	return p, nil
}

// run executes cells one after another and returns what they print.
func (n *notebook) run(t testing.TB, cells []string) string {
	return capture(t, func() {
		for i, code := range cells {
			p, err := n.prepare(i+1, code)
			if err == nil {
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				err = n.engine.Run(ctx, p)
				cancel()
			}
			if err != nil {
				fmt.Println(describe(err))
			}
		}
	})
}

func describe(err error) string {
	s := err.Error()
	var p *engine.Panic
	if errors.As(err, &p) && len(p.Frames) > 0 {
		s += fmt.Sprintf(" [cell %d, line %d]", p.Frames[0].Cell, p.Frames[0].Line)
	}
	return s
}

// capture returns what f writes to standard output.
func capture(t testing.TB, f func()) string {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		text <- string(b)
	}()
	stdout := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = stdout }()
	func() {
		defer w.Close()
		f()
	}()
	return <-text
}

// split separates the cells of a snippet and its expected output.
func split(text string) (cells []string, want string) {
	text, want, _ = strings.Cut(text, "-- want --\n")
	return strings.Split(text, "-- cell --\n"), want
}

// TestCorpus runs the snippets of testdata/corpus, a folder for each feature. Those in
// testdata/failures.txt are known not to work, each with its reason.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/corpus/*/*.go-cell")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus", err)
	}
	known := knownFailures(t)
	var features []string
	passed, total := map[string]int{}, map[string]int{}
	for _, file := range files {
		feature := filepath.Base(filepath.Dir(file))
		name := feature + "/" + strings.TrimSuffix(filepath.Base(file), ".go-cell")
		if total[feature] == 0 {
			features = append(features, feature)
		}
		total[feature]++
		ok := t.Run(name, func(t *testing.T) { runSnippet(t, file, known[name]) })
		if _, fails := known[name]; ok && !fails {
			passed[feature]++
		}
	}
	all := 0
	for _, feature := range features {
		t.Logf("%-12s %3d of %3d", feature, passed[feature], total[feature])
		all += passed[feature]
	}
	t.Logf("%d of %d snippets are right", all, len(files))
}

// hasOracle says whether go run can say what a snippet prints: not where it is about the
// notebook, or refused by the kernel.
func hasOracle(file string, cells []string) bool {
	switch filepath.Base(filepath.Dir(file)) {
	case "notebook", "refused":
		return false
	}
	return len(cells) == 1
}

func runSnippet(t *testing.T, file, reason string) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cells, want := split(string(b))
	if *update && hasOracle(file, cells) {
		want = oracle(t, cells[0])
		if err := os.WriteFile(file, []byte(cells[0]+"-- want --\n"+want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := newNotebook(t).run(t, cells)
	if raceDetector { // under which programs note no lines
		got, want = place.ReplaceAllString(got, ""), place.ReplaceAllString(want, "")
	}
	switch {
	case got == want && reason != "":
		t.Errorf("passes, but is listed as a failure: %s", reason)
	case got != want && reason == "":
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func knownFailures(t *testing.T) map[string]string {
	known := map[string]string{}
	b, err := os.ReadFile("testdata/failures.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if name, reason, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && line[0] != '#' {
			known[name] = reason
		}
	}
	return known
}

// oracle runs a cell as a Go program: its variables are main's, or global when that does not compile.
func oracle(t *testing.T, code string) string {
	out, err := goRun(t, asProgram(t, code, false))
	if err != nil {
		out, err = goRun(t, asProgram(t, code, true))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// asProgram writes a cell as a Go program.
func asProgram(t *testing.T, code string, global bool) string {
	c, err := cell.New(symbols.Packages()).Check(1, code)
	if err != nil {
		t.Fatal(err)
	}
	var imports, decls, body strings.Builder
	text := func(n ast.Node) string {
		base := c.Fset.File(n.Pos())
		return c.Source[base.Offset(n.Pos()):base.Offset(n.End())] + "\n"
	}
	imports.WriteString("package main\n\nimport show__ \"fmt\"\n")
	for _, item := range c.Items {
		switch item := item.(type) {
		case cell.Import:
			imports.WriteString(fmt.Sprintf("import %s %q\n", item.Name.Name(), item.Name.Imported().Path()))
		case cell.Decl:
			if item.Decl.Tok == token.VAR && !global {
				body.WriteString(text(item.Decl))
				continue
			}
			decls.WriteString(text(item.Decl))
		case cell.Func:
			decls.WriteString(text(item.Decl))
		case cell.Init:
			decls.WriteString(text(item.Decl))
		case cell.Define:
			body.WriteString(text(item.Stmt))
			for _, v := range item.New {
				if v != nil {
					fmt.Fprintf(&body, "_ = %s\n", v.Name())
				}
			}
		case cell.Stmt:
			body.WriteString(text(item.Stmt))
		case cell.Value:
			if len(item.Types) == 0 {
				body.WriteString(text(item.Expr))
				continue
			}
			fmt.Fprintf(&body, "show__.Println(\"=>\", %s)\n", strings.TrimSpace(text(item.Expr)))
		}
	}
	return imports.String() + "var _ = show__.Sprint\n" + decls.String() + "func main() {\n" + body.String() + "}\n"
}

// goRun returns what a program prints, with the first lines of its panic.
func goRun(t *testing.T, src string) (string, error) {
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", file)
	cmd.WaitDelay = time.Second // a program that does not end keeps the pipe
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil {
		return string(out), nil
	}
	first, _, _ := strings.Cut(stderr.String(), "\n\ngoroutine")
	if !strings.HasPrefix(first, "panic") {
		return "", fmt.Errorf("%s\n%s", src, stderr.String())
	}
	return string(out) + first + "\n", nil
}
