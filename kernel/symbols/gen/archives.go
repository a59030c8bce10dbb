package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"go/types"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// archives adds the archives of export data and documentation: what is alike on all
// platforms in one of them, the rest in one for each platform, and the files that embed
// them. Entries are "types/" and "doc/" followed by the import path.
func archives(out outputs, paths []string, all []*loaded, version string) error {
	common := map[string][]byte{}
	for _, path := range paths {
		text, err := docs(all[0].syntax[path])
		if err != nil {
			return err
		}
		common["doc/"+path] = text
	}
	own := make([]map[string][]byte, len(all))
	for i := range all {
		own[i] = map[string][]byte{}
	}
	for _, path := range paths {
		data := make([][]byte, len(all))
		for i, l := range all {
			var err error
			if data[i], err = exportData(l.packages[path]); err != nil {
				return err
			}
		}
		for i := range all {
			own[i]["types/"+path] = data[i]
		}
		if alike(data) {
			common["types/"+path] = data[0]
			for i := range all {
				delete(own[i], "types/"+path)
			}
		}
	}
	if err := out.addArchive("data/common.zip", common); err != nil {
		return err
	}
	for i, l := range all {
		if err := out.addArchive("data/"+l.platform.String()+".zip", own[i]); err != nil {
			return err
		}
		if err := out.addGo("data_"+l.platform.String()+".go", embedSource(l.platform)); err != nil {
			return err
		}
	}
	return out.addGo("version.go", header+"package symbols\n\n"+
		"// GoVersion is the Go whose standard library the tables, types and documentation describe.\n"+
		fmt.Sprintf("const GoVersion = %q\n", version))
}

// exportData returns a package's types without positions, which would name this machine's files.
func exportData(pkg *types.Package) ([]byte, error) {
	var b bytes.Buffer
	if err := gcexportdata.Write(&b, nil, pkg); err != nil {
		return nil, fmt.Errorf("export data of %s: %w", pkg.Path(), err)
	}
	return b.Bytes(), nil
}

func alike(data [][]byte) bool {
	for _, d := range data[1:] {
		if !bytes.Equal(d, data[0]) {
			return false
		}
	}
	return true
}

func embedSource(p platform) string {
	return strings.NewReplacer("PLATFORM", p.String()).Replace(header + `package symbols

import _ "embed"

//go:embed data/PLATFORM.zip
var platformArchive string
`)
}

// addArchive adds a zip file of entries, sorted and without times.
func (out outputs) addArchive(name string, entries map[string][]byte) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, entry := range slices.Sorted(maps.Keys(entries)) {
		w, err := z.Create(entry)
		if err != nil {
			return fmt.Errorf("archive %s: %w", name, err)
		}
		if _, err := w.Write(entries[entry]); err != nil {
			return fmt.Errorf("archive %s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	out[name] = b.Bytes()
	return nil
}
