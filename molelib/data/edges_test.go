package data

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEdgeListsOfEveryKind(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		options EdgeOptions
		names   []string
		edges   [][2]int
	}{
		"numbers":         {"# remark\n2 0\n0 1\n\n% more\n1 0 7.5\n2 2\n", EdgeOptions{}, nil, [][2]int{{0, 1}, {0, 2}}},
		"from 1":          {"10\t9\n9\t2\n", EdgeOptions{}, []string{"2", "9", "10"}, [][2]int{{0, 1}, {1, 2}}},
		"names":           {"Ann,Bob\nBob,\"Eve, the third\"\n", EdgeOptions{}, []string{"Ann", "Bob", "Eve, the third"}, [][2]int{{0, 1}, {1, 2}}},
		"semicolons":      {"New York;Rome\nRome;Bonn\n", EdgeOptions{}, []string{"New York", "Rome", "Bonn"}, [][2]int{{0, 1}, {1, 2}}},
		"header":          {"\ufefffrom,to,weight\nb,a,1\n", EdgeOptions{Header: true}, []string{"b", "a"}, [][2]int{{0, 1}}},
		"given separator": {"a,b c,d\n", EdgeOptions{Comma: ' '}, []string{"a,b", "c,d"}, [][2]int{{0, 1}}},
		"leading zeros":   {"07 7\n", EdgeOptions{}, []string{"07", "7"}, [][2]int{{0, 1}}},
		"Windows":         {"0 1\r\n1 2\r\n", EdgeOptions{}, nil, [][2]int{{0, 1}, {1, 2}}},
	} {
		g, err := ReadEdges(strings.NewReader(c.text), "friends.txt", c.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if g.Name != "friends" || !slices.Equal(g.Names, c.names) || !slices.Equal(g.Edges, c.edges) {
			t.Errorf("%s: nodes %q, edges %v; want %q, %v", name, g.Names, g.Edges, c.names, c.edges)
		}
	}
}

