package mapped_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/internal/mapped"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

func ExampleCreate() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	w, err := mapped.Create(folder, 2, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	row := &tensor.Matrix{Rows: 1, Cols: 3, Data: []float32{1, 2, 3}}
	for range 2 {
		if err := w.Append(row); err != nil {
			fmt.Println(err)
			return
		}
	}
	m, err := w.Matrix()
	fmt.Println(m.Data, err)
	// Output: [1 2 3 1 2 3] <nil>
}

func TestMatrixHasTheRowsAsTheyWere(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "made", "on", "demand")
	w, err := mapped.Create(folder, 1000, 37)
	if err != nil {
		t.Fatal(err)
	}
	all := tensor.NewMatrix(1000, 37)
	for i := range all.Data {
		all.Data[i] = 1 / float32(i)
	}
	for from := 0; from < 1000; from += 300 {
		rows := all.View(from, min(from+300, 1000))
		if err := w.Append(&rows); err != nil {
			t.Fatal(err)
		}
	}
	m, err := w.Matrix()
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows != 1000 || m.Cols != 37 || !slices.Equal(m.Data, all.Data) {
		t.Error("other values than were written")
	}
	runtime.KeepAlive(m)
}

func TestNoFileIsLeftInTheFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there the file has a name until the process ends")
	}
	folder := t.TempDir()
	w, err := mapped.Create(folder, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v: a crash would leave it there", entries, err)
	}
	if err := w.Discard(); err != nil {
		t.Error(err)
	}
	if err := w.Discard(); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestEmptyMatrixNeedsNoMapping(t *testing.T) {
	w, err := mapped.Create(t.TempDir(), 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := w.Matrix(); err != nil || m.Rows != 0 || m.Cols != 5 {
		t.Errorf("got %v, %v", m, err)
	}
}
