// Package nbformat reads and writes Jupyter notebooks (nbformat 4). What it does not
// know it keeps: unknown fields, the order of the fields, the text of untouched cells.
package nbformat

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Notebook is one document. Its cells may be changed, added and removed.
type Notebook struct {
	Cells  []*Cell
	fields object
	minor  int
}

// Kernelspec is what a notebook says of the kernel that it wants.
type Kernelspec struct {
	DisplayName string `json:"display_name"`
	Language    string `json:"language,omitempty"`
	Name        string `json:"name"`
}

// ErrNotNotebook marks a file that holds something else.
var ErrNotNotebook = errors.New("not a Jupyter notebook")

// Read loads the notebook at path.
func Read(path string) (*Notebook, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file", path)
	}
	if err != nil {
		return nil, err
	}
	nb, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return nb, nil
}

// Parse decodes a notebook. Errors wrap ErrNotNotebook.
func Parse(text []byte) (*Notebook, error) {
	nb := &Notebook{}
	if err := json.Unmarshal(text, &nb.fields); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNotNotebook, err)
	}
	var major int
	if err := errors.Join(nb.fields.get("nbformat", &major), nb.fields.get("nbformat_minor", &nb.minor)); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNotNotebook, err)
	}
	if major == 0 {
		return nil, fmt.Errorf("%w: it has no nbformat number", ErrNotNotebook)
	}
	if major != 4 {
		return nil, fmt.Errorf("%w of format 4 but of format %d: open it in JupyterLab and save it again", ErrNotNotebook, major)
	}
	if err := nb.fields.get("cells", &nb.Cells); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNotNotebook, err)
	}
	for i, c := range nb.Cells {
		if c == nil {
			return nil, fmt.Errorf("%w: cell %d is null", ErrNotNotebook, i+1)
		}
	}
	return nb, nil
}

// Bytes encodes the notebook as Jupyter writes it: one space of indentation, a newline
// at the end.
func (nb *Notebook) Bytes() ([]byte, error) {
	cells := nb.Cells
	if cells == nil {
		cells = []*Cell{}
	}
	if err := nb.fields.set("cells", cells); err != nil {
		return nil, err
	}
	text, err := encode(nb.fields)
	if err != nil {
		return nil, fmt.Errorf("encode notebook: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", " "); err != nil {
		return nil, fmt.Errorf("encode notebook: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// Write stores the notebook at path. A reader sees the old file or the new one, never a
// part: the text goes to a file beside it, which then takes its name.
func (nb *Notebook) Write(path string) error {
	text, err := nb.Bytes()
	if err != nil {
		return err
	}
	return WriteFile(path, text)
}

// WriteFile writes data to path as Notebook.Write does. The mode of an existing file is
// kept.
func WriteFile(path string, data []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name()) // fails once it has been renamed, as it should
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// metadata is the part of the notebook's metadata that this package looks into.
func (nb *Notebook) metadata() (object, error) {
	var m object
	err := nb.fields.get("metadata", &m)
	return m, err
}

// Kernelspec returns the kernel that the notebook names; the zero value for none.
func (nb *Notebook) Kernelspec() Kernelspec {
	var k Kernelspec
	if m, err := nb.metadata(); err == nil {
		_ = m.get("kernelspec", &k) // a malformed one names no kernel
	}
	return k
}

// Language is the programming language of the notebook in lower case, "" when it names
// none.
func (nb *Notebook) Language() string {
	if k := nb.Kernelspec(); k.Language != "" {
		return k.Language
	}
	var info struct{ Name string }
	if m, err := nb.metadata(); err == nil {
		_ = m.get("language_info", &info)
	}
	return info.Name
}

// SetKernel records who ran the notebook: languageInfo as kernel_info_reply has it, and
// spec unless the notebook names a kernel already.
func (nb *Notebook) SetKernel(spec Kernelspec, languageInfo any) error {
	m, err := nb.metadata()
	if err != nil {
		return err
	}
	if nb.Kernelspec().Name == "" {
		if err := m.set("kernelspec", spec); err != nil {
			return err
		}
	}
	if err := m.set("language_info", languageInfo); err != nil {
		return err
	}
	return nb.fields.set("metadata", m)
}

// newID makes a cell id, or "" where the notebook's minor version knows none.
func (nb *Notebook) newID() string {
	if nb.minor < 5 {
		return ""
	}
	var b [4]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
