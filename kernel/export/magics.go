package export

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/cell"
	"github.com/mole-kernel/mole-kernel/kernel/magic"
)

// pieces cuts a cell into Go and magics. The Go in a magic stands behind it as a piece of
// its own, with the lines of the cell.
func (x *exporter) pieces(n *cell.Notebook, c Cell, number int) []*sheet {
	steps := x.Magics.Split(c.Source, n.Declared)
	if steps == nil {
		return []*sheet{{Cell: c, number: number}}
	}
	var list []*sheet
	for i, step := range steps {
		if !step.IsGo() {
			list = append(list, &sheet{Cell: c, number: number, magic: &steps[i]})
		}
		if step.HoldsGo() && step.Name != "bench" { // which runs code and shows nothing of it
			held := c
			held.Source = magic.GoOf(c.Source, step)
			list = append(list, &sheet{Cell: held, number: number})
		}
	}
	return list
}

// wrong is the error of a magic that cannot run in the notebook either.
func (s *sheet) wrong() error {
	if bad := s.magic.Wrong; bad != nil {
		return fmt.Errorf("line %d: %w", s.magic.Line, bad)
	}
	return nil
}

// magicText is a magic as it stands in the cell.
func (s *sheet) magicText() string {
	if s.magic.HoldsGo() && s.magic.Name != "bench" {
		line, _, _ := strings.Cut(s.Source[s.magic.Start:s.magic.End], "\n")
		return line
	}
	return strings.TrimSpace(s.Source[s.magic.Start:s.magic.End])
}

// translation says how a magic is written as Go.
type translation struct {
	packages []string // that the text calls
	// text returns "" for a use of the magic that has no short form.
	text func(w *writer, step *magic.Step, body string) string
}

// translationOf finds how a magic is written; false for one that becomes a comment.
func translationOf(step *magic.Step) (t translation, ok bool) {
	switch {
	case step.Kind == magic.Shell:
		return translation{[]string{osPath, execPath}, func(w *writer, step *magic.Step, _ string) string {
			return fmt.Sprintf("%s(%s)", w.shell(), literal(step.Args))
		}}, true
	case step.Kind == magic.Cell:
		t, ok = cellTranslations[step.Name]
	default:
		t, ok = lineTranslations[step.Name]
	}
	return t, ok
}

var cellTranslations = map[string]translation{
	"bash":      {[]string{osPath, execPath}, script},
	"sh":        {[]string{osPath, execPath}, script},
	"markdown":  {[]string{nbPath}, shows("Markdown")},
	"html":      {[]string{nbPath}, shows("HTML")},
	"latex":     {[]string{nbPath}, shows("Latex")},
	"svg":       {[]string{nbPath}, shows("SVG")},
	"writefile": {[]string{nbPath, osPath}, writeFile},
}

var lineTranslations = map[string]translation{
	"cd":  {[]string{nbPath, osPath}, changeDir},
	"env": {[]string{osPath}, setEnv},
}

func script(w *writer, step *magic.Step, body string) string {
	if step.Args != "" {
		return ""
	}
	return fmt.Sprintf("%s(%s)", w.shell(), literal(body))
}

func shows(function string) func(*writer, *magic.Step, string) string {
	return func(w *writer, _ *magic.Step, body string) string {
		return fmt.Sprintf("%s.%s(%s)", w.x.usePath(nbPath, "nb"), function, literal(body))
	}
}

func writeFile(w *writer, step *magic.Step, body string) string {
	if strings.ContainsAny(step.Args, " ~\"'") || step.Args == "" {
		return ""
	}
	if body != "" && !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	return fmt.Sprintf("%s.Check(%s.WriteFile(%q, []byte(%s), 0o666))", w.x.usePath(nbPath, "nb"), w.x.usePath(osPath, "os"), step.Args, literal(body))
}

func changeDir(w *writer, step *magic.Step, _ string) string {
	if step.Args == "" || strings.ContainsAny(step.Args, "~$\"'") || step.Args == "-" {
		return ""
	}
	return fmt.Sprintf("%s.Check(%s.Chdir(%q))", w.x.usePath(nbPath, "nb"), w.x.usePath(osPath, "os"), step.Args)
}

func setEnv(w *writer, step *magic.Step, _ string) string {
	name, value, set := strings.Cut(step.Args, "=")
	if !set || strings.ContainsAny(step.Args, " $\"'") {
		return ""
	}
	return fmt.Sprintf("%s.Setenv(%q, %q)", w.x.usePath(osPath, "os"), name, value)
}

// without are the magics of which nothing has to be in a program: its packages are in
// go.mod, all of it is compiled, and nobody waits for it in a notebook.
var without = map[string]bool{"get": true, "import": true, "compile": true, "time": true}

// magic writes a magic: as Go where there is a short way to say it, as a comment otherwise.
func (w *writer) magic(s *sheet) {
	if t, ok := translationOf(s.magic); ok {
		if text := t.text(w, s.magic, s.Source[s.magic.BodyAt:s.magic.End]); text != "" {
			w.main.add(text, true)
			return
		}
	}
	w.main.add(comment(s.magicText()), true)
	if !without[s.magic.Name] {
		w.x.note(s, "line %d: %s is left out: it is a comment", s.magic.Line, strings.Fields(s.magicText())[0])
	}
}

// shell returns the name of the program's function that runs a command.
func (w *writer) shell() string {
	x := w.x
	if w.shellFunc == "" {
		os, exec := x.usePath(osPath, "os"), x.usePath(execPath, "exec")
		w.shellFunc = x.names.shell
		w.decls.add(fmt.Sprintf(`// %[1]s runs a command with the program's output.
func %[1]s(command string) {
	cmd := %[3]s.Command("bash", "-c", command)
	cmd.Stdout, cmd.Stderr = %[2]s.Stdout, %[2]s.Stderr
	if err := cmd.Run(); err != nil {
		panic(err)
	}
}`, w.shellFunc, os, exec), true)
	}
	return w.shellFunc
}

// literal writes a text as a Go string, raw where that reads better.
func literal(text string) string {
	if strings.Contains(text, "\n") && strconv.CanBackquote(strings.NewReplacer("\n", "", "\t", "").Replace(text)) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}
