package repl

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// displays are those that a cell changes: they are shown when it ends.
type displays struct {
	order []string
	texts map[string]string
}

func (d *displays) hold(id, text string) {
	if _, known := d.texts[id]; !known {
		d.order = append(d.order, id)
	}
	d.texts[id] = text
}

func (d *displays) final() []string {
	var list []string
	for _, id := range d.order {
		list = append(list, d.texts[id])
	}
	return list
}

// show prints what the kernel says and tells whether it is idle.
func (r *repl) show(m *wire.Message, held *displays) (idle bool) {
	switch content := m.Content.(type) {
	case *wire.Status:
		return content.State == "idle"
	case *wire.Stream:
		r.stream(content)
	case *wire.ExecuteResult:
		r.display(content.Data)
	case *wire.DisplayData:
		if id := content.Transient.DisplayID; id != "" {
			held.hold(id, plain(content.Data))
			return false
		}
		r.display(content.Data)
	case *wire.UpdateDisplayData:
		held.hold(content.Transient.DisplayID, plain(content.Data))
	case *wire.Error:
		r.freshLine()
		text := strings.Join(content.Traceback, "\n")
		if text == "" {
			text = content.EName + ": " + content.EValue
		}
		if !r.Colour {
			text = colours.ReplaceAllString(text, "")
		}
		fmt.Fprintln(r.Err, text)
	}
	return false
}

// colours matches what a file or a pipe should not get.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

func (r *repl) stream(s *wire.Stream) {
	if s.Text == "" {
		return
	}
	to := r.Out
	if s.Name == "stderr" {
		to = r.Err
	}
	io.WriteString(to, s.Text) // a reader that is gone does not stop the cells
	r.midLine = !strings.HasSuffix(s.Text, "\n")
}

// display prints the text of a value, and its picture where one can be shown.
func (r *repl) display(data map[string]any) {
	r.freshLine()
	r.line(plain(data))
	if note := r.figures.show(data); note != "" {
		r.line(note)
	}
}

func plain(data map[string]any) string {
	text, _ := data["text/plain"].(string)
	return text
}

func (r *repl) line(text string) {
	if text != "" {
		r.freshLine()
		fmt.Fprintln(r.Out, strings.TrimRight(text, "\n"))
	}
}

// freshLine ends a line that a cell left open.
func (r *repl) freshLine() {
	if r.midLine {
		fmt.Fprintln(r.Out)
	}
	r.midLine = false
}

// figures shows pictures in a terminal that can, and saves them where they cannot be seen.
type figures struct {
	dir      string
	out      io.Writer
	terminal bool
	saved    int
}

// show shows or saves the picture among the representations and says where it is; "" for
// none.
func (f *figures) show(data map[string]any) (note string) {
	if text, ok := data["image/png"].(string); ok {
		if f.terminal && inlinePictures() {
			fmt.Fprintf(f.out, "\x1b]1337;File=inline=1;preserveAspectRatio=1:%s\a\n", strings.TrimSpace(text))
			return ""
		}
		picture, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return ""
		}
		return f.save(picture, "png")
	}
	if text, ok := data["image/svg+xml"].(string); ok {
		return f.save([]byte(text), "svg")
	}
	return ""
}

// inlinePictures says whether the terminal knows iTerm2's protocol for pictures.
func inlinePictures() bool {
	program := os.Getenv("TERM_PROGRAM")
	return program == "iTerm.app" || program == "WezTerm"
}

func (f *figures) save(picture []byte, ending string) (note string) {
	var err error
	if f.dir == "" {
		f.dir, err = os.MkdirTemp("", "mole-figures-")
	} else {
		err = os.MkdirAll(f.dir, 0o755)
	}
	if err != nil {
		return fmt.Sprintf("(the picture could not be saved: %v)", err)
	}
	f.saved++
	file := filepath.Join(f.dir, fmt.Sprintf("figure-%03d.%s", f.saved, ending))
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		return fmt.Sprintf("(the picture could not be saved: %v)", err)
	}
	return fmt.Sprintf("(picture: %s)", file)
}
