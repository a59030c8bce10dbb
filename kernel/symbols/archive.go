package symbols

import (
	"archive/zip"
	_ "embed"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
)

//go:embed data/common.zip
var commonArchive string

// archive returns the embedded entries by name. Only their directory is read here.
var archive = sync.OnceValue(func() map[string]*zip.File {
	entries := map[string]*zip.File{}
	for _, data := range []string{commonArchive, platformArchive} {
		z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
		if err != nil {
			panic("symbols: embedded archive: " + err.Error())
		}
		for _, file := range z.File {
			entries[file.Name] = file
		}
	}
	return entries
})

// read returns one embedded entry; false when there is none.
func read(name string) ([]byte, bool, error) {
	file := archive()[name]
	if file == nil {
		return nil, false, nil
	}
	r, err := file.Open()
	if err != nil {
		return nil, true, fmt.Errorf("embedded %s: %w", name, err)
	}
	defer r.Close()
	data := make([]byte, file.UncompressedSize64)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, true, fmt.Errorf("embedded %s: %w", name, err)
	}
	return data, true, nil
}

// paths lists the packages in the archive, sorted.
var paths = sync.OnceValue(func() []string {
	var list []string
	for name := range archive() {
		if path, ok := strings.CutPrefix(name, "types/"); ok {
			list = append(list, path)
		}
	}
	sort.Strings(list)
	return list
})
