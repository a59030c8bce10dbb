package nb

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAProgramSavesItsFigures(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "figures")
	if err := SaveFigures(dir); err != nil {
		t.Fatal(err)
	}
	defer figures.Store(nil)
	for _, data := range []map[string]any{
		{"text/plain": "no picture"},
		{"text/plain": "bytes", "image/png": []byte("picture")},
		{"text/plain": "base64", "image/png": "cGljdHVyZQ=="},
		{"text/plain": "drawing", "image/svg+xml": "<svg/>", "image/png": []byte("not this")},
	} {
		terminal{}.Display(Shown{Data: data})
	}
	for name, want := range map[string]string{"figure-001.png": "picture", "figure-002.png": "picture", "figure-003.svg": "<svg/>"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 3 {
		t.Errorf("the folder holds %d files, want 3", len(files))
	}
}

// counted is a view that can be told apart.
type counted struct{ text string }

func (c *counted) String() string { return c.text }

func TestAProgramPrintsALiveViewWhenItIsComplete(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	file, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stdout := os.Stdout
	os.Stdout = file
	defer func() { os.Stdout = stdout }()
	v := &counted{"begun"}
	view := Live(v)
	view.Observe(1, 2, "half")
	v.text = "complete"
	view.Observe(2, 2, "done")
	view.Close() // shows nothing new
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if got := lastLines(string(text)); got != "complete" {
		t.Errorf("the program printed %q, want the line of progress and \"complete\" once", text)
	}
}

// lastLines is what stands behind the line of progress.
func lastLines(text string) string {
	for i, r := range text {
		if r == '\n' {
			return text[i+1 : len(text)-1]
		}
	}
	return text
}
