package data

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// LoadTU reads a set of graphs in the format of the TU Dortmund collection, from a folder or
// the .zip that the collection offers. DS stands for the name of the set:
//
//	DS_A.txt                 an edge a line, "node, node", counted from 1 over all graphs
//	DS_graph_indicator.txt   the graph of every node, counted from 1
//	DS_graph_labels.txt      the class of every graph, a whole number
//	DS_node_labels.txt       the tag of every node, a whole number (may be missing)
//	DS_node_attributes.txt   numbers of every node, as many for each (may be missing)
//
// Other files, such as the labels of edges, are not read. Classes and tags are sorted and
// counted from 0, the numbers stay as names. Edges are undirected; loops and repetitions
// are left out. Node features are as ReadGraphs makes them. Errors name file, line and
// column. It stops with the error of ctx.
func LoadTU(ctx context.Context, path string) (*GraphSet, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	} else if info.IsDir() {
		return readTU(ctx, os.DirFS(path), path)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("data: %s is neither a folder nor a whole zip file: fetch it again, or take LoadGraphs for a text: %w", path, err)
	}
	defer z.Close() // Only read from: an error of Close cannot lose anything.
	return readTU(ctx, &z.Reader, path)
}

// tuReader reads the files of one set, which all begin with prefix.
type tuReader struct {
	files  fs.FS
	prefix string
	graphs []*Graph
	of     []int // the graph of every node, from 0
	place  []int // its number in that graph
}

func readTU(ctx context.Context, files fs.FS, from string) (*GraphSet, error) {
	prefix, err := findTU(files, from)
	if err != nil {
		return nil, err
	}
	t := &tuReader{files: files, prefix: prefix}
	s := &GraphSet{Name: path.Base(prefix)}
	if s.Y, err = t.integers(ctx, "_graph_labels.txt", math.MinInt32, math.MaxInt32); err != nil {
		return nil, err
	}
	if len(s.Y) == 0 {
		return nil, fmt.Errorf("data: %s_graph_labels.txt is empty: there are no graphs", prefix)
	}
	s.Y, s.Classes = renumber(s.Y)
	if err := t.nodes(ctx, len(s.Y)); err != nil {
		return nil, err
	}
	if err := t.edges(ctx); err != nil {
		return nil, err
	}
	s.Graphs = t.graphs
	if err := t.tags(ctx, s); err != nil {
		return nil, err
	}
	if err := t.attributes(ctx); err != nil {
		return nil, err
	}
	return s.withFeatures(), nil
}

// findTU returns what the names of the files begin with.
func findTU(files fs.FS, from string) (prefix string, err error) {
	const end = "_graph_indicator.txt"
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// Archives made on a Mac have a second file of every name, which holds something else.
		found, ok := strings.CutSuffix(name, end)
		if !ok || strings.HasPrefix(path.Base(name), ".") {
			return nil
		}
		if prefix != "" {
			return fmt.Errorf("there are two sets, %s and %s: give the folder of one", prefix, found)
		}
		prefix = found
		return nil
	})
	if err == nil && prefix == "" {
		err = errors.New("there is no file that ends in " + end + ": it is no set of the TU collection")
	}
	if err != nil {
		return "", fmt.Errorf("data: %s: %w", from, err)
	}
	return prefix, nil
}

// mostTU bounds the text of one file: a small archive can hold endless text.
const mostTU = 1 << 32

// read calls line for every line of a file that holds something.
func (t *tuReader) read(ctx context.Context, end string, line func(l *lines) error) error {
	f, err := t.files.Open(t.prefix + end)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	limited := &io.LimitedReader{R: &cancelledReader{ctx, f}, N: mostTU}
	l := newLines(limited, t.prefix+end)
	for {
		if err := l.next(); err != nil {
			if l.ended && limited.N == 0 {
				return fmt.Errorf("data: %s%s is larger than 4 GB: it is damaged", t.prefix, end)
			}
			if l.ended {
				return nil
			}
			return err
		}
		if err := line(l); err != nil {
			return err
		}
	}
}

