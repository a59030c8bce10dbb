package magic

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxWords bounds a completion.
const maxWords = 500

// Complete lists the words of a kind that begin with a prefix. Paths are relative to the
// directory of the surroundings; folders end with a slash.
func (t Table) Complete(kind Words, prefix string, around Surroundings) []string {
	var words []string
	switch kind {
	case Files, Folders:
		words = paths(prefix, around, kind == Folders)
	case Environment:
		for _, line := range around.Env {
			name, _, _ := strings.Cut(line, "=")
			words = append(words, name)
		}
	case Magics:
		for _, m := range t {
			words = append(words, m.Title())
		}
	}
	words = slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, prefix) })
	return words[:min(len(words), maxWords)]
}

// paths lists what the folder of a half-typed path holds. Hidden files are listed when the
// name begins with a dot.
func paths(prefix string, around Surroundings, folders bool) []string {
	dir, name := "", prefix
	if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
		dir, name = prefix[:i+1], prefix[i+1:]
	}
	if prefix == "~" {
		return []string{"~/"}
	}
	// What cannot be read has nothing to list.
	entries, _ := os.ReadDir(around.path(dir))
	var list []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(name, ".") {
			continue
		}
		info, err := os.Stat(filepath.Join(around.path(dir), e.Name())) // of what a link leads to
		isDir := err == nil && info.IsDir()
		switch {
		case isDir:
			list = append(list, dir+e.Name()+"/")
		case !folders:
			list = append(list, dir+e.Name())
		}
	}
	return list
}
