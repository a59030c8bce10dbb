package data

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Cora returns the citations among 2,708 papers on machine learning, in 7 classes, with the
// 1,433 words that each contains, as Planetoid divides them: 140 papers to train on, 500 for
// validation, 1,000 to test. The rows of X are divided by their sums, as GCN does. The first
// call downloads 0.6 MB; see Options.
func Cora(ctx context.Context, options ...Options) (*Graph, error) {
	return cora.load(ctx, options)
}

// CiteSeer returns the citations among 3,327 papers, in 6 classes, with the 3,703 words that
// each contains, as Planetoid divides them: 120 papers to train on, 500 for validation, 1,000
// to test. Of 15 papers nothing is known: their rows of X are zero, they count as class 0 and
// are in no part of the split. The rows of X are divided by their sums, as GCN does. The
// first call downloads 1 MB; see Options.
func CiteSeer(ctx context.Context, options ...Options) (*Graph, error) {
	return citeseer.load(ctx, options)
}

// LoadPlanetoid reads a graph in the files of Planetoid, ind.<name>.x and so on, from a
// folder: PubMed, say, as LoadPlanetoid(ctx, folder, "pubmed"). The files are Python pickles; they
// are read by a reader that knows arrays of numbers only, and runs nothing. The rows of X are
// divided by their sums, as GCN does. It stops with the error of ctx.
func LoadPlanetoid(ctx context.Context, folder, name string) (*Graph, error) {
	contents := make([][]byte, len(planetoidParts))
	for k, part := range planetoidParts {
		content, err := readWhole(ctx, filepath.Join(folder, "ind."+name+"."+part))
		if err != nil {
			return nil, err
		}
		contents[k] = content
	}
	return readPlanetoid(ctx, name, contents)
}

// mostPlanetoid bounds one file of Planetoid, in bytes.
const mostPlanetoid = 1 << 30

func readWhole(ctx context.Context, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	content, err := io.ReadAll(io.LimitReader(&cancelledReader{ctx, f}, mostPlanetoid+1))
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", path, err)
	}
	if len(content) > mostPlanetoid {
		return nil, fmt.Errorf("data: %s is larger than 1 GB: it is no file of Planetoid", path)
	}
	return content, nil
}

// planetoidParts are the ends of the names of the files that are read. The file x repeats
// the first rows of allx.
var planetoidParts = []string{"y", "tx", "ty", "allx", "ally", "graph", "test.index"}

// planetoidSet describes a graph in the files of Planetoid, in the order of planetoidParts.
type planetoidSet struct {
	fileSet
	classes []string
}

const planetoid = "https://raw.githubusercontent.com/kimiyoung/planetoid/af6abf468a772cc055bec88c52e4d6f51b7c37e3/data/"

func (s *planetoidSet) load(ctx context.Context, options []Options) (*Graph, error) {
	f := newFetcher(&s.fileSet, options)
	contents := make([][]byte, len(s.files))
	for k, file := range s.files {
		content, err := f.content(ctx, file)
		if err != nil {
			return nil, err
		}
		contents[k] = content
	}
	g, err := readPlanetoid(ctx, s.name, contents)
	if err != nil {
		return nil, err
	}
	g.Classes = slices.Clone(s.classes)
	return g, nil
}

// planetoidFiles is what the files hold.
type planetoidFiles struct {
	name               string
	y, ty, ally        *pyArray // one row a node, 1 in the column of its class
	tx, allx           *pyCSR
	graph              *pyDict // neighbours of every node
	tested             []int   // the node of every row of tx and ty
	nodes, width, kind int
}

// readPlanetoid puts the graph together: the nodes of allx come first, those of tx stand
// where test.index says.
func readPlanetoid(ctx context.Context, name string, contents [][]byte) (*Graph, error) {
	p, err := decodePlanetoid(ctx, name, contents)
	if err != nil {
		return nil, err
	}
	g := &Graph{Name: name, Nodes: p.nodes, Classes: numbered(p.kind)}
	g.X, g.Y = tensor.NewMatrix(p.nodes, p.width), make([]int, p.nodes)
	for i := range p.allx.rows {
		p.allx.addTo(g.X.Row(i), i)
		g.Y[i] = p.ally.largest(i)
	}
	for i, node := range p.tested {
		p.tx.addTo(g.X.Row(node), i)
		g.Y[node] = p.ty.largest(i)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("data: ind.%s: %w", name, context.Cause(ctx))
	}
	divideRows(g.X)
	if g.Edges, err = p.edges(); err != nil {
		return nil, err
	}
	learned := p.y.shape[0]
	g.Train = upTo(learned)
	g.Validation = upTo(min(learned+500, p.allx.rows))[learned:]
	g.Test = slices.Sorted(slices.Values(p.tested))
	return g, g.Validate()
}

func decodePlanetoid(ctx context.Context, name string, contents [][]byte) (*planetoidFiles, error) {
	p := &planetoidFiles{name: name}
	values := make([]any, len(contents))
	for k, content := range contents[:6] {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("data: ind.%s.%s: %w", name, planetoidParts[k], context.Cause(ctx))
		}
		v, err := unpickle(content)
		if err != nil {
			return nil, fmt.Errorf("data: ind.%s.%s, %w", name, planetoidParts[k], err)
		}
		values[k] = v
	}
	var ok [6]bool
	p.y, ok[0] = values[0].(*pyArray)
	p.tx, ok[1] = values[1].(*pyCSR)
	p.ty, ok[2] = values[2].(*pyArray)
	p.allx, ok[3] = values[3].(*pyCSR)
	p.ally, ok[4] = values[4].(*pyArray)
	p.graph, ok[5] = values[5].(*pyDict)
	for k, fits := range ok {
		if !fits {
			return nil, fmt.Errorf("data: ind.%s.%s holds a %T, not what this file should", name, planetoidParts[k], values[k])
		}
	}
	var err error
	if p.tested, err = readRows(newLines(bytes.NewReader(contents[6]), "ind."+name+".test.index")); err != nil {
		return nil, err
	}
	return p, p.check()
}

