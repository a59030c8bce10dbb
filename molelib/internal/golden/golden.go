// Package golden reads the values that tests are compared with.
package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Read fills v from a JSON file in the folder testdata of the package under test.
func Read(t testing.TB, name string, v any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
