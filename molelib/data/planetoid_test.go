package data

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// smallCitations are the files of a graph of 7 nodes: 3 in allx, of which 2 are labelled, and
// the tested nodes 6, 3 and 5; nothing is known of node 4.
func smallCitations() map[string][]byte {
	return map[string][]byte{
		"y":          pickledArray("i4", []float64{1, 0, 0, 1}, 2, 2),
		"ally":       pickledArray("i4", []float64{1, 0, 0, 1, 0, 1}, 3, 2),
		"ty":         pickledArray("i4", []float64{0, 1, 1, 0, 0, 1}, 3, 2),
		"allx":       pickledSparse(3, 2, []float64{0, 2, 3, 4}, []float64{0, 1, 1, 0}, []float64{1, 3, 1, 1}),
		"tx":         pickledSparse(3, 2, []float64{0, 1, 1, 2}, []float64{0, 1}, []float64{1, 1}),
		"graph":      pickledLists([]int{1, 2, 1}, []int{0, 1}, []int{0}, []int{6}, nil, []int{6}, []int{3, 5}),
		"test.index": []byte("6\n3\n5\n"),
	}
}

func writeCitations(t *testing.T, files map[string][]byte) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for part, content := range files {
		if err := os.WriteFile(filepath.Join(folder, "ind.small."+part), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestPlanetoidPutsTestedNodesWhereTheyBelong(t *testing.T) {
	g, err := LoadPlanetoid(t.Context(), writeCitations(t, smallCitations()), "small")
	if err != nil {
		t.Fatal(err)
	}
	if want := "[0.25 0.75 0 1 1 0 0 0 0 0 0 1 1 0]"; fmt.Sprint(g.X.Data) != want {
		t.Errorf("features %v, want %s", g.X.Data, want)
	}
	if want := []int{0, 1, 1, 0, 0, 1, 1}; !slices.Equal(g.Y, want) {
		t.Errorf("labels %v, want %v", g.Y, want)
	}
	if want := [][2]int{{0, 1}, {0, 2}, {3, 6}, {5, 6}}; !slices.Equal(g.Edges, want) {
		t.Errorf("edges %v, want %v: without loops and repetitions", g.Edges, want)
	}
	if split := fmt.Sprint(g.Train, g.Validation, g.Test); split != "[0 1] [2] [3 5 6]" {
		t.Errorf("split %s", split)
	}
}

func TestPlanetoidNamesTheFileThatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		part    string
		content []byte
		want    string
	}{
		"damaged":           {"ty", []byte("\x80\x02"), "data: ind.small.ty, byte 2: unexpected EOF: the file is cut off"},
		"hostile":           {"allx", []byte("\x80\x02cos\nsystem\n."), `data: ind.small.allx, byte 2: the pickle asks for "os system"`},
		"another file":      {"graph", pickledArray("i4", nil, 0, 2), "data: ind.small.graph holds a *data.pyArray"},
		"another width":     {"tx", pickledSparse(3, 3, []float64{0, 0, 0, 0}, nil, nil), "differ in width"},
		"another length":    {"ty", pickledArray("i4", []float64{0, 1}, 1, 2), "differ in length"},
		"flat labels":       {"y", pickledArray("i4", []float64{0, 1}, 2), "labels of shape [2]"},
		"too few nodes":     {"graph", pickledLists(nil, nil), "3 in allx and 2 in graph"},
		"tested in allx":    {"test.index", []byte("6\n3\n2\n"), "test.index, line 3: node 2"},
		"tested twice":      {"test.index", []byte("6\n3\n3\n"), "test.index, line 3: node 3 is there twice"},
		"no number":         {"test.index", []byte("6\nx\n5\n"), `ind.small.test.index, line 2, column 1: "x" is no whole number`},
		"neighbour outside": {"graph", pickledLists([]int{7}, nil, nil, nil, nil, nil, nil), "ind.small.graph, node 0: neighbour 7"},
		"not a number":      {"tx", pickledSparse(3, 2, []float64{0, 1, 1, 1}, []float64{1}, []float64{nan()}), "node 6, column 1 is NaN"},
	} {
		t.Run(name, func(t *testing.T) {
			files := smallCitations()
			files[c.part] = c.content
			_, err := LoadPlanetoid(t.Context(), writeCitations(t, files), "small")
			wantError(t, err, c.want)
		})
	}
	files := smallCitations()
	delete(files, "tx")
	_, err := LoadPlanetoid(t.Context(), writeCitations(t, files), "small")
	wantError(t, err, "ind.small.tx")
}

func TestReadingPlanetoidStopsWhenCancelled(t *testing.T) {
	small := smallCitations()
	var contents [][]byte
	for _, part := range planetoidParts {
		contents = append(contents, small[part])
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readPlanetoid(ctx, "small", contents); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func FuzzPlanetoid(f *testing.F) {
	small := smallCitations()
	var contents [][]byte
	for _, part := range planetoidParts {
		contents = append(contents, small[part])
	}
	for k := range contents {
		f.Add(k, contents[k])
	}
	f.Fuzz(func(t *testing.T, k int, content []byte) {
		files := slices.Clone(contents)
		files[((k%len(files))+len(files))%len(files)] = content
		g, err := readPlanetoid(t.Context(), "fuzz", files)
		if err != nil {
			return
		}
		if err := g.Validate(); err != nil {
			t.Errorf("an unfit graph: %v", err)
		}
	})
}
