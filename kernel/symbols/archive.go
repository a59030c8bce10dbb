package symbols

import (
	"archive/zip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"sync"
)

//go:embed data/common
var commonArchives embed.FS

// archive returns the embedded entries by name. Only their directories are read here.
var archive = sync.OnceValue(func() map[string]*zip.File {
	entries := map[string]*zip.File{}
	for _, files := range []embed.FS{commonArchives, platformArchives} {
		err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return addEntries(entries, files, path)
		})
		if err != nil {
			panic("symbols: embedded archive: " + err.Error())
		}
	}
	return entries
})

func addEntries(entries map[string]*zip.File, files embed.FS, path string) error {
	file, err := files.Open(path) // never closed: it is memory, and the entries read from it
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(file.(io.ReaderAt), info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, entry := range z.File {
		entries[entry.Name] = entry
	}
	return nil
}

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