// check makes sure that the files fit together.
func (p *planetoidFiles) check() error {
	p.nodes, p.width = len(p.graph.keys), p.allx.cols
	for _, labels := range []*pyArray{p.y, p.ty, p.ally} {
		if len(labels.shape) != 2 || labels.shape[1] < 1 {
			return fmt.Errorf("data: ind.%s: labels of shape %v: want one row a node, one column a class", p.name, labels.shape)
		}
	}
	p.kind = p.ally.shape[1]
	switch {
	case p.tx.cols != p.width || p.ty.shape[1] != p.kind || p.y.shape[1] != p.kind:
		return fmt.Errorf("data: ind.%s: allx and tx, or ally, y and ty, differ in width", p.name)
	case p.allx.rows != p.ally.shape[0] || p.tx.rows != p.ty.shape[0] || len(p.tested) != p.tx.rows:
		return fmt.Errorf("data: ind.%s: allx and ally, or tx, ty and test.index, differ in length", p.name)
	case p.y.shape[0] > p.allx.rows || p.allx.rows > p.nodes || p.nodes > maxSparse/p.width:
		return fmt.Errorf("data: ind.%s: %d labelled nodes, %d in allx and %d in graph do not fit", p.name, p.y.shape[0], p.allx.rows, p.nodes)
	}
	seen := make(map[int]bool, len(p.tested))
	for k, node := range p.tested {
		if node < p.allx.rows || node >= p.nodes || seen[node] {
			return fmt.Errorf("data: ind.%s.test.index, line %d: node %d is there twice or not between %d and %d", p.name, k+1, node, p.allx.rows, p.nodes-1)
		}
		seen[node] = true
	}
	return nil
}

// largest returns the column of the largest value of row i, the first of equal ones: the
// class, and 0 in a row of zeros.
func (a *pyArray) largest(i int) int {
	width := a.shape[1]
	row, best := a.values[i*width:(i+1)*width], 0
	for j, v := range row {
		if v > row[best] {
			best = j
		}
	}
	return best
}

// edges returns the neighbours of all nodes as edges, without loops and repetitions.
func (p *planetoidFiles) edges() ([][2]int, error) {
	var edges [][2]int
	for k, key := range p.graph.keys {
		i, ok := key.(int)
		near, listed := p.graph.values[k].(*pyList)
		if !ok || !listed || i < 0 || i >= p.nodes {
			return nil, fmt.Errorf("data: ind.%s.graph: entry %d is no node with its neighbours", p.name, k)
		}
		for _, v := range near.items {
			j, ok := v.(int)
			if !ok || j < 0 || j >= p.nodes {
				return nil, fmt.Errorf("data: ind.%s.graph, node %d: neighbour %v is none of the %d nodes", p.name, i, v, p.nodes)
			}
			if i != j {
				edges = append(edges, [2]int{min(i, j), max(i, j)})
			}
		}
	}
	return distinctEdges(edges), nil
}

// divideRows divides every row by its sum. Rows of zeros stay, as do those that Validate
// complains about.
func divideRows(x *tensor.Matrix) {
	for i := range x.Rows {
		row, sum := x.Row(i), 0.0
		for _, v := range row {
			sum += float64(v)
		}
		if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
			continue
		}
		for j, v := range row {
			row[j] = float32(float64(v) / sum)
		}
	}
}

var cora = planetoidSet{classes: []string{
	"theory", "reinforcement learning", "genetic algorithms", "neural networks",
	"probabilistic methods", "case based", "rule learning",
}, fileSet: fileSet{
	name:    "Cora",
	kind:    "node",
	folder:  "planetoid",
	sources: []string{planetoid},
	files: []remoteFile{
		{"ind.cora.y", 4054, "94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1"},
		{"ind.cora.tx", 148025, "b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a"},
		{"ind.cora.ty", 28135, "41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad"},
		{"ind.cora.allx", 257305, "9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543"},
		{"ind.cora.ally", 47959, "2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71"},
		{"ind.cora.graph", 59847, "58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d"},
		{"ind.cora.test.index", 5000, "297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875"},
	},
}}

var citeseer = planetoidSet{classes: []string{
	"agents", "machine learning", "information retrieval", "databases", "AI", "HCI",
}, fileSet: fileSet{
	name:    "CiteSeer",
	kind:    "node",
	folder:  "planetoid",
	sources: []string{planetoid},
	files: []remoteFile{
		{"ind.citeseer.y", 3014, "8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924"},
		{"ind.citeseer.tx", 260321, "539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21"},
		{"ind.citeseer.ty", 24135, "55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce"},
		{"ind.citeseer.allx", 595021, "2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668"},
		{"ind.citeseer.ally", 55623, "f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95"},
		{"ind.citeseer.graph", 61987, "d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7"},
		{"ind.citeseer.test.index", 5000, "2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4"},
	},
}}
