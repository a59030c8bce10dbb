package data

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// longestLine bounds a line of text, which holds the neighbours of one node, in bytes.
const longestLine = 1 << 26

// ReadGraphs reads the text that DGCNN, GIN and others publish the TU datasets in:
//
//	N                            the number of graphs, then for each
//	n label                      its number of nodes and class, then for each node
//	tag m neighbour…[ value…]    its kind, the number of its neighbours, these (from 0),
//	                             and attributes, as many for every node
//
// Classes and tags are whole numbers; they are sorted and counted from 0, the numbers stay
// as names. Edges are undirected: one direction is enough, loops and repetitions are left
// out. The features of a node are its attributes and its tag one-hot (see WithTags); where
// all nodes have the same tag or there are more than 1,000 and no attributes, its degree
// (see WithDegrees). name is used in errors, which name line and column, both from 1.
func ReadGraphs(r io.Reader, name string) (*GraphSet, error) {
	t := &graphText{lines: newLines(r, name), width: -1}
	s := &GraphSet{Name: name}
	count, err := t.header()
	if err != nil {
		return nil, err
	}
	for k := range count {
		g, label, err := t.graph()
		if err != nil {
			return nil, fmt.Errorf("%w (graph %d of %d)", err, k+1, count)
		}
		s.Graphs, s.Y = append(s.Graphs, g), append(s.Y, label)
	}
	if err := t.end(count); err != nil {
		return nil, err
	}
	s.Y, s.Classes = renumber(s.Y)
	s.renumberTags()
	return s.withFeatures(), nil
}

// LoadGraphs reads the file at path as ReadGraphs does; the set has the file's name. It stops
// with the error of ctx.
func LoadGraphs(ctx context.Context, path string) (*GraphSet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	s, err := ReadGraphs(&cancelledReader{ctx, f}, filepath.Base(path))
	if err != nil {
		return nil, err
	}
	s.Name = strings.TrimSuffix(s.Name, filepath.Ext(s.Name))
	return s, nil
}

// graphText reads graphs from lines of text.
type graphText struct {
	*lines
	width int // attributes of a node; -1 before the first
}