func TestEdgeListWithTableOfNodes(t *testing.T) {
	table := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(table, []byte("name,age,town,club\nEve,30,Rome,a\nAnn,40,Bonn,b\nJoe,50,Rome,a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	g, err := ReadEdges(strings.NewReader("Ann Eve\n"), "friends", EdgeOptions{Nodes: table})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(g.Names, g.Edges, g.Y, g.Classes, g.Features, g.X.Data)
	if want := "[Eve Ann Joe] [[0 1]] [0 1 0] [a b] [age town=Bonn town=Rome] [30 0 1 40 1 0 50 0 1]"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	g, err = ReadEdges(strings.NewReader("Ann Eve\n"), "friends", EdgeOptions{Nodes: table, Table: CSVOptions{Drop: []string{"age", "town"}}})
	if err != nil || g.X != nil || g.Nodes != 3 {
		t.Errorf("%v, %v: want 3 nodes without features", g, err)
	}
	for want, c := range map[string]struct {
		edges string
		table CSVOptions
	}{
		`friends, line 1, column 2: node "Max" is not in the table`: {"Ann Max\n", CSVOptions{}},
		"the first column holds the names":                          {"Ann Eve\n", CSVOptions{Label: "name"}},
		"nodes have classes, no Targets":                            {"Ann Eve\n", CSVOptions{Targets: []string{"age"}}},
	} {
		_, err := ReadEdges(strings.NewReader(c.edges), "friends", EdgeOptions{Nodes: table, Table: c.table})
		wantError(t, err, want)
	}
}

func TestMissingFeaturesOfNodesAreKeptAndFilledIn(t *testing.T) {
	table := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(table, []byte("name,age,town,club\nEve,30,Rome,a\nAnn,,Bonn,b\nJoe,50,Rome,a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	g, err := ReadEdges(strings.NewReader("Ann Eve\n"), "friends", EdgeOptions{Nodes: table, Table: CSVOptions{Missing: KeepMissing}})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, g.Validate(), "node 1, column 0 (age) is NaN")
	g.Train = []int{0, 1}
	if age := g.Imputed().X.At(1, 0); age != 30 {
		t.Errorf("the missing age becomes %v, want that of the only other node to learn from", age)
	}
}

func TestEdgeListsNameLineAndColumn(t *testing.T) {
	twice := filepath.Join(t.TempDir(), "twice.csv")
	if err := os.WriteFile(twice, []byte("name,club\nEve,a\nEve,b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]struct {
		text    string
		options EdgeOptions
	}{
		"data: t has no edges":                                          {"# nothing\n", EdgeOptions{}},
		"data: t, line 2, column 2: a node is missing":                  {"a b\na\n", EdgeOptions{}},
		"data: t, line 1, column 1: a node is missing":                  {",,b\n", EdgeOptions{}},
		"data: t, line 2: the quotes do not match":                      {"a,b\n\"c,d\n", EdgeOptions{}},
		`"source" and "target" are the only nodes`:                      {"source target\n0 1\n1 2\n", EdgeOptions{}},
		`twice.csv, line 3, column 1 (name): node "Eve" is there twice`: {"a b\n", EdgeOptions{Nodes: twice}},
		"nowhere": {"a b\n", EdgeOptions{Nodes: "nowhere"}},
	} {
		_, err := ReadEdges(strings.NewReader(c.text), "t", c.options)
		wantError(t, err, want)
	}
}

func TestWrittenEdgesAreReadAgain(t *testing.T) {
	for _, g := range []*Graph{
		Karate(),
		{Name: "odd", Nodes: 4, Names: []string{"#1", `say "x"`, " padded ", "a\tb"}, Edges: [][2]int{{0, 1}, {0, 2}, {0, 3}}},
	} {
		var file bytes.Buffer
		if err := g.WriteEdges(&file); err != nil {
			t.Fatal(err)
		}
		again, err := ReadEdges(&file, g.Name, EdgeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g.Edges, again.Edges); diff != "" || !slices.Equal(g.Names, again.Names) {
			t.Errorf("%s: names %q, edges (-want +got):\n%s", g.Name, again.Names, diff)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestEdgesThatCannotBeWritten(t *testing.T) {
	wantError(t, Karate().WriteEdges(fullDisk{}), "write edges of Karate club: the disk is full")
	g := &Graph{Name: "g", Nodes: 2, Names: []string{"a\nb", "c"}, Edges: [][2]int{{0, 1}}}
	wantError(t, g.WriteEdges(new(bytes.Buffer)), "holds a line break")
	g = &Graph{Name: "g", Nodes: 2, Edges: [][2]int{{0, 2}}}
	wantError(t, g.WriteEdges(new(bytes.Buffer)), "edge 0 names node 2 of 2")
}

func TestNodesAreSplitByClass(t *testing.T) {
	g := Karate().Split(0.2, 0.3, 1)
	if fmt.Sprint(len(g.Train), len(g.Validation), len(g.Test)) != "16 7 11" {
		t.Errorf("split %d, %d, %d", len(g.Train), len(g.Validation), len(g.Test))
	}
	if err := g.Validate(); err != nil {
		t.Error(err)
	}
	g = Karate().SplitByClass(3, 10, 100, 1)
	if fmt.Sprint(len(g.Train), len(g.Validation), len(g.Test)) != "6 10 18" {
		t.Errorf("split %d, %d, %d", len(g.Train), len(g.Validation), len(g.Test))
	}
	counts := make([]int, 2)
	for _, i := range g.Train {
		counts[g.Y[i]]++
	}
	if !slices.Equal(counts, []int{3, 3}) {
		t.Errorf("%v of each class to train on", counts)
	}
	if err := g.Validate(); err != nil {
		t.Error(err)
	}
	if len(Karate().Train) != 2 {
		t.Error("the given graph was changed")
	}
	if g = (&Graph{Name: "g", Nodes: 10}).Split(0, 0.5, 1); len(g.Train) != 5 || g.Validation != nil {
		t.Errorf("split %v, %v", g.Train, g.Validation)
	}
}

func TestGraphMisuseIsExplained(t *testing.T) {
	var none *Graph
	strange := Karate()
	strange.Y[3] = 4
	for want, call := range map[string]func(){
		"Split: the graph is nil":          func() { none.Split(0, 0.5, 1) },
		"their sum below 1":                func() { Karate().Split(0.5, 0.5, 1) },
		"node 3: label 4":                  func() { strange.Split(0, 0.5, 1) },
		"SplitByClass(0, 1, 1)":            func() { Karate().SplitByClass(0, 1, 1, 1) },
		"the nodes of g have no classes":   func() { (&Graph{Name: "g", Nodes: 3}).SplitByClass(1, 1, 1, 1) },
		"Karate club has 34 nodes but 2 l": func() { (&Graph{Name: "Karate club", Nodes: 34, Y: []int{0, 1}}).Split(0, 0.5, 1) },
	} {
		if got := message(call); !strings.Contains(got, want) || !strings.HasPrefix(got, "data: ") {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func FuzzEdges(f *testing.F) {
	f.Add("a,b\nb,\"c,d\"\n", rune(0))
	f.Add("0 1\n1 2\n# x\n", ' ')
	f.Fuzz(func(t *testing.T, text string, comma rune) {
		g, err := ReadEdges(strings.NewReader(text), "t", EdgeOptions{Comma: comma})
		if err != nil {
			return
		}
		if err := g.Validate(); err != nil {
			t.Errorf("ReadEdges(%q) gives an unfit graph: %v", text, err)
		}
		var file bytes.Buffer
		if len(g.Edges) == 0 || g.WriteEdges(&file) != nil {
			return // A graph of lonely nodes has no list; a name with a line break no line.
		}
		again, err := ReadEdges(&file, "t", EdgeOptions{})
		if err != nil || len(again.Edges) != len(g.Edges) {
			t.Errorf("read, written and read again, %q has %d edges, want %d: %v", text, len(again.Edges), len(g.Edges), err)
		}
	})
}
