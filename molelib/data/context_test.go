package data

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func TestLoadingStopsWhenCancelled(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var array strings.Builder
	if err := WriteNPY(&array, tensor.NewMatrix(2, 2)); err != nil {
		t.Fatal(err)
	}
	var archive strings.Builder
	z := zip.NewWriter(&archive)
	w, err := z.Create("x.npy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(array.String())); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	npz := write("arrays.npz", archive.String())
	table, npy := write("t.csv", "a,k\n1,x\n2,y\n"), write("a.npy", array.String())
	edges, graphs := write("e.txt", "0 1\n"), write("g.txt", "1\n1 0\n0 0\n")
	for name, load := range map[string]func(context.Context) error{
		"t.csv":         func(ctx context.Context) error { _, err := LoadCSV(ctx, table, CSVOptions{}); return err },
		"a.npy":         func(ctx context.Context) error { _, err := LoadNPY(ctx, npy); return err },
		"e.txt":         func(ctx context.Context) error { _, err := LoadEdges(ctx, edges, EdgeOptions{}); return err },
		"g.txt":         func(ctx context.Context) error { _, err := LoadGraphs(ctx, graphs); return err },
		"_graph_labels": func(ctx context.Context) error { _, err := LoadTU(ctx, "testdata/tu"); return err },
		"images.gz": func(ctx context.Context) error {
			_, err := LoadIDX(ctx, "testdata/idx/images.gz", "testdata/idx/labels")
			return err
		},
		"ind.small.y": func(ctx context.Context) error {
			_, err := LoadPlanetoid(ctx, "testdata/planetoid", "small")
			return err
		},
		"arrays.npz": func(ctx context.Context) error { _, err := LoadNPZ(ctx, npz); return err },
	} {
		if err := load(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := load(ctx); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), name) {
			t.Errorf("got the error %v, want one that names %s and says that the loading was cancelled", err, name)
		}
	}
}