// integers reads one whole number a line.
func (t *tuReader) integers(ctx context.Context, end string, low, high int) ([]int, error) {
	var values []int
	err := t.read(ctx, end, func(l *lines) error {
		v, err := l.integer(0, low, high)
		if err != nil {
			return err
		}
		values = append(values, v)
		return l.fields(1)
	})
	return values, err
}

// nodes gives every node its graph and its number there.
func (t *tuReader) nodes(ctx context.Context, graphs int) error {
	var err error
	if t.of, err = t.integers(ctx, "_graph_indicator.txt", 1, graphs); err != nil {
		return err
	}
	t.graphs, t.place = make([]*Graph, graphs), make([]int, len(t.of))
	for k := range t.graphs {
		t.graphs[k] = &Graph{}
	}
	for i := range t.of {
		t.of[i]--
		g := t.graphs[t.of[i]]
		t.place[i] = g.Nodes
		g.Nodes++
	}
	for k, g := range t.graphs {
		if g.Nodes == 0 {
			return fmt.Errorf("data: %s_graph_indicator.txt gives graph %d no node", t.prefix, k+1)
		}
	}
	return nil
}

func (t *tuReader) edges(ctx context.Context) error {
	err := t.read(ctx, "_A.txt", func(l *lines) error {
		a, err := l.integer(0, 1, len(t.of))
		if err != nil {
			return err
		}
		b, err := l.integer(1, 1, len(t.of))
		if err != nil {
			return err
		}
		if err := l.fields(2); err != nil {
			return err
		}
		k := t.of[a-1]
		if k != t.of[b-1] {
			return l.errorf(1, "node %d is in graph %d, node %d in graph %d: an edge must stay in its graph", a, k+1, b, t.of[b-1]+1)
		}
		if a != b {
			i, j := t.place[a-1], t.place[b-1]
			t.graphs[k].Edges = append(t.graphs[k].Edges, [2]int{min(i, j), max(i, j)})
		}
		return nil
	})
	for _, g := range t.graphs {
		g.Edges = distinctEdges(g.Edges)
	}
	return err
}

// tags reads the tags of nodes, if there are any.
func (t *tuReader) tags(ctx context.Context, s *GraphSet) error {
	tags, err := t.integers(ctx, "_node_labels.txt", math.MinInt32, math.MaxInt32)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(tags) != len(t.of) {
		err = fmt.Errorf("data: %s_node_labels.txt has %d lines for %d nodes", t.prefix, len(tags), len(t.of))
	}
	if err != nil {
		return err
	}
	for _, g := range t.graphs {
		g.Tags = make([]int, g.Nodes)
	}
	tags, s.TagNames = renumber(tags)
	for i, tag := range tags {
		t.graphs[t.of[i]].Tags[t.place[i]] = tag
	}
	return nil
}

// attributes reads the numbers of nodes, if there are any.
func (t *tuReader) attributes(ctx context.Context) error {
	width, i := 0, 0
	err := t.read(ctx, "_node_attributes.txt", func(l *lines) error {
		if i == len(t.of) {
			return l.errorf(0, "there are only %d nodes", len(t.of))
		}
		if i == 0 {
			width = len(l.cells)
		}
		if len(l.cells) != width {
			return l.errorf(min(len(l.cells), width), "%d values, the first line has %d: all nodes must be alike", len(l.cells), width)
		}
		g := t.graphs[t.of[i]]
		if g.X == nil {
			g.X = tensor.NewMatrix(g.Nodes, width)
		}
		for j := range width {
			v, err := l.number(j)
			if err != nil {
				return err
			}
			g.X.Row(t.place[i])[j] = v
		}
		i++
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && i < len(t.of) {
		err = fmt.Errorf("data: %s_node_attributes.txt has %d lines for %d nodes", t.prefix, i, len(t.of))
	}
	return err
}
