package magic

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// sample is a table with one magic of each sort.
func sample() Table {
	nothing := func(context.Context, *Call) (kernel.Result, error) { return kernel.Result{}, nil }
	return Table{
		{Name: "time", Holds: GoArgs, Run: nothing},
		{Name: "cd", Words: Folders, Run: nothing},
		{Name: "time", Kind: Cell, Holds: GoBody, Run: nothing},
		{Name: "bash", Kind: Cell, Run: nothing},
		{Kind: Shell, Run: nothing},
	}
}

// describe writes steps as "go 1" and "%time 2 (args)" with the line of each.
func describe(steps []Step) []string {
	var list []string
	for _, s := range steps {
		text := "go"
		if !s.IsGo() {
			text = title(s.Kind, s.Name)
		}
		text = fmt.Sprintf("%s %d", text, s.Line)
		if s.Args != "" {
			text += " (" + s.Args + ")"
		}
		if s.Wrong != nil {
			text += " wrong"
		}
		list = append(list, text)
	}
	return list
}

func TestACellIsCutIntoItsSteps(t *testing.T) {
	known := func(name string) bool { return name == "done" }
	for _, c := range []struct {
		code string
		want []string
	}{
		{"x := 1\nx", nil},
		{"%time f()", []string{"%time 1 (f())"}},
		{"x := 1\n%time f(x)\ny := 2", []string{"go 1", "%time 2 (f(x))", "go 2"}},
		{"!ls -l 'it'\nx := 1", []string{"! 1 (ls -l 'it')", "go 1"}},
		{"!echo \"a\\\n  b\"\n1", []string{"! 1 (echo \"a\\\n  b\")", "go 2"}},
		{"  !ls", []string{"! 1 (ls)"}},
		{"\n// why\n%%bash -x\necho", []string{"%%bash 3 (-x)"}},
		{"x\n%%bash\necho", []string{"go 1", "%%bash 2 wrong", "go 2"}},
		{"%nope", []string{"%nope 1 wrong"}},
		{"%%nope\na", []string{"%%nope 1 wrong"}},
		// What Go means is Go.
		{"!done", nil},
		{"ok := f()\n!ok", nil},
		{"!ok", []string{"! 1 (ok)"}},
		{"!strings.Contains(a, b)", nil},
		{"!true", nil},
		{"a := `\n%time x\n!ls\n`", nil},
		{"/*\n%time x\n*/", nil},
		{"// %time\nx", nil},
		{"f(\n!ok,\n)", nil},
		{"a := b &&\n!c", nil},
		{"a := (b\n%time c)", nil},
		{"func f() {\n%time x\n}", nil},
		{"a := b +\n%time", nil},
		{"% b", nil},
		{"%=", nil},
		{"a := `x` \n!ls `pwd`\nb := `\n!no\n`", []string{"go 1", "! 2 (ls `pwd`)", "go 2"}},
		{"f()\r\n%cd ..\r\ng()", []string{"go 1", "%cd 2 (..)", "go 2"}},
		{"a := 1; !ls", nil},
		{"}\n%cd x", []string{"go 1", "%cd 2 (x)"}},
	} {
		if diff := cmp.Diff(c.want, describe(sample().Split(c.code, known))); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.code, diff)
		}
	}
}

func TestGoOfKeepsLinesAndColumns(t *testing.T) {
	code := "x := 1\n  %time f(x)\n!ls é\ny := x"
	got := GoOf(code, sample().Split(code, nil)...)
	want := "x := 1\n        f(x)\n      \ny := x"
	if got != want || len(got) != len(code) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAnUnknownMagicNamesTheNearestAndTheOthers(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		name string
		want string
	}{
		{Line, "tme", "did you mean %time? there are %time %cd"},
		{Line, "qqqqq", "there are %time %cd"},
		{Line, "bash", "there is %%bash"},
		{Cell, "cd", "there is %cd"},
		{Cell, "timeit", "%bench code repeats"},
		{Line, "pip", "import \"module/path\" fetches"},
	} {
		e := sample().unknown(c.kind, c.name)
		if !strings.Contains(e.Msg, title(c.kind, c.name)) || !strings.HasPrefix(e.Hint, c.want) {
			t.Errorf("%s: %s (%s), want %s", c.name, e.Msg, e.Hint, c.want)
		}
	}
}

func FuzzSplitLosesNothing(f *testing.F) {
	for _, code := range []string{"x\n%time f()\n!ls\n", "%%bash\nls", "`\n!a\n`\n!b\\\nc\n", "(\n%time", "/*\n!x", "!\n%\n%%"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		steps := sample().Split(code, nil)
		at := 0
		for _, s := range steps {
			if s.Start < at || s.End < s.Start || strings.TrimSpace(code[at:s.Start]) != "" && s.Kind != Cell {
				t.Fatalf("%q: step %+v begins behind %d", code, s, at)
			}
			if s.Line != strings.Count(code[:s.Start], "\n")+1 {
				t.Fatalf("%q: step %+v is not on its line", code, s)
			}
			at = s.End
		}
		if steps != nil {
			if text := GoOf(code, steps...); len(text) != len(code) || strings.Count(text, "\n") != strings.Count(code, "\n") {
				t.Fatalf("%q became %q", code, text)
			}
		}
	})
}
