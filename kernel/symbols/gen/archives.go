package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"go/types"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/describe"
	"golang.org/x/tools/go/gcexportdata"
)

// archives adds one group's export data and documentation: what is alike on all platforms in
// data/common, the rest in a folder for each platform. Entries are "types/" and "doc/"
// followed by the import path. Groups have archives of their own, so that a change in our
// packages leaves the standard library's file as it is.
func archives(out outputs, g group, all []*loaded) error {
	common := map[string][]byte{}
	own := make([]map[string][]byte, len(all))
	for i := range all {
		own[i] = map[string][]byte{}
	}
	for _, path := range g.Paths {
		text, err := json.Marshal(describe.Docs(all[0].syntax[path]...)) // sorted by key
		if err != nil {
			return err
		}
		common["doc/"+path] = text
		data := make([][]byte, len(all))
		for i, l := range all {
			if data[i], err = exportData(l.packages[path]); err != nil {
				return err
			}
		}
		if alike(data) {
			common["types/"+path] = data[0]
			continue
		}
		for i := range all {
			own[i]["types/"+path] = data[i]
		}
	}
	for i, l := range all {
		if err := out.addArchive("data/"+l.platform.String()+"/"+g.Name+".zip", own[i]); err != nil {
			return err
		}
	}
	return out.addArchive("data/common/"+g.Name+".zip", common)
}

// embedding adds the Go files that embed the archives.
func embedding(out outputs, version string) error {
	for _, p := range platforms {
		source := strings.ReplaceAll(header+`package symbols

import "embed"

//go:embed data/PLATFORM
var platformArchives embed.FS
`, "PLATFORM", p.String())
		if err := out.addGo("data_"+p.String()+".go", source); err != nil {
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

// addArchive adds a zip file of entries, sorted and without times, when there are any.
func (out outputs) addArchive(name string, entries map[string][]byte) error {
	if len(entries) == 0 {
		return nil
	}
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
