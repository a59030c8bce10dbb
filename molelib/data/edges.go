package data

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// EdgeOptions say how a list of edges becomes a Graph. The zero value is for a list of pairs,
// separated by whatever its first line has: a tab, a comma, a semicolon or else white space.
type EdgeOptions struct {
	Comma  rune // what separates cells; ' ' stands for any white space, 0 for looking at the first line
	Header bool // the first line names the columns

	// Nodes is the path of a table with a line for every node: its name in the first column,
	// then features and the class, read as Table says. "" means that there is none.
	Nodes string

	// Table is for the file Nodes. Set NoLabel when nodes have no class, and KeepMissing when
	// features are missing; see Graph.Imputed.
	Table CSVOptions
}

// LoadEdges reads the file at path as ReadEdges does; the graph has the file's name. It stops
// with the error of ctx.
func LoadEdges(ctx context.Context, path string, o EdgeOptions) (*Graph, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	return readEdges(ctx, f, filepath.Base(path), o)
}

// ReadEdges reads a graph as a list of its edges: two nodes a line, by name or number.
// Further columns, such as weights, are ignored, as are empty lines and those that begin with
// #, % or //. Edges are undirected; loops and repetitions are left out.
//
// With a table of nodes these are numbered as the table lists them. Without one they are
// numbered as whole numbers go, or else as they appear. Graph.Names keeps the names, unless
// they are the numbers 0 … n−1. The graph is not split yet: see Graph.Split. name is used in
// errors, which name line and column, both from 1.
func ReadEdges(r io.Reader, name string, o EdgeOptions) (*Graph, error) {
	return readEdges(context.Background(), r, name, o)
}

func readEdges(ctx context.Context, r io.Reader, name string, o EdgeOptions) (*Graph, error) {
	g := &Graph{Name: strings.TrimSuffix(name, filepath.Ext(name))}
	e := &edgeReader{name: name, comma: o.Comma, index: map[string]int{}}
	if o.Nodes != "" {
		if err := e.table(ctx, g, o); err != nil {
			return nil, err
		}
	}
	if err := e.read(&cancelledReader{ctx, r}, o.Header); err != nil {
		return nil, err
	}
	if len(e.names) == 0 {
		return nil, fmt.Errorf("data: %s has no edges", name)
	}
	if !e.closed {
		e.sortNumbers()
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("data: %s: %w", name, context.Cause(ctx))
	}
	g.Nodes, g.Edges = len(e.names), distinctEdges(e.edges)
	if !slices.Equal(e.names, numbered(len(e.names))) {
		g.Names = e.names
	}
	whole := g
	if o.Table.Missing == KeepMissing && g.X != nil {
		whole = g.Imputed()
	}
	return g, whole.Validate()
}

// edgeReader numbers the names of nodes.
type edgeReader struct {
	name   string
	comma  rune
	closed bool // a table has named all nodes
	names  []string
	index  map[string]int
	edges  [][2]int
	first  []string // the cells of the first line
}

// table reads the nodes with their features and classes.
func (e *edgeReader) table(ctx context.Context, g *Graph, o EdgeOptions) error {
	f, err := os.Open(o.Nodes)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	t, err := readTable(&cancelledReader{ctx, f}, filepath.Base(o.Nodes), o.Table)
	if err != nil {
		return err
	}
	if t.label == 0 {
		return fmt.Errorf("data: %s: the first column holds the names of the nodes: set NoLabel, or name the column with the class", t.name)
	}
	if len(t.targets) > 0 {
		return fmt.Errorf("data: %s: nodes have classes, no Targets", t.name)
	}
	t.dropped[0] = true
	if o.Table.Missing == DropMissing {
		t.dropMissing()
	}
	for i, row := range t.rows {
		node := row[0]
		if _, twice := e.index[node]; twice {
			return fmt.Errorf("%s: node %q is there twice", t.at(i, 0), node)
		}
		e.add(node)
	}
	e.closed = true
	d, err := t.dataset(ctx, o.Table)
	if err != nil {
		return err
	}
	g.X, g.Y, g.Classes, g.Features = d.X, d.Y, d.Classes, d.Features
	if g.X.Cols == 0 {
		g.X = nil
	}
	return nil
}

func (e *edgeReader) add(node string) int {
	e.index[node] = len(e.names)
	e.names = append(e.names, node)
	return len(e.names) - 1
}

func (e *edgeReader) read(r io.Reader, header bool) error {
	scan, line := bufio.NewScanner(r), 0
	scan.Buffer(make([]byte, 0, 64<<10), longestLine)
	for scan.Scan() {
		line++
		// Spreadsheets put a byte order mark in front of the first line.
		text := strings.TrimSpace(strings.TrimPrefix(scan.Text(), "\ufeff"))
		if text == "" || strings.HasPrefix(text, "#") || strings.HasPrefix(text, "%") || strings.HasPrefix(text, "//") {
			continue
		}
		cells, err := e.cells(text)
		if err != nil {
			return fmt.Errorf("data: %s, line %d: %w", e.name, line, err)
		}
		if header {
			header = false
			continue
		}
		if err := e.edge(cells, line); err != nil {
			return err
		}
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("data: %s, line %d: %w", e.name, line+1, err)
	}
	return e.looksLikeHeader()
}

