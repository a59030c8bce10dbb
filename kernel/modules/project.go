package modules

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// scratchModule is the module that cells belong to where there is no go.mod beside or above
// the notebook.
const scratchModule = "mole.invalid/notebook"

// project is the module that the notebook lies in.
type project struct {
	notebook string // the notebook's folder
	root     string // the folder of its go.mod; "" for none
	path     string // the module's path; scratchModule for none
}

// findProject looks for a go.mod in dir and above. The source of mole-kernel is no module of
// a notebook's: its packages are in the kernel.
func findProject(dir string) project {
	dir, err := filepath.Abs(dir)
	p := project{notebook: dir, path: scratchModule}
	for at := dir; err == nil; at = filepath.Dir(at) {
		data, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil {
			if own := modulePath(data); own != "" && own != ownModule {
				p.root, p.path = at, own
			}
			return p
		}
		if filepath.Dir(at) == at {
			return p
		}
	}
	return p
}

// resolve makes the import path that the go command knows of one that a cell names:
// "./util" means the folder beside the notebook.
func (p project) resolve(name string) string {
	if !isRelative(name) {
		return name
	}
	if p.root == "" {
		if clean := path.Clean(name); clean == "." || strings.HasPrefix(clean, "..") {
			return name // builds say what is wrong with it
		}
		return path.Join(p.path, name)
	}
	rel, err := filepath.Rel(p.root, filepath.Join(p.notebook, filepath.FromSlash(name)))
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return name // outside of the module: the go command says what is wrong
	}
	return path.Join(p.path, filepath.ToSlash(rel))
}

// cellPath is the import path of a compiled cell.
func (p project) cellPath(c Compiled) string { return path.Join(p.path, workerPackage, c.Name) }

func isRelative(name string) bool {
	return name == "." || name == ".." || strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../")
}

// owns tells of import paths in the notebook's module.
func (p project) owns(path string) bool {
	return path == p.path || strings.HasPrefix(path, p.path+"/")
}

// identity changes with the files that decide versions.
func (p project) identity() string {
	if p.root == "" {
		return p.notebook
	}
	var b strings.Builder
	b.WriteString(p.root)
	for _, name := range []string{"go.mod", "go.sum"} {
		data, _ := os.ReadFile(filepath.Join(p.root, name)) // a missing go.sum is one
		fmt.Fprintf(&b, "\n%s %x", name, sha256.Sum256(data))
	}
	return b.String()
}

// fingerprint changes when a file in one of the folders does. Folders below them do not
// count; a folder that is gone is a change.
func fingerprint(dirs []string) string {
	h := sha256.New()
	for _, dir := range slices.Sorted(slices.Values(dirs)) {
		entries, err := os.ReadDir(dir)
		fmt.Fprintln(h, dir, err == nil)
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
				fmt.Fprintln(h, e.Name(), info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12])
}

// copyTree copies the Go packages below a folder without a go.mod to where the go command can
// compile them. Folders that Go ignores are left out.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); rel != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata") {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		if !d.Type().IsRegular() || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		return copyFile(filepath.Join(to, rel), file)
	})
}

func copyFile(to, from string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
