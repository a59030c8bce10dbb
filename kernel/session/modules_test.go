//go:build unix

package session_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
)

// project is a notebook in a copy of testdata/modules, whose packages need no network.
type project struct {
	*notebook
	dir string
	env map[string]string // in place of the process's
}

// openProject opens a notebook whose file has these cells; none when it is not known.
func openProject(t testing.TB, cells ...string) *project {
	t.Helper()
	p := &project{dir: t.TempDir(), env: map[string]string{}}
	if err := os.CopyFS(p.dir, os.DirFS(filepath.Join("testdata", "modules"))); err != nil {
		t.Fatal(err)
	}
	source, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	p.env[modules.SourceVariable] = source
	p.notebook = open(t, func(o *session.Options) {
		o.Dir = p.dir
		o.Modules.Builder = modules.NewBuilder(modules.Options{
			Base: symbols.Packages(), Dir: p.dir, Cache: filepath.Join(t.TempDir(), "cache"),
			Getenv: func(name string) string {
				if v, ok := p.env[name]; ok {
					return v
				}
				return os.Getenv(name)
			},
		})
		if len(cells) > 0 {
			o.Modules.Cells = func() []string { return cells }
		}
	})
	return p
}

func (p *project) write(file, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, file), []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) replace(file, old, text string) {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, file))
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(file, strings.Replace(string(data), old, text, 1))
}

func TestPackagesOfOtherModulesAreCompiledIntoTheWorker(t *testing.T) {
	cells := []string{
		"import (\n\t\"example.com/shapes\"\n\t\"example.com/me/internal/deep\"\n)\nimport \"./util\"",
		"s := shapes.Square{3}; s.Area()",
		"import \"example.com/me/internal/deep\"", // the file's cells are looked at: nothing is lost
		"util.Sum(1.5, 2)",
	}
	p := openProject(t, cells...)
	p.want(cells[0], "")
	p.want(cells[1], "9")
	p.want("var shape shapes.Shape = s; fmt.Sprint(shape, shapes.Total(s, shape))", `"square of 3 18"`)
	p.want("deep.Zero", "0")
	p.want("util.Big >> 98", "4")
	p.want("util.Counter++; util.Counter += 2; util.Counter", "3")
	p.want("s.Side", "3")
	p.want(cells[3], "3.5")
	p.want("type mine struct{}\nfunc (mine) Area() float64 { return 1 }\nshapes.Total(mine{}, s)", "10")

	e := p.fail("func f(n int) int { return f(n+1) }\nf(0)")
	if e.Name != "StackOverflow" {
		t.Errorf("got %s: %s", e.Name, e.Value)
	}
	p.want("shapes.Square{2}.Area() + util.Sum(1.0)", "5") // the new worker is of the same make

	for text, want := range map[string]string{
		"import \"example.com/me/util\"\nutil.Ver": "Version",
		"shapes.Sq": "Square",
	} {
		c := p.Complete(t.Context(), text, len(text))
		if len(c.Items) == 0 || c.Items[0].Text != want {
			t.Errorf("%q completes to %v, want %s", text, c.Items, want)
		}
	}
	i := p.Inspect(t.Context(), "shapes.Square", 10, 0)
	if text, _ := i.Bundle.Data["text/plain"].(string); !strings.Contains(text, "Square is a square.") {
		t.Errorf("inspection of shapes.Square: %v", i)
	}
}

func TestModulesWithCCodeAreCompiledWhereThereIsACompiler(t *testing.T) {
	p := openProject(t)
	const code = "import \"example.com/me/cgo\"\ncgo.Twice(21)"
	if _, err := exec.LookPath("gcc"); err != nil {
		if e := p.fail(code); !strings.Contains(traceback(e), "C compiler") {
			t.Errorf("without a C compiler: %s", traceback(e))
		}
		return
	}
	p.want(code, "42")
}

