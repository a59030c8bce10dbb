package accuracy

import (
	"errors"
	"fmt"
	"strings"
)

// The marks between which the tables stand in a page.
const (
	pageBegin = "<!-- written by mole-kernel bench accuracy --write: begin -->"
	pageEnd   = "<!-- written by mole-kernel bench accuracy --write: end -->"
)

var (
	resultTitles = []string{"row", "data", "network", MOLE, Backprop, "difference", "bar", ""}
	runTitles    = []string{"row", "runs", MOLE, Backprop, "seconds a run"}
)

// Markdown writes the tables of the rows: results with their bars, and every run; and with
// what they were measured.
func Markdown(rows []Row) string {
	b := newBlock()
	b.take(rows)
	return b.String()
}

// Update returns the page with the rows in the place of those that stand between its marks.
// Rows of the page that are not among them stay; those of tasks that are no more go.
func Update(page string, rows []Row) (string, error) {
	before, rest, found := strings.Cut(page, pageBegin+"\n")
	old, after, ended := strings.Cut(rest, pageEnd)
	if !found || !ended {
		return "", errors.New("the page lacks the marks between which the tables stand:\n" + pageBegin + "\n" + pageEnd)
	}
	b, err := parseBlock(old)
	if err != nil {
		return "", err
	}
	b.take(rows)
	return before + pageBegin + "\n" + b.String() + pageEnd + after, nil
}

// block is the text between the marks: two tables, by the name of the task the cells behind
// it, and a list of what was measured with what.
type block struct {
	results, runs map[string][]string
	measured      map[string]string
}

func newBlock() block {
	return block{results: map[string][]string{}, runs: map[string][]string{}, measured: map[string]string{}}
}

func (b block) take(rows []Row) {
	for _, r := range rows {
		name := r.Task.Name
		b.results[name], b.runs[name], b.measured[name] = r.cells(), r.details(), r.Measured.String()
	}
}

// String writes the rows in the order of the tasks.
func (b block) String() string {
	var s strings.Builder
	writeTable(&s, resultTitles, b.results)
	s.WriteString("\nEvery run:\n\n")
	writeTable(&s, runTitles, b.runs)
	s.WriteString("\nMeasured with:\n\n")
	b.writeMeasured(&s)
	return s.String()
}

func writeTable(s *strings.Builder, titles []string, rows map[string][]string) {
	fmt.Fprintf(s, "| %s |\n|%s\n", strings.Join(titles, " | "), strings.Repeat("---|", len(titles)))
	for _, task := range Tasks() {
		if cells, ok := rows[task.Name]; ok {
			fmt.Fprintf(s, "| `%s` | %s |\n", task.Name, strings.Join(cells, " | "))
		}
	}
}

// writeMeasured writes a line for the rows that were measured with the same.
func (b block) writeMeasured(s *strings.Builder) {
	var texts []string
	names := map[string][]string{}
	for _, task := range Tasks() {
		if text, ok := b.measured[task.Name]; ok {
			if names[text] == nil {
				texts = append(texts, text)
			}
			names[text] = append(names[text], "`"+task.Name+"`")
		}
	}
	for _, text := range texts {
		fmt.Fprintf(s, "- %s: %s\n", strings.Join(names[text], ", "), text)
	}
}

// parseBlock reads what String has written.
func parseBlock(text string) (block, error) {
	b := newBlock()
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "- `"):
			names, text, _ := strings.Cut(line[len("- "):], ": ")
			for name := range strings.SplitSeq(names, ", ") {
				b.measured[strings.Trim(name, "`")] = text
			}
		case strings.HasPrefix(line, "| `"):
			cells := strings.Split(strings.TrimSuffix(line[len("| "):], " |"), " | ")
			name := strings.Trim(cells[0], "`")
			switch len(cells) {
			case len(resultTitles):
				b.results[name] = cells[1:]
			case len(runTitles):
				b.runs[name] = cells[1:]
			default:
				return b, fmt.Errorf("the page has a row of %d cells between the marks: %s", len(cells), line)
			}
		}
	}
	return b, nil
}