// cells splits a line.
func (e *edgeReader) cells(text string) ([]string, error) {
	if e.comma == 0 {
		e.comma = separator(text)
	}
	if e.comma == ' ' {
		return strings.Fields(text), nil
	}
	if strings.Contains(text, `"`) {
		reader := csv.NewReader(strings.NewReader(text))
		reader.Comma, reader.TrimLeadingSpace = e.comma, true
		cells, err := reader.Read()
		if err != nil {
			return nil, fmt.Errorf("the quotes do not match: %w", err)
		}
		return cells, nil
	}
	cells := strings.Split(text, string(e.comma))
	for j, c := range cells {
		cells[j] = strings.TrimSpace(c)
	}
	return cells, nil
}

func separator(text string) rune {
	for _, comma := range "\t,;" {
		if strings.ContainsRune(text, comma) {
			return comma
		}
	}
	return ' '
}

func (e *edgeReader) edge(cells []string, line int) error {
	var ends [2]int
	for j := range ends {
		if j >= len(cells) || cells[j] == "" {
			return fmt.Errorf("data: %s, line %d, column %d: a node is missing: an edge has two", e.name, line, j+1)
		}
		node, known := e.index[cells[j]]
		if !known && e.closed {
			return fmt.Errorf("data: %s, line %d, column %d: node %q is not in the table of nodes", e.name, line, j+1, cells[j])
		}
		if !known {
			node = e.add(cells[j])
		}
		ends[j] = node
	}
	if e.first == nil {
		e.first = cells
	}
	if ends[0] != ends[1] {
		e.edges = append(e.edges, [2]int{min(ends[0], ends[1]), max(ends[0], ends[1])})
	}
	return nil
}

// looksLikeHeader is the error of a list of numbers that begins with two words.
func (e *edgeReader) looksLikeHeader() error {
	if e.closed || len(e.names) < 3 || isNumber(e.first[0]) || isNumber(e.first[1]) {
		return nil
	}
	for _, name := range e.names {
		if !isNumber(name) && name != e.first[0] && name != e.first[1] {
			return nil
		}
	}
	return fmt.Errorf("data: %s: %q and %q are the only nodes that are no numbers: set Header if this line names the columns", e.name, e.first[0], e.first[1])
}

// isNumber reports whether a name is a whole number that is written as one.
func isNumber(name string) bool {
	n, err := strconv.Atoi(name)
	return err == nil && n >= 0 && n <= math.MaxInt32 && strconv.Itoa(n) == name
}

// sortNumbers numbers nodes anew in the order of their names, if all are numbers.
func (e *edgeReader) sortNumbers() {
	if !slices.ContainsFunc(e.names, func(name string) bool { return !isNumber(name) }) {
		numbers := make([]int, len(e.names))
		for i, name := range e.names {
			numbers[i], _ = strconv.Atoi(name) // isNumber has tried.
		}
		places, names := renumber(numbers)
		for k, edge := range e.edges {
			a, b := places[edge[0]], places[edge[1]]
			e.edges[k] = [2]int{min(a, b), max(a, b)}
		}
		e.names = names
	}
}

// WriteEdges writes the edges of g as ReadEdges reads them: two nodes a line, by name, or by
// number where nodes have no names, a tab between them. Nodes without edges have no line, and
// features and labels are not written.
func (g *Graph) WriteEdges(w io.Writer) error {
	names := g.Names
	if names == nil {
		names = numbered(g.Nodes)
	}
	out := bufio.NewWriter(w)
	for k, e := range g.Edges {
		for _, i := range e {
			if i < 0 || i >= len(names) {
				return fmt.Errorf("data: write edges of %s: edge %d names node %d of %d", g.Name, k, i, len(names))
			}
			if strings.ContainsAny(names[i], "\r\n") {
				return fmt.Errorf("data: write edges of %s: the name of node %d, %q, holds a line break: give it another", g.Name, i, names[i])
			}
		}
		// An error of the buffer comes back from Flush.
		fmt.Fprintf(out, "%s\t%s\n", quoted(names[e[0]]), quoted(names[e[1]]))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("data: write edges of %s: %w", g.Name, err)
	}
	return nil
}

// quoted puts a name in quotes that would be read as something else.
func quoted(name string) string {
	plain := name != "" && strings.TrimSpace(name) == name && !strings.ContainsAny(name, "\"\t") && strings.IndexAny(name, "#%/\ufeff") != 0
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
