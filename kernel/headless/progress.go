package headless

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// Progress tells a person how far the run is. The zero value says nothing.
type Progress struct {
	Log   io.Writer // one line for each cell
	Text  io.Writer // what the cells print and show, as text
	Width int       // columns of the terminal that Log is; 0 when it is none

	state *progressState // made by begin
}

// progressState is the cell at work.
type progressState struct {
	label    string
	source   string
	started  time.Time
	status   string // the last line of a display that is being updated
	live     bool   // the status line stands on the terminal
	midLine  bool   // Text does not stand at the beginning of a line
	updating map[string]string
	order    []string
}

func (p *Progress) begin(n, of int, c *nbformat.Cell) {
	width := len(fmt.Sprint(of))
	midLine := p.state != nil && p.state.midLine
	p.state = &progressState{
		label:    fmt.Sprintf("[%*d/%d]", width, n, of),
		source:   summary(c.Source),
		started:  time.Now(),
		midLine:  midLine,
		updating: map[string]string{},
	}
	p.tick()
}

// message shows what a running cell says.
func (p *Progress) message(content wire.Content) {
	if p.state == nil {
		return
	}
	switch m := content.(type) {
	case *wire.Stream:
		p.print(m.Text)
	case *wire.ExecuteResult:
		p.show(m.Data)
	case *wire.DisplayData:
		if m.Transient.DisplayID == "" {
			p.show(m.Data)
			return
		}
		p.hold(m.Transient.DisplayID, m.Data)
	case *wire.UpdateDisplayData:
		p.hold(m.Transient.DisplayID, m.Data)
	}
}

// hold keeps the newest text of a display that changes; it is shown when the cell ends,
// and its last line stands in the status line until then.
func (p *Progress) hold(id string, data map[string]any) {
	text := plain(data)
	if _, known := p.state.updating[id]; !known {
		p.state.order = append(p.state.order, id)
	}
	p.state.updating[id] = text
	if cut := strings.TrimSpace(text); cut != "" {
		p.state.status = cut[strings.LastIndexByte(cut, '\n')+1:]
	}
	p.tick()
}

// plain is the text of a bundle.
func plain(data map[string]any) string {
	text, _ := data["text/plain"].(string)
	return text
}

func (p *Progress) show(data map[string]any) {
	if text := plain(data); text != "" {
		p.newline()
		p.print(strings.TrimRight(text, "\n") + "\n")
	}
}

// newline ends a line that a cell left open.
func (p *Progress) newline() {
	if p.state.midLine {
		p.print("\n")
	}
}

func (p *Progress) print(text string) {
	if p.Text == nil || text == "" {
		return
	}
	p.wipe()
	io.WriteString(p.Text, text) // a terminal that is gone does not stop the notebook
	p.state.midLine = !strings.HasSuffix(text, "\n")
}

// tick repaints the status line of a terminal.
func (p *Progress) tick() {
	if p.Log == nil || p.Width == 0 || p.state == nil || p.state.midLine {
		return
	}
	line := fmt.Sprintf("%s %s  %s", p.state.label, seconds(time.Since(p.state.started)), p.state.source)
	if p.state.status != "" {
		line = fmt.Sprintf("%s %s  %s", p.state.label, seconds(time.Since(p.state.started)), p.state.status)
	}
	fmt.Fprintf(p.Log, "\r\x1b[2K%s", cut(line, p.Width-1))
	p.state.live = true
}

// wipe removes the status line.
func (p *Progress) wipe() {
	if p.state.live {
		io.WriteString(p.Log, "\r\x1b[2K")
		p.state.live = false
	}
}

// end says how the cell ended.
func (p *Progress) end(err error) {
	for _, id := range p.state.order {
		p.show(map[string]any{"text/plain": p.state.updating[id]})
	}
	p.newline()
	p.wipe()
	if p.Log == nil {
		return
	}
	mark := ""
	switch {
	case errors.Is(err, ErrInterrupted):
		mark = "  interrupted"
	case err != nil:
		mark = "  failed"
	}
	width := p.Width
	if width == 0 {
		width = 100
	}
	line := fmt.Sprintf("%s %s  %s", p.state.label, seconds(time.Since(p.state.started)), p.state.source)
	fmt.Fprintln(p.Log, cut(line, width-1-len(mark))+mark)
}

// finish says what was written.
func (p *Progress) finish(written []string, took time.Duration) {
	if p.Log == nil {
		return
	}
	if len(written) == 0 {
		fmt.Fprintf(p.Log, "done in %s\n", strings.TrimSpace(seconds(took)))
		return
	}
	fmt.Fprintf(p.Log, "wrote %s in %s\n", strings.Join(written, " and "), strings.TrimSpace(seconds(took)))
}

// seconds writes a duration in a column of its own.
func seconds(d time.Duration) string {
	if d >= time.Minute {
		return fmt.Sprintf("%2dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%5.1fs", d.Seconds())
}

// cut shortens a line to width characters.
func cut(line string, width int) string {
	if width < 1 || utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:width-1]) + "…"
}
