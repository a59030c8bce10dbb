//go:build unix

package session_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
)

// withoutToolchain opens a notebook on a machine that has no go command, but a module cache.
func withoutToolchain(t *testing.T) *project {
	t.Helper()
	p := &project{dir: t.TempDir(), env: map[string]string{}}
	if err := os.CopyFS(p.dir, os.DirFS(filepath.Join("testdata", "modules"))); err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(p.dir, "cache")
	p.notebook = open(t, func(o *session.Options) {
		o.Dir = p.dir
		o.Modules.Builder = modules.NewBuilder(modules.Options{
			Base: symbols.Packages(), Dir: p.dir, NoToolchain: true,
			Getenv: func(name string) string { return map[string]string{"GOMODCACHE": cache}[name] },
		})
	})
	return p
}

func (p *project) add(file, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, file)), 0o777); err != nil {
		p.t.Fatal(err)
	}
	p.write(file, text)
}

const counterPackage = `package counter

import (
	"errors"
	"fmt"
)

// ErrFull says that nothing more can be counted.
var ErrFull = errors.New("full")

var (
	Total = base + 1
	base  = start()
	log   []string
)

func start() int { log = append(log, "start"); return 10 }

func init() { log = append(log, "init") }

func Log() []string { return log }

type Counter struct {
	N    int
	name string
}

func New(name string) *Counter { return &Counter{name: name} }

func (c *Counter) Add(n int) error {
	if c.N+n > 5 {
		return fmt.Errorf("%s: %w", c.name, ErrFull)
	}
	c.N += n
	Total += n
	return nil
}

func (c Counter) String() string { return fmt.Sprintf("%s=%d", c.name, c.N) }

type Shape interface {
	Area() float64
	private() string
}

type square float64

func (s square) Area() float64   { return float64(s * s) }
func (s square) private() string { return "square" }

func Square(side float64) Shape { return square(side) }

func Kind(v any) string {
	if s, ok := v.(Shape); ok {
		return s.private()
	}
	return "none"
}

func Map[T, U any](list []T, f func(T) U) []U {
	var out []U
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

type Pair[T any] struct{ First, Second T }

func (p Pair[T]) Swap() Pair[T] { return Pair[T]{p.Second, p.First} }

const Limit = 5

func Boom(list []int) int { return list[Limit] }
`

func TestPackagesAreInterpretedWithoutAToolchain(t *testing.T) {
	p := withoutToolchain(t)
	p.add("counter/counter.go", counterPackage)
	p.add("counter/other_windows.go", "package counter\n\nfunc nothing")
	p.want("func New(name string) string { return name }\nfunc Log() []string { return nil }\nimport \"./counter\"", "")
	p.want("counter.Log()", `["start" "init"]`)
	p.want("c := counter.New(\"c\"); c.Add(3)", "<nil>")
	p.want("err := c.Add(3); fmt.Sprint(err, errors.Is(err, counter.ErrFull))", `"c: full true"`)
	p.want("counter.Total", "14")
	p.want("counter.Total = 2; counter.Total += counter.Limit; counter.Total++; counter.Total", "8")
	p.want("fmt.Sprintf(\"%v %T %+v\", c, c, *c)", `"c=3 *counter.Counter c=3"`)
	p.want("s := counter.Square(2); fmt.Sprintf(\"%v %T\", s.Area(), s)", `"4 counter.square"`)
	p.want("type own struct{ counter.Counter }\nfunc (own) Area() float64 { return 1 }\nfunc (own) private() string { return \"own\" }\nown{}.Area()", "1")
	p.want("counter.Kind(s) + counter.Kind(own{})", `"squarenone"`)
	p.want("counter.Map([]own{{}}, func(o own) string { return o.private() })", `["own"]`)
	p.want("counter.Pair[string]{\"a\", \"b\"}.Swap().First", `"b"`)
	p.want("New(\"mine\")", `"mine"`)
	p.want("f := counter.New; f(\"g\").String()", `"g=0"`)
	p.want("import other \"example.com/me/counter\"\nother.Total", "8")
	if text := traceback(p.fail("counter.Boom(nil)")); !strings.Contains(text, "counter/counter.go, line 74") {
		t.Errorf("the traceback does not name the file:\n%s", text)
	}
}

