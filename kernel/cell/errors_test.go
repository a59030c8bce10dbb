package cell

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each file under testdata/errors holds cells, divided by "---" lines; the last one
// fails. Behind "===" stands what the user is told.
func TestErrorTexts(t *testing.T) {
	files, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			source, want, _ := strings.Cut(string(data), "\n===\n")
			got := failure(t, strings.Split(strings.TrimSuffix(source, "\n"), "\n---\n"))
			if *update {
				if err := os.WriteFile(name, []byte(source+"\n===\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", source, diff)
			}
		})
	}
}

// failure runs the cells and returns how the last one fails. A cell "LOSE" stands for the
// end of the worker.
func failure(t *testing.T, cells []string) string {
	n := New(packages())
	for i, code := range cells {
		if code == "LOSE" {
			n.Lose()
			continue
		}
		c, err := n.Check(i+1, code)
		if err == nil {
			n.Commit(c)
			continue
		}
		if i < len(cells)-1 {
			t.Fatalf("cell %d: %v", i+1, err)
		}
		return strings.Join(err.(Errors).Traceback(false), "\n") + "\n"
	}
	t.Fatal("the last cell is right")
	return ""
}

func TestTracebackMayBeColoured(t *testing.T) {
	_, err := New(packages()).Check(7, "x := 1\n\ty")
	got := strings.Join(err.(Errors).Traceback(true), "\n")
	for _, want := range []string{red + "CompileError" + plain, green + "cell[7]:2:2" + plain, red + "^" + plain} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	if got, want := err.(Errors).Summary(), "2:2: undefined: y"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
