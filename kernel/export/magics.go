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
		if step.HoldsGo() {
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
	if s.magic.HoldsGo() {
		line, _, _ := strings.Cut(s.Source[s.magic.Start:s.magic.End], "\n")
		return line
	}
	return strings.TrimSpace(s.Source[s.magic.Start:s.magic.End])
}

// shows are the cell magics whose body is shown, with the function that shows it.
var shows = map[string]string{"markdown": "Markdown", "html": "HTML", "latex": "Latex", "svg": "SVG"}

// translated are the packages that the translation of a magic calls; nil for a magic that
// becomes a comment.
func (s *sheet) translated() []string {
	switch step := s.magic; {
	case step.Kind == magic.Shell, step.Kind == magic.Cell && (step.Name == "bash" || step.Name == "sh"):
		return []string{osPath, execPath}
	case step.Kind == magic.Cell && shows[step.Name] != "":
		return []string{nbPath}
	}
	return nil
}

// magic writes a magic: as Go where there is a short way to say it, as a comment otherwise.
func (w *writer) magic(s *sheet) {
	x, step := w.x, s.magic
	body := s.Source[step.BodyAt:step.End]
	switch {
	case step.Kind == magic.Shell:
		w.main.add(fmt.Sprintf("%s(%s)", w.shell(), literal(step.Args)), true)
	case step.Kind == magic.Cell && (step.Name == "bash" || step.Name == "sh"):
		w.main.add(fmt.Sprintf("%s(%s)", w.shell(), literal(body)), true)
	case step.Kind == magic.Cell && shows[step.Name] != "":
		w.main.add(fmt.Sprintf("%s.%s(%s)", x.usePath(nbPath, "nb"), shows[step.Name], literal(body)), true)
	default:
		w.main.add(comment(s.magicText()), true)
		x.note(s, "line %d: %s is left out: it is a comment", step.Line, strings.Fields(s.magicText())[0])
	}
}

// shell returns the name of the program's function that runs a command.
func (w *writer) shell() string {
	x := w.x
	if w.shellFunc == "" {
		os, exec := x.usePath(osPath, "os"), x.usePath(execPath, "exec")
		w.shellFunc = x.names.shell
		w.decls.add(fmt.Sprintf(`// %[1]s runs a command with the program's input and output.
func %[1]s(command string) {
	cmd := %[3]s.Command("sh", "-c", command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = %[2]s.Stdin, %[2]s.Stdout, %[2]s.Stderr
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