func TestInterpretedPackagesAreInitializedAgainAfterADeath(t *testing.T) {
	p := withoutToolchain(t)
	p.add("counter/counter.go", counterPackage)
	p.add("outer/outer.go", "package outer\n\nimport \"example.com/me/counter\"\n\nvar Seen = counter.Total * 2\n")
	p.want("import (\n\"./outer\"\n\"./counter\"\n)\ncounter.Total++; outer.Seen + counter.Total", "34")
	p.fail("func f(n int) int { return f(n+1) }\nf(0)")
	p.want("outer.Seen + counter.Total", "33")
	p.run("%reset")
	p.want("import \"./counter\"\ncounter.Total", "11")
}

func TestAChangedInterpretedPackageIsTold(t *testing.T) {
	p := withoutToolchain(t)
	p.add("counter/counter.go", "package counter\n\nvar Total = 1\n")
	p.want("import \"./counter\"\ncounter.Total", "1")
	p.write("counter/counter.go", "package counter\n\nvar Total = 2\n")
	for _, told := range []bool{true, false} {
		out := newTranscript()
		p.runTo("counter.Total", out)
		if got := strings.Contains(out.String(), "counter have changed: %reset"); got != told {
			t.Errorf("told: %v, want %v:\n%s", got, told, out)
		}
	}
	p.run("%reset")
	p.want("import \"./counter\"\ncounter.Total", "2")
}

func TestVersionsOfInterpretedPackages(t *testing.T) {
	p := withoutToolchain(t)
	for _, v := range []string{"v1.9.0", "v1.10.0", "v1.11.0-rc.1"} {
		p.add("cache/example.org/lib@"+v+"/sub/sub.go", "package sub\n\nfunc Version() string { return \""+v+"\" }\n")
	}
	p.add("cache/example.org/!upper@v0.1.0/u.go", "package upper\n\nimport \"example.org/lib/sub\"\n\nvar Of = sub.Version()\n")
	p.add("vendor/example.org/kept/kept.go", "package kept\n\nconst Where = \"vendor\"\n")
	p.want("import \"example.org/Upper\"\nupper.Of", `"v1.10.0"`)
	p.want("import \"example.org/kept\"\nkept.Where", `"vendor"`)
	p.want("import \"example.com/shapes\"\nshapes.Square{2}.Area()", "4") // by a replace line

	p = withoutToolchain(t)
	p.write("go.mod", "module example.com/me\n\nrequire example.org/lib v1.9.0\n")
	p.add("cache/example.org/lib@v1.9.0/lib.go", "package lib\n\nconst Version = 9\n")
	p.add("cache/example.org/lib@v1.10.0/lib.go", "package lib\n\nconst Version = 10\n")
	p.want("import \"example.org/lib\"\nlib.Version", "9")
}

func TestPackagesThatCannotBeInterpretedAreErrors(t *testing.T) {
	p := withoutToolchain(t)
	for name, c := range map[string]struct{ text, want string }{
		"embeds":   {"package embeds\n\nimport _ \"embed\"\n\n//go:embed a.txt\nvar Text string\n", "embeds.go:5: the file embeds files"},
		"pointers": {"package pointers\n\nimport \"unsafe\"\n\nvar P unsafe.Pointer\n", "pointers.go:3: the file imports \"unsafe\""},
		"bodyless": {"package bodyless\n\nfunc F() int\n", "example.com/me/bodyless/bodyless.go:3"},
		"callers":  {"package callers\n\nimport \"runtime\"\n\nfunc F() int { return runtime.Callers(0, nil) }\n", "callers.go:5:23: runtime.Callers"},
		"wrong":    {"package wrong\n\nvar X int = \"no\"\n", "wrong/wrong.go:3:13"},
		"syntax":   {"package syntax\n\nfunc {\n", "syntax/syntax.go:3:6"},
		"needs":    {"package needs\n\nimport \"example.org/absent\"\n\nvar X = absent.X\n", "example.org/absent"},
		"panics":   {"package panics\n\nvar list []int\n\nvar X = list[3]\n", "could not be initialized"},
		"linked":   {"package linked\n\n//go:linkname now time.now\nfunc now() int\n", "linked.go:3: "},
		"twisted":  {"package twisted\n\nimport _ \"example.com/me/twisted\"\n", "import cycle"},
	} {
		p.add(name+"/"+name+".go", c.text)
		e := p.fail("import \"./" + name + "\"\ny := 1")
		if text := traceback(e); !strings.Contains(text, c.want) {
			t.Errorf("%s: want %q in\n%s", name, c.want, text)
		}
	}
	p.want("1 + 1", "2")
	p.write("panics/panics.go", "package panics\n\nvar X = 3\n")
	p.want("import \"./panics\"\npanics.X", "3")
}
