package data

import (
	"fmt"
	"strings"
	"testing"
)

const twoGraphs = `2
3 -1
5 1 1 0.5
5 2 0 2 1.5
9 1 1 -2

1 7
9 0 4
`

func TestReadGraphs(t *testing.T) {
	s, err := ReadGraphs(strings.NewReader(twoGraphs), "two.txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	got := fmt.Sprint(s.Y, s.Classes, s.TagNames, s.Graphs[0].Edges, s.Graphs[0].Tags, s.Graphs[0].X.Data, s.Graphs[1].X.Data, s.Features)
	want := "[0 1] [-1 7] [5 9] [[0 1] [1 2]] [0 0 1] [0.5 1 0 1.5 1 0 -2 0 1] [4 0 1] [0 tag=5 tag=9]"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestGraphsOfOneTagAreLearnedByDegree(t *testing.T) {
	s, err := ReadGraphs(strings.NewReader("1\n2 0\n0 1 1\n0 1 0\n"), "t")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.Features); got != "[degree=0 degree=1]" {
		t.Errorf("features %s", got)
	}
}

func TestReadGraphsNamesLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "data: t ends after line 0"},
		"no count":        {"x\n", `data: t, line 1, column 1: "x" is no whole number`},
		"no graphs":       {"0\n", "data: t, line 1, column 1: 0 is not between 1"},
		"no label":        {"1\n1\n", "data: t, line 2, column 2: the line ends early"},
		"too much":        {"1\n1 0 3\n", `data: t, line 2, column 3: "3" was not expected`},
		"ends early":      {"1\n2 0\n0 0\n", "data: t ends after line 3"},
		"few neighbours":  {"1\n2 0\n0 2 1\n", "data: t, line 3, column 4: the line ends early"},
		"outside":         {"1\n2 0\n0 1 2\n", "data: t, line 3, column 3: 2 is not between 0 and 1"},
		"ragged":          {"1\n2 0\n0 0 1.5\n0 0\n", "data: t, line 4, column 2: 0 values follow the neighbours, the first node has 1"},
		"not a number":    {"1\n1 0\n0 0 NaN\n", `data: t, line 3, column 3: "NaN" is no finite number`},
		"infinite":        {"1\n1 0\n0 0 1e99\n", `data: t, line 3, column 3: "1e99" is no finite number`},
		"goes on":         {"1\n1 0\n0 0\n1 0\n", "data: t, line 4, column 1: the file goes on"},
		"a huge count":    {"2147483647\n1 0\n0 0\n", "data: t ends after line 3: unexpected EOF: the file is cut off, save or fetch it again (graph 2 of 2147483647)"},
		"a huge graph":    {"1\n2147483647 0\n0 0\n", "data: t ends after line 3"},
		"a huge node":     {"1\n1 0\n0 2147483647\n", "data: t, line 3, column 3: the line ends early"},
		"a large integer": {"1\n1 99999999999999999999\n", "is no whole number"},
	} {
		_, err := ReadGraphs(strings.NewReader(c.text), "t")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

func FuzzReadGraphs(f *testing.F) {
	f.Add(twoGraphs)
	f.Add("1\n2 0\n0 1 1\n0 1 0\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadGraphs(strings.NewReader(text), "t")
		if err != nil {
			return
		}
		if err := s.Validate(); err != nil {
			t.Errorf("ReadGraphs(%q) gives an unfit set: %v", text, err)
		}
	})
}