func (t *graphText) header() (int, error) {
	if err := t.next(); err != nil {
		return 0, err
	}
	count, err := t.integer(0, 1, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	return count, t.fields(1)
}

func (t *graphText) graph() (*Graph, int, error) {
	if err := t.next(); err != nil {
		return nil, 0, err
	}
	nodes, err := t.integer(0, 1, math.MaxInt32)
	if err != nil {
		return nil, 0, err
	}
	label, err := t.integer(1, math.MinInt32, math.MaxInt32)
	if err != nil {
		return nil, 0, err
	}
	if err := t.fields(2); err != nil {
		return nil, 0, err
	}
	g := &Graph{Nodes: nodes}
	var attributes []float32
	for i := range nodes {
		if err := t.next(); err != nil {
			return nil, 0, err
		}
		if attributes, err = t.node(g, i, attributes); err != nil {
			return nil, 0, err
		}
	}
	g.Edges = distinctEdges(g.Edges)
	if t.width > 0 {
		g.X = &tensor.Matrix{Rows: nodes, Cols: t.width, Data: attributes}
	}
	return g, label, nil
}

// node reads the line of node i: it adds to the edges of g and to the attributes.
func (t *graphText) node(g *Graph, i int, attributes []float32) ([]float32, error) {
	tag, err := t.integer(0, math.MinInt32, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	g.Tags = append(g.Tags, tag)
	degree, err := t.integer(1, 0, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	for j := range degree {
		near, err := t.integer(2+j, 0, g.Nodes-1)
		if err != nil {
			return nil, err
		}
		if near != i {
			g.Edges = append(g.Edges, [2]int{min(i, near), max(i, near)})
		}
	}
	width := len(t.cells) - 2 - degree
	if t.width < 0 {
		t.width = width
	}
	if width != t.width {
		return nil, t.errorf(len(t.cells)-1, "%d values follow the neighbours, the first node has %d: all nodes must be alike", width, t.width)
	}
	for j := 2 + degree; j < len(t.cells); j++ {
		v, err := t.number(j)
		if err != nil {
			return nil, err
		}
		attributes = append(attributes, v)
	}
	return attributes, nil
}

// end makes sure that nothing but empty lines follows.
func (t *graphText) end(count int) error {
	switch err := t.next(); {
	case err == nil:
		return t.errorf(0, "the file goes on after the %d graphs that its first line announces", count)
	case t.ended:
		return nil
	default:
		return err
	}
}

// distinctEdges sorts edges and leaves out repetitions. Nodes count below 2³².
func distinctEdges(edges [][2]int) [][2]int {
	// Numbers are sorted several times as fast as pairs.
	keys := make([]uint64, len(edges))
	for k, e := range edges {
		keys[k] = uint64(e[0])<<32 | uint64(e[1])
	}
	slices.Sort(keys)
	edges = edges[:0]
	for _, key := range slices.Compact(keys) {
		edges = append(edges, [2]int{int(key >> 32), int(key & math.MaxUint32)})
	}
	return edges
}

// renumber replaces whole numbers by their places among those that occur, and names these.
func renumber(values []int) (places []int, names []string) {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	places = make([]int, len(values))
	for i, v := range values {
		places[i], _ = slices.BinarySearch(sorted, v)
	}
	for _, v := range sorted {
		names = append(names, strconv.Itoa(v))
	}
	return places, names
}

// renumberTags does the same for the tags of all graphs.
func (s *GraphSet) renumberTags() {
	var all []int
	for _, g := range s.Graphs {
		all = append(all, g.Tags...)
	}
	all, s.TagNames = renumber(all)
	for _, g := range s.Graphs {
		g.Tags, all = all[:g.Nodes:g.Nodes], all[g.Nodes:]
	}
}

// lines reads lines of cells that white space or commas separate. Empty lines are passed
// over. Errors name the file, the line and the column, from 1.
type lines struct {
	scan  *bufio.Scanner
	name  string
	line  int
	cells [][]byte // of the line; valid until the next
	ended bool     // next failed because the file is at its end
}

func newLines(r io.Reader, name string) *lines {
	l := &lines{scan: bufio.NewScanner(r), name: name}
	l.scan.Buffer(make([]byte, 0, 64<<10), longestLine)
	return l
}

// next reads the next line that holds something.
func (l *lines) next() error {
	for l.scan.Scan() {
		l.line++
		l.cells = bytes.FieldsFunc(l.scan.Bytes(), separates)
		if len(l.cells) > 0 {
			return nil
		}
	}
	l.cells = nil
	if err := l.scan.Err(); err != nil {
		return fmt.Errorf("data: %s, line %d: %w", l.name, l.line+1, err)
	}
	l.ended = true
	return fmt.Errorf("data: %s ends after line %d: %w", l.name, l.line, errCut)
}

func separates(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '\r' }

func (l *lines) errorf(cell int, format string, args ...any) error {
	return fmt.Errorf("data: %s, line %d, column %d: %s", l.name, l.line, cell+1, fmt.Sprintf(format, args...))
}

// fields makes sure that the line has n cells.
func (l *lines) fields(n int) error {
	if len(l.cells) > n {
		return l.errorf(n, "%q was not expected: the line has %d values, want %d", l.cells[n], len(l.cells), n)
	}
	return nil
}

// integer returns a cell that holds a whole number between low and high.
func (l *lines) integer(cell, low, high int) (int, error) {
	if cell >= len(l.cells) {
		return 0, l.errorf(cell, "the line ends early: it has %d values", len(l.cells))
	}
	v, err := strconv.Atoi(string(l.cells[cell]))
	if err != nil {
		return 0, l.errorf(cell, "%q is no whole number", l.cells[cell])
	}
	if v < low || v > high {
		return 0, l.errorf(cell, "%d is not between %d and %d", v, low, high)
	}
	return v, nil
}

// number returns a cell that holds a finite number.
func (l *lines) number(cell int) (float32, error) {
	if cell >= len(l.cells) {
		return 0, l.errorf(cell, "the line ends early: it has %d values", len(l.cells))
	}
	v, err := strconv.ParseFloat(string(l.cells[cell]), 32)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, l.errorf(cell, "%q is no finite number", l.cells[cell])
	}
	return float32(v), nil
}