func TestAnImportThatWouldCostValuesIsAnErrorThatChangesNothing(t *testing.T) {
	p := openProject(t)
	p.want("x := make(chan int, 1); x <- 41", "")
	e := p.fail("import \"example.com/shapes\"\nshapes.Square{2}.Area()")
	tb := traceback(e)
	for _, part := range []string{"x of cell [1] holds a channel", "first cell", "%import"} {
		if !strings.Contains(tb, part) {
			t.Errorf("the error does not say %q:\n%s", part, tb)
		}
	}
	p.want("<-x + 1", "42")

	p.run("fine := 7\nx <- 1")
	p.run("%import example.com/shapes")
	p.want("shapes.Square{2}.Area() + float64(fine)", "11")
	if e := p.fail("x"); !strings.Contains(traceback(e), "run cell [1] again") {
		t.Errorf("a lost variable: %s", traceback(e))
	}

	p = openProject(t)
	p.run("n := 1; go func() { for { time.Sleep(time.Millisecond) } }()")
	if e := p.fail("import \"example.com/shapes\""); !strings.Contains(e.Value, "goroutines of earlier cells") {
		t.Errorf("a goroutine that would end: %s", traceback(e))
	}
}

func TestPlainValuesAreCarriedIntoANewWorker(t *testing.T) {
	p := openProject(t)
	p.run(`
type color int
func (c color) String() string { return [...]string{"red", "green"}[c] }
type node struct {
	name string
	next *node
	peers []*node
	tags map[string]any
	at time.Time
}
func (n *node) Name() string { return n.name }
type namer interface{ Name() string }
a := &node{name: "a", tags: map[string]any{"n": 1, "c": color(1), "s": []string{"x"}}, at: time.Unix(5, 0)}
b := node{name: "b", next: a}
a.next = &b
a.peers = []*node{a, &b}
all := []int{1, 2, 3, 4, 5}
part := all[1:3]
item := &all[2]
var i namer = a
var e error
var grid [2][2]complex128
grid[1][0] = 2i
m := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
tn := tensor.Matrix{Rows: 1, Cols: 2, Data: []float32{1, 2}}
words := map[color][]string{1: {"y"}}
self := map[string]any{}
self["self"] = self
var f func()
count := 40
func bump() int { count++; return count }
type table map[string]int
named := table{"q": 1}
plain := map[string]int(named)
berlin := time.Unix(0, 0).In(time.FixedZone("XYZ", 3600))
re := regexp.MustCompile("a+")
anon := struct{ A int; b string }{1, "z"}
big1 := big.NewInt(1 << 60)
pc := &count
x := 1
func oldX() int { return x }`)
	p.run(`x := "new"`)
	p.run("import \"example.com/shapes\"")
	for expr, want := range map[string]string{
		"a.next == &b && b.next == a && a.peers[0] == a && a.peers[1].next == a": "true",
		`fmt.Sprint(a.tags["n"], a.tags["c"], a.tags["s"])`:                      `"1 green [x]"`,
		"a.at.Unix()": "5",
		"item == &all[2] && *item == 3 && len(part) == 2 && cap(part) == 4": "true",
		"part[0] = 20; all[1]":             "20",
		"i.Name() + i.(*node).next.name":   `"ab"`,
		"i.(*node) == a":                   "true",
		"e == nil && f == nil":             "true",
		"grid[1][0]":                       "(0+2i)",
		"m.At(1, 0) + float64(tn.Data[1])": "5",
		"words[color(1)][0]":               `"y"`,
		`self["self"].(map[string]any)["x"] = 1; self["x"].(int)`: "1",
		"bump() + *pc":                                       "82",
		"fmt.Sprint(anon, anon.b)":                           `"{1 z}z"`,
		`plain["q"] = 2; named["q"]`:                         "2",
		`berlin.Format("15:04 MST") + re.FindString("baab")`: `"01:00 XYZaa"`,
		"big1.String()":                                      `"1152921504606846976"`,
		"oldX()":                                             "1",
		"x":                                                  `"new"`,
		"shapes.Square{2}.Area()":                            "4",
	} {
		p.want(expr, want)
	}
	for code, problem := range map[string]string{
		"v := func() int { return 1 }": "holds a function",
		"v := new(sync.Mutex)":         "holds a sync.Mutex",
		"v := os.Stdout":               "holds a os.File",
		"v := errors.New(`e`)":         "holds a errors.errorString",
		"v := m.RawMatrix()":           "shares memory",
		"v := map[string]any{\"a\": []any{1, make(chan int)}}": "holds a channel",
		"v := struct{ A []func() }{[]func(){nil, func() {}}}":  "holds a function",
		"v := []*sync.Once{new(sync.Once)}":                    "sync.Once",
	} {
		p.run(code)
		if e := p.fail("import \"example.com/me/util\""); !strings.Contains(e.Value, problem) {
			t.Errorf("%s: want %q, got %s", code, problem, traceback(e))
		}
		p.run("v := 0")
	}
	p.want("m.At(1, 1)", "4")
}

