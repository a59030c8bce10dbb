package nb

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
)

// figures is where a program that no notebook runs saves its pictures; nil for nowhere.
var figures atomic.Pointer[folder]

// folder numbers the pictures that are saved in it.
type folder struct {
	dir   string
	saved atomic.Int64
}

// SaveFigures makes a program that no notebook runs save the pictures that it shows in
// dir, as figure-001.png and so on, besides printing their text. The folder is made when
// it is missing. In a notebook it does nothing.
func SaveFigures(dir string) error {
	if _, plain := cell().(terminal); !plain {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("save figures: %w", err)
	}
	figures.Store(&folder{dir: dir})
	return nil
}

// save writes the first picture among the representations.
func (f *folder) save(s Shown) error {
	for _, kind := range []struct{ mime, ending string }{
		{"image/svg+xml", "svg"}, {"image/png", "png"}, {"image/jpeg", "jpg"}, {"image/gif", "gif"},
	} {
		var data []byte
		switch part := s.Data[kind.mime].(type) {
		case []byte:
			data = part
		case string:
			data = []byte(part)
			if kind.ending != "svg" {
				decoded, err := base64.StdEncoding.DecodeString(part)
				if err != nil {
					return fmt.Errorf("save a figure: its %s is not in base64: %w", kind.mime, err)
				}
				data = decoded
			}
		default:
			continue
		}
		file := filepath.Join(f.dir, fmt.Sprintf("figure-%03d.%s", f.saved.Add(1), kind.ending))
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return fmt.Errorf("save a figure: %w", err)
		}
		return nil
	}
	return nil
}
