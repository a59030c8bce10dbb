package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"testing"
)

// public returns options that take the real files from the mirror, where there is one.
func public(t *testing.T) Options {
	t.Helper()
	if os.Getenv(MirrorVariable) == "" {
		t.Skipf("%s is not set", MirrorVariable)
	}
	return Options{Cache: t.TempDir(), Sources: []string{}}
}

// skipMissing skips the test when the mirror does not have the files.
func skipMissing(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPublicFiles reads the real files where a mirror holds them.
func TestPublicFiles(t *testing.T) {
	for _, load := range []func(context.Context, ...Options) (*Dataset, *Dataset, error){MNIST, FashionMNIST} {
		train, test, err := load(t.Context(), public(t))
		skipMissing(t, err)
		if train.Len() != 60000 || test.Len() != 10000 || slices.Min(train.ClassCounts()) < 5000 {
			t.Errorf("%v\n%v", train, test)
		}
	}
}

// TestPublicGraphs checks the figures that the literature gives: nnz(A+I) of GCN's
// adjacency matrix, and the size of every class.
func TestPublicGraphs(t *testing.T) {
	for name, c := range map[string]struct {
		load         func(context.Context, ...Options) (*Graph, error)
		nodes, nnz   int
		width, train int
		classes      string
		zero         int // rows without features
	}{
		"Cora":     {Cora, 2708, 13264, 1433, 140, "[351 217 418 818 426 298 180]", 0},
		"CiteSeer": {CiteSeer, 3327, 12431, 3703, 120, "[264 590 668 701 596 508]", 15},
	} {
		g, err := c.load(t.Context(), public(t))
		skipMissing(t, err)
		if g.Nodes != c.nodes || g.Nodes+2*len(g.Edges) != c.nnz || g.X.Cols != c.width || fmt.Sprint(g.ClassCounts()) != c.classes {
			t.Errorf("%s: %v, %d features, nnz(A+I) = %d", name, g, g.X.Cols, g.Nodes+2*len(g.Edges))
		}
		if len(g.Train) != c.train || len(g.Validation) != 500 || len(g.Test) != 1000 {
			t.Errorf("%s: split %d, %d, %d", name, len(g.Train), len(g.Validation), len(g.Test))
		}
		zero := 0
		for i := range g.Nodes {
			sum := 0.0
			for _, v := range g.X.Row(i) {
				sum += float64(v)
			}
			if sum == 0 {
				zero++
			} else if math.Abs(sum-1) > 1e-5 { // 173 float32 values, each rounded once.
				t.Fatalf("%s: row %d has the sum %v", name, i, sum)
			}
		}
		if zero != c.zero {
			t.Errorf("%s: %d rows of zeros, want %d", name, zero, c.zero)
		}
	}
}

func TestPublicGraphSets(t *testing.T) {
	for name, c := range map[string]struct {
		load                func(context.Context, ...Options) (*GraphSet, error)
		nodes, edges, width int
		classes             string
		fold                int
	}{
		"MUTAG":    {MUTAG, 3371, 3721, 7, "[63 125]", 18},
		"PROTEINS": {PROTEINS, 43471, 81044, 3, "[663 450]", 111},
		"NCI1":     {NCI1, 122747, 132753, 37, "[2053 2057]", 411},
	} {
		s, err := c.load(t.Context(), public(t))
		skipMissing(t, err)
		edges, tested := 0, map[int]bool{}
		for _, g := range s.Graphs {
			edges += len(g.Edges)
		}
		for _, rows := range s.Folds {
			if len(rows) != c.fold {
				t.Errorf("%s: a fold of %d", name, len(rows))
			}
			for _, k := range rows {
				tested[k] = true
			}
		}
		if s.Nodes() != c.nodes || edges != c.edges || s.Width() != c.width || fmt.Sprint(s.ClassCounts()) != c.classes {
			t.Errorf("%s: %v %d nodes, %d edges", name, s, s.Nodes(), edges)
		}
		if len(s.Folds) != 10 || len(tested) != 10*c.fold {
			t.Errorf("%s: %d folds test %d graphs", name, len(s.Folds), len(tested))
		}
	}
}
