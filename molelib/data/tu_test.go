package data

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// smallTU is a set of two graphs whose nodes take turns.
func smallTU() map[string]string {
	return map[string]string{
		"_A.txt":               "1, 3\n3, 1\n3, 5\n5, 3\n2, 4\n4, 2\n2, 2\n",
		"_graph_indicator.txt": "1\n2\n1\n2\n1\n",
		"_graph_labels.txt":    "1\n-1\n",
		"_node_labels.txt":     "6\n6\n8\n8\n6\n",
		"_node_attributes.txt": "0.5, 1\n1.5, 2\n2.5, 3\n3.5, 4\n-4.5, 5\n",
	}
}

func writeTU(t *testing.T, files map[string]string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for end, text := range files {
		if err := os.WriteFile(filepath.Join(folder, "SMALL"+end), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func wantSmallTU(t *testing.T, s *GraphSet, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	got := s.Name + " " + fmt.Sprint(s.Y, s.Classes, s.TagNames, s.Graphs[0].Edges, s.Graphs[1].Edges, s.Graphs[0].X.Data, s.Graphs[1].Tags)
	want := "SMALL [1 0] [-1 1] [6 8] [[0 1] [1 2]] [[0 1]] [0.5 1 1 0 2.5 3 0 1 -4.5 5 1 0] [0 1]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTUFolder(t *testing.T) {
	s, err := LoadTU(t.Context(), writeTU(t, smallTU()))
	wantSmallTU(t, s, err)
}

func TestTUZip(t *testing.T) {
	name := filepath.Join(t.TempDir(), "SMALL.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	files := smallTU()
	files["_graph_labels.txt"] = "1\r\n-1\r\n\r\n" // as Windows ends its lines
	for end, text := range files {
		for _, path := range []string{"SMALL/SMALL" + end, "__MACOSX/SMALL/._SMALL" + end} {
			w, err := z.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := LoadTU(t.Context(), name)
	wantSmallTU(t, s, err)
}

func TestTUWithoutTagsAndAttributesTakesDegrees(t *testing.T) {
	files := smallTU()
	delete(files, "_node_labels.txt")
	delete(files, "_node_attributes.txt")
	s, err := LoadTU(t.Context(), writeTU(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.Features, s.TagNames, s.Graphs[0].X.Data); got != "[degree=0 degree=1 degree=2] [] [0 1 0 0 0 1 0 1 0]" {
		t.Error(got)
	}
}

func TestTUNamesFileLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct{ end, text, want string }{
		"node outside":      {"_A.txt", "1, 3\n1, 6\n", "SMALL_A.txt, line 2, column 2: 6 is not between 1 and 5"},
		"node 0":            {"_A.txt", "0, 3\n", "SMALL_A.txt, line 1, column 1: 0 is not between 1 and 5"},
		"two graphs":        {"_A.txt", "1, 2\n", "SMALL_A.txt, line 1, column 2: node 1 is in graph 1, node 2 in graph 2"},
		"half an edge":      {"_A.txt", "1\n", "SMALL_A.txt, line 1, column 2: the line ends early"},
		"three ends":        {"_A.txt", "1, 3, 5\n", `SMALL_A.txt, line 1, column 3: "5" was not expected`},
		"graph outside":     {"_graph_indicator.txt", "1\n3\n", "SMALL_graph_indicator.txt, line 2, column 1: 3 is not between 1 and 2"},
		"an empty graph":    {"_graph_indicator.txt", "1\n1\n", "SMALL_graph_indicator.txt gives graph 2 no node"},
		"no graphs":         {"_graph_labels.txt", "\n", "SMALL_graph_labels.txt is empty"},
		"a class of text":   {"_graph_labels.txt", "1\nx\n", `SMALL_graph_labels.txt, line 2, column 1: "x" is no whole number`},
		"few tags":          {"_node_labels.txt", "6\n", "SMALL_node_labels.txt has 1 lines for 5 nodes"},
		"few attributes":    {"_node_attributes.txt", "1\n", "SMALL_node_attributes.txt has 1 lines for 5 nodes"},
		"many attributes":   {"_node_attributes.txt", strings.Repeat("1\n", 6), "SMALL_node_attributes.txt, line 6, column 1: there are only 5 nodes"},
		"ragged attributes": {"_node_attributes.txt", "1,2\n1\n", "SMALL_node_attributes.txt, line 2, column 2: 1 values, the first line has 2"},
		"an infinity":       {"_node_attributes.txt", "1,2\n1,inf\n", `SMALL_node_attributes.txt, line 2, column 2: "inf" is no finite number`},
	} {
		t.Run(name, func(t *testing.T) {
			files := smallTU()
			files[c.end] = c.text
			_, err := LoadTU(t.Context(), writeTU(t, files))
			wantError(t, err, c.want)
		})
	}
}

func TestTUSaysWhatIsMissing(t *testing.T) {
	files := smallTU()
	delete(files, "_A.txt")
	_, err := LoadTU(t.Context(), writeTU(t, files))
	wantError(t, err, "SMALL_A.txt")
	empty := t.TempDir()
	_, err = LoadTU(t.Context(), empty)
	wantError(t, err, empty+": there is no file that ends in _graph_indicator.txt")
	_, err = LoadTU(t.Context(), filepath.Join(empty, "nowhere"))
	wantError(t, err, "nowhere")
	twice := writeTU(t, smallTU())
	if err := os.WriteFile(filepath.Join(twice, "T_graph_indicator.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = LoadTU(t.Context(), twice)
	wantError(t, err, "there are two sets, SMALL and T")
}

func FuzzTU(f *testing.F) {
	small := smallTU()
	f.Add(small["_A.txt"], small["_graph_indicator.txt"], small["_graph_labels.txt"], small["_node_labels.txt"], small["_node_attributes.txt"])
	f.Add("1,2", "1\n1", "0", "0\n0", "")
	f.Fuzz(func(t *testing.T, a, indicator, labels, tags, attributes string) {
		files := fstest.MapFS{}
		for end, text := range map[string]string{
			"_A.txt": a, "_graph_indicator.txt": indicator, "_graph_labels.txt": labels,
			"_node_labels.txt": tags, "_node_attributes.txt": attributes,
		} {
			// What is empty is missing.
			if text != "" {
				files["DS"+end] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		s, err := readTU(context.Background(), files, "fuzz")
		if err != nil {
			return
		}
		if err := s.Validate(); err != nil {
			t.Errorf("an unfit set: %v", err)
		}
	})
}
