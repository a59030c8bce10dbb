package kernel

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

func TestALargeHistoryLosesItsFirstHalf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	text := []byte("one\ntwo\nthree\nfour\n")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int64]string{int64(len(text)): string(text), 16: "four\n"} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := trim(file, limit); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(file); !bytes.Equal(got, []byte(want)) {
			t.Errorf("limit %d: got %q, want %q", limit, got, want)
		}
	}
	if err := trim(filepath.Join(t.TempDir(), "none"), 1); err != nil {
		t.Errorf("no file: %v", err)
	}
}

func TestTheSessionOfALineIsFoundWithoutDecodingIt(t *testing.T) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(historyEntry{Session: 267, Line: 35, Input: "1+1"}); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]int{
		b.String(): 267, "": 0, "{}": 0, `{"session":`: 0, `{"session":x,"line":1}`: 0, "no JSON": 0,
	} {
		if got := sessionOf([]byte(line)); got != want {
			t.Errorf("%q: got %d, want %d", line, got, want)
		}
	}
}