func TestImportsThatCannotBeHadSayWhy(t *testing.T) {
	p := openProject(t)
	p.env["GOPROXY"], p.env["GOFLAGS"] = "off", "-trimpath"
	t.Setenv("GOPROXY", "off")
	for path, want := range map[string]string{
		"example.com/me/tool":    "it is a program (package main)",
		"example.com/me/broken":  "broken.go:5:23: cannot use \"no number\"",
		"example.com/me/nothing": "example.com/me/nothing",
		"example.com/shapes/no":  "the module has no such package",
		"example.org/absent":     "downloads are switched off",
		"./absent":               "absent",
	} {
		e := p.fail("y := 1\nimport \"" + path + "\"")
		if tb := traceback(e); e.Name != "ImportError" || !strings.Contains(tb, want) || !strings.Contains(e.Value, "2:8") {
			t.Errorf("import %q: want %q, got %s: %s\n%s", path, want, e.Name, e.Value, tb)
		}
	}
	p.want("import \"example.com/shapes\"\nshapes.Square{2}.Area()", "4")

	p = openProject(t)
	p.env["PATH"], p.env["GOROOT"], p.env["HOME"] = "", "", ""
	e := p.fail("import \"example.org/absent\"")
	if findable() {
		return // Go is where everybody has it, which the environment cannot hide
	}
	if !strings.Contains(traceback(e), "no Go toolchain") {
		t.Errorf("without a toolchain: %s", traceback(e))
	}
}

// findable tells of a toolchain outside of PATH.
func findable() bool {
	_, err := os.Stat("/usr/local/go/bin/go")
	return err == nil
}

func TestAChangedLocalPackageIsLoadedAgain(t *testing.T) {
	p := openProject(t)
	p.want("import \"./util\"\nutil.Version()", "1")
	p.replace("internal/deep/deep.go", "Zero = 0", "Zero = 41")
	p.want("util.Version()", "42")
	p.replace("util/util.go", "Version() int { return 1", "Version() float64 { return 1.5")
	p.want("util.Version()", "42.5")
	p.run("import \"example.com/shapes\"\nheld := any(shapes.Square{3}); square := shapes.Square{4}; n := 1")
	p.replace("shapes/shapes.go", "type Square struct{ Side float64 }", "type Square struct{ Name string; Side float64 }")
	if e := p.fail("n"); !strings.Contains(e.Value, "shapes.Square is not what it was") {
		t.Errorf("a value of a type that has changed: %s", traceback(e))
	}
	p.run("%import example.com/shapes")
	p.want("shapes.Square{\"x\", 3}.Side", "3")
	if e := p.fail("held"); !strings.Contains(traceback(e), "run cell") {
		t.Errorf("a value that was given up: %s", traceback(e))
	}
	p.write("util/util.go", "package util\n\nfunc Version() int { return 1 +")
	if e := p.fail("util.Version()"); !strings.Contains(traceback(e), "util.go:3:") {
		t.Errorf("a package that does not parse: %s", traceback(e))
	}
}

