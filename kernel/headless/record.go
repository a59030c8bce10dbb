package headless

import (
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// recorder turns what the kernel publishes into the outputs of the cells.
type recorder struct {
	cells    map[string]*recording // by the id of the request
	displays map[string][]*nbformat.Output
}

// recording is one cell that runs or ran.
type recording struct {
	cell  *nbformat.Cell
	clear bool // clear_output waits for the next output
}

func newRecorder() *recorder {
	return &recorder{cells: map[string]*recording{}, displays: map[string][]*nbformat.Output{}}
}

// begin empties the cell and sends the outputs of the request to it.
func (r *recorder) begin(request string, c *nbformat.Cell) {
	c.Outputs, c.Count = nil, 0
	r.cells[request] = &recording{cell: c}
}

// record stores what m says and tells whether m ends its request.
func (r *recorder) record(m *wire.Message) (idle bool) {
	if update, ok := m.Content.(*wire.UpdateDisplayData); ok {
		r.update(update)
		return false
	}
	rec := r.cells[m.Parent.ID]
	if rec == nil {
		return false
	}
	switch content := m.Content.(type) {
	case *wire.Status:
		return content.State == "idle"
	case *wire.ExecuteInput:
		rec.cell.Count = content.ExecutionCount
	case *wire.ClearOutput:
		if rec.clear = content.Wait; !content.Wait {
			rec.cell.Outputs = nil
		}
	case *wire.Stream:
		rec.stream(content)
	case *wire.DisplayData:
		o := &nbformat.Output{Type: nbformat.DisplayData, Data: content.Data, Metadata: content.Metadata}
		rec.add(o)
		if id := content.Transient.DisplayID; id != "" {
			r.displays[id] = append(r.displays[id], o)
		}
	case *wire.ExecuteResult:
		rec.add(&nbformat.Output{
			Type: nbformat.ExecuteResult, Count: content.ExecutionCount, Data: content.Data, Metadata: content.Metadata,
		})
	case *wire.Error:
		rec.add(&nbformat.Output{
			Type: nbformat.Error, EName: content.EName, EValue: content.EValue, Traceback: content.Traceback,
		})
	}
	return false
}

// update replaces the content of all displays of an id, whatever cell shows them.
func (r *recorder) update(u *wire.UpdateDisplayData) {
	for _, o := range r.displays[u.Transient.DisplayID] {
		o.Update(u.Data, u.Metadata)
	}
}

// add appends an output, after a clear that was waiting for one.
func (rec *recording) add(o *nbformat.Output) {
	if rec.clear {
		rec.clear, rec.cell.Outputs = false, nil
	}
	rec.cell.Outputs = append(rec.cell.Outputs, o)
}

// stream appends text to the output before when that is of the same stream.
func (rec *recording) stream(s *wire.Stream) {
	outputs := rec.cell.Outputs
	if n := len(outputs); n > 0 && !rec.clear && outputs[n-1].Type == nbformat.Stream && outputs[n-1].Name == s.Name {
		outputs[n-1].Text += s.Text
		return
	}
	rec.add(&nbformat.Output{Type: nbformat.Stream, Name: s.Name, Text: s.Text})
}

// failure is the error that the cell ended with, nil for none.
func failure(c *nbformat.Cell) *nbformat.Output {
	for _, o := range c.Outputs {
		if o.Type == nbformat.Error {
			return o
		}
	}
	return nil
}

// summary is the first line of the cell's code that says something.
func summary(source string) string {
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") && line != "import (" {
			return line
		}
	}
	return strings.TrimSpace(source)
}
