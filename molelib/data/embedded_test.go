package data

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestEmbeddedFilesAreTheNamedOnes(t *testing.T) {
	want := map[string]string{
		"iris.csv":                 "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449",
		"wine_data.csv":            "10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede",
		"breast_cancer.csv":        "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
		"digits.csv.gz":            "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
		"diabetes_data_raw.csv.gz": "7fc0ded571454b1982210d3bb43f0aca44eae01a0b8654a3b24022bdb6b38009",
		"diabetes_target.csv.gz":   "8e53f65eb811df43c206f3534bb3af0e5fed213bc37ed6ba36310157d6023803",
		"karate.edges":             "8e07c1986db6907ebabf7aa4e30a6dca3e45b100afe3fc0899d1d6681d0f9bf1",
		"karate.clubs":             "59250fd0c3dabe7588b771cc87783c9900f4fe29698cecd35887e97f3ccc9886",
	}
	entries, err := files.ReadDir("embedded")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Errorf("%d files are embedded, want %d", len(entries), len(want))
	}
	for _, e := range entries {
		sum := sha256.Sum256(embedded(e.Name()))
		if got := hex.EncodeToString(sum[:]); got != want[e.Name()] {
			t.Errorf("%s: sha256 %s, want %s", e.Name(), got, want[e.Name()])
		}
	}
}

func TestEmbeddedDatasets(t *testing.T) {
	for _, c := range []struct {
		set    *Dataset
		width  int
		counts []int
		first  []float32 // of the first example
		shape  []int
	}{
		{Iris(), 4, []int{50, 50, 50}, []float32{5.1, 3.5, 1.4, 0.2}, []int{4}},
		{Wine(), 13, []int{59, 71, 48}, []float32{14.23, 1.71, 2.43}, []int{13}},
		{BreastCancer(), 30, []int{212, 357}, []float32{17.99, 10.38}, []int{30}},
		{Digits(), 64, []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, []float32{0, 0, 5. / 16, 13. / 16}, []int{8, 8}},
	} {
		if err := c.set.Validate(); err != nil {
			t.Error(err)
		}
		if c.set.Width() != c.width || !slices.Equal(c.set.ClassCounts(), c.counts) || !slices.Equal(c.set.Shape, c.shape) {
			t.Errorf("%s: width %d, shape %v, classes %v; want %d, %v, %v",
				c.set.Name, c.set.Width(), c.set.Shape, c.set.ClassCounts(), c.width, c.shape, c.counts)
		}
		if got := c.set.X.Row(0)[:len(c.first)]; !slices.Equal(got, c.first) {
			t.Errorf("%s begins with %v, want %v", c.set.Name, got, c.first)
		}
		if c.set.Features != nil && len(c.set.Features) != c.width {
			t.Errorf("%s has %d feature names, want %d", c.set.Name, len(c.set.Features), c.width)
		}
	}
}

func TestDigitsAreScaled(t *testing.T) {
	d := Digits()
	if low, high := slices.Min(d.X.Data), slices.Max(d.X.Data); low != 0 || high != 1 {
		t.Errorf("digits lie in [%v, %v], want [0, 1]", low, high)
	}
}

func TestEmbeddedDatasetsAreFresh(t *testing.T) {
	Iris().X.Row(0)[0] = 99
	if Iris().X.Row(0)[0] == 99 {
		t.Error("a change of one copy is seen in the next")
	}
}

func TestDiabetes(t *testing.T) {
	d := Diabetes()
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	if d.Len() != 442 || d.Width() != 10 || d.Targets.Cols != 1 || d.Y != nil {
		t.Errorf("%v with %v targets, labels %v", d.X, d.Targets, d.Y)
	}
	if want := []float32{59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87}; !slices.Equal(d.X.Row(0), want) || d.Targets.Row(0)[0] != 151 {
		t.Errorf("the first patient is %v, %v; want %v, 151", d.X.Row(0), d.Targets.Row(0), want)
	}
	if low, high := slices.Min(d.Targets.Data), slices.Max(d.Targets.Data); low != 25 || high != 346 {
		t.Errorf("progressions from %v to %v, want 25 to 346", low, high)
	}
}

func TestKarate(t *testing.T) {
	g := Karate()
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	degrees := g.Degrees()
	if g.Nodes != 34 || len(g.Edges) != 78 || degrees[0] != 16 || degrees[33] != 17 {
		t.Errorf("%d nodes, %d edges, degrees %d and %d of the leaders; want 34, 78, 16, 17", g.Nodes, len(g.Edges), degrees[0], degrees[33])
	}
	if counts := g.ClassCounts(); !slices.Equal(counts, []int{17, 17}) {
		t.Errorf("clubs %v, want 17 each", counts)
	}
	if g.Y[0] != 0 || g.Y[33] != 1 || len(g.Train)+len(g.Test) != g.Nodes {
		t.Errorf("leaders in %d and %d, split %d + %d", g.Y[0], g.Y[33], len(g.Train), len(g.Test))
	}
	a, near := g.Adjacency(), g.Neighbors()
	for i := range g.Nodes {
		if len(near[i]) != degrees[i] {
			t.Errorf("node %d: %d neighbours, degree %d", i, len(near[i]), degrees[i])
		}
		for _, j := range near[i] {
			if a.Row(i)[j] != 1 || a.Row(j)[i] != 1 {
				t.Errorf("adjacency misses %d–%d", i, j)
			}
		}
	}
}

func TestGraphValidateNamesWhatIsWrong(t *testing.T) {
	for want, spoil := range map[string]func(*Graph){
		"names a node outside":           func(g *Graph) { g.Edges[3] = [2]int{1, 34} },
		"is there twice":                 func(g *Graph) { g.Edges[3] = g.Edges[2] },
		"smaller node first":             func(g *Graph) { g.Edges[3] = [2]int{5, 5} },
		"label 2 is outside":             func(g *Graph) { g.Y[7] = 2 },
		"but 33 labels":                  func(g *Graph) { g.Y = g.Y[:33] },
		"the split names":                func(g *Graph) { g.Test[0] = -1 },
		"edge 77: 0–1 is there twice":    func(g *Graph) { g.Edges[0], g.Edges[77] = [2]int{32, 33}, [2]int{0, 1}; g.Edges[3] = [2]int{0, 1} },
		"0 features but 1 feature names": func(g *Graph) { g.Features = []string{"age"} },
		"X is 34×2 but holds 7 values":   func(g *Graph) { g.X = &tensor.Matrix{Rows: 34, Cols: 2, Data: make([]float32, 7)} },
	} {
		g := Karate()
		spoil(g)
		wantError(t, g.Validate(), want)
	}
	wantError(t, (*Graph)(nil).Validate(), "the graph is nil")
	wantError(t, (*GraphSet)(nil).Validate(), "the set of graphs is nil")
}