func TestGenericFunctionsOfOtherModulesTakeTypesOfTheNotebook(t *testing.T) {
	p := openProject(t)
	p.run("import \"example.com/me/util\"\ntype item struct{ name string; n int }\nfunc (i item) String() string { return \"<\" + i.name + \">\" }\nitems := []item{{\"a\", 1}, {\"b\", 2}}")
	p.want("util.Filter(items, func(i item) bool { return i.n > 1 })[0].name", `"b"`)
	p.want("util.Counter", "1") // it is the package's own variable
	p.want("fmt.Sprint(util.Boxed(items...)...)", `"<a> <b>"`)
	p.want("util.Boxed(items...)[1].(item).n", "2")
	p.want("type num int; util.Sum(num(1), 2)", "3")
	p.want("util.Filter([]int{1, 2, 3}, func(i int) bool { return i > 1 })", "[2 3]")
	if e := p.fail("util.Secret(items[0])"); !strings.Contains(e.Value, "private, which is private to its package") {
		t.Errorf("got %s", traceback(e))
	}
	if e := p.fail("var s util.Stack[item]"); !strings.Contains(e.Value, "cannot hold a type of the notebook") {
		t.Errorf("got %s", traceback(e))
	}
	p.want("func f(n int) int { return f(n+1) }; items[0].n", "1")
	p.fail("f(0)")
	p.want("util.Filter([]item{{\"c\", 3}}, func(i item) bool { return true })[0].n", "3")
}

func TestCompiledCellsAreFunctionsOfTheNotebook(t *testing.T) {
	cells := []string{
		"type P struct{ X, y float64 }\nfunc (p P) Norm() float64 { return math.Hypot(p.X, p.y) }\nconst two = 2\nfunc double(n int) int { return two * n }\nz := 1",
		"%%compile\nfunc fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\n" +
			"func far(ps ...P) (best P) { for _, p := range ps { if p.Norm() > best.Norm() { best = p } }; return }\n" +
			"func sum(f func(P) float64, ps ...P) (s float64) { for _, p := range ps { s += f(p) }; return }\n" +
			"func four(n int) int { return double(double(n)) }\ntype acc struct{ n int }\nfunc (a *acc) add(n int) *acc { a.n += n; return a }",
	}
	p := openProject(t, cells...)
	p.run(cells[0])
	p.run(cells[1])
	p.want("fib(30)", "832040")
	p.want("far(P{1, 2}, P{3, 4}).y", "4")
	p.want("sum(func(p P) float64 { return p.y }, P{1, 2}, P{3, 4}) + sum(P.Norm, P{3, 4})", "11")
	p.want("four(z)", "4")
	p.want("var a acc; a.add(3).add(4).n", "7")
	p.want("func caller() int { return fib(10) }\nf := fib\ncaller() + f(3)", "57")
	p.want("func fib(n int) int { return -n }\ncaller()", "-10")
	for code, want := range map[string]string{
		"func bad() int { return z }":    "2:25: bad uses z, a variable of the notebook",
		"w := 1":                         "2:1: a variable cannot be compiled",
		"func bad(p P) any { return p }": "cannot put P into an interface",
		"func bad(v any) bool { _, ok := v.(*P); return ok }": "cannot put P into an interface",
	} {
		if e := p.fail("%%compile\n" + code); !strings.Contains(traceback(e), want) {
			t.Errorf("%s: want %q, got %s", code, want, traceback(e))
		}
	}
	p.want("z", "1")
}

func TestABuildIsInterruptible(t *testing.T) {
	p := openProject(t)
	out := newTranscript()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-out.Seen // the first line of progress
		cancel()
	}()
	r := p.execute(ctx, "import \"example.com/shapes\"", out)
	if r.Err == nil || r.Err.Name != "Interrupted" {
		t.Fatalf("got %v", r.Err)
	}
	p.want("1 + 1", "2")
	p.want("import \"example.com/shapes\"\nshapes.Square{2}.Area()", "4")
}

// The same function of a cell, interpreted and compiled: docs/modules.md has the figures.
func BenchmarkCompiledCell(b *testing.B) {
	const fib = "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }"
	for name, code := range map[string]string{"interpreted": fib, "compiled": "%%compile\n" + fib} {
		b.Run(name, func(b *testing.B) {
			p := openProject(b, code)
			p.run(code)
			for b.Loop() {
				p.want("fib(20)", "6765")
			}
		})
	}
}
