package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// idxBytes writes what ReadIDX reads.
func idxBytes(values []byte, shape ...int) []byte {
	out := []byte{0, 0, 8, byte(len(shape))}
	for _, n := range shape {
		out = append(out, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, values...)
}

func TestReadIDX(t *testing.T) {
	file := idxBytes([]byte{1, 2, 3, 4, 5, 6}, 3, 2)
	for name, r := range map[string]io.Reader{
		"at once":     bytes.NewReader(file),
		"by the byte": iotest.OneByteReader(bytes.NewReader(file)),
	} {
		shape, values, err := ReadIDX(r)
		if err != nil {
			t.Fatal(name, err)
		}
		if !slices.Equal(shape, []int{3, 2}) || !slices.Equal(values, []byte{1, 2, 3, 4, 5, 6}) {
			t.Errorf("%s: shape %v, values %v", name, shape, values)
		}
	}
}

func TestReadIDXRefusesDamage(t *testing.T) {
	good := idxBytes([]byte{1, 2, 3, 4, 5, 6}, 3, 2)
	for _, c := range []struct {
		file []byte
		want string
	}{
		{nil, "idx header"},
		{[]byte("PK\x03\x04"), "not an idx file"},
		{[]byte{0, 0, 13, 1, 0, 0, 0, 1}, "type 0xd"},
		{[]byte{0, 0, 8, 0}, "without dimensions"},
		{good[:9], "idx dimension 1"},
		{good[:len(good)-2], "4 of 6"},
		{append(slices.Clone(good), 7), "goes on after the 6 values"},
		{idxBytes(nil, 1<<31, 1<<31), "damaged"},
		{idxBytes(nil, 0), "damaged"},
	} {
		_, _, err := ReadIDX(bytes.NewReader(c.file))
		wantError(t, err, c.want)
	}
	_, _, err := ReadIDX(bytes.NewReader(good[:14]))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a truncated file gives %v, want io.ErrUnexpectedEOF", err)
	}
}

func FuzzReadIDX(f *testing.F) {
	f.Add(idxBytes([]byte{1, 2, 3, 4, 5, 6}, 3, 2))
	f.Add(idxBytes(nil, 1<<30, 4))
	f.Add([]byte{0, 0, 8, 255})
	f.Fuzz(func(t *testing.T, file []byte) {
		shape, values, err := ReadIDX(bytes.NewReader(file))
		if err != nil {
			return
		}
		if product(shape) != len(values) {
			t.Errorf("shape %v has %d values", shape, len(values))
		}
		if again := idxBytes(values, shape...); !bytes.Equal(again, file) {
			t.Errorf("read and written again: %x, want %x", again, file)
		}
	})
}

func TestLoadIDX(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if strings.HasSuffix(name, ".gz") {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			w.Write(content) // A buffer takes everything.
			w.Close()
			content = packed.Bytes()
		}
		writeFile(t, path, content)
		return path
	}
	images := write("kmnist.gz", idxBytes([]byte{0, 51, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 2, 2))
	labels := write("labels", idxBytes([]byte{2, 0, 2}, 3))
	d, err := LoadIDX(t.Context(), images, labels)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(d.Y, d.Classes, d.Shape, d.X.Row(0)[:3]); got != "[2 0 2] [0 1 2] [2 2] [0 0.2 1]" || d.Validate() != nil {
		t.Errorf("got %s, %v", got, d.Validate())
	}
	for want, paths := range map[string][2]string{
		"short: idx values: 2 of 4":             {write("short", idxBytes([]byte{1, 2}, 2, 2)), labels},
		"no.gz is no gzip file":                 {filepath.Join(folder, "no.gz"), labels},
		"kmnist.gz has the shape [3 2 2]: it d": {images, images},
		"two has the shape [2]: it does not":    {images, write("two", idxBytes([]byte{1, 2}, 2))},
		"two has the shape [2]: examples have":  {filepath.Join(folder, "two"), labels},
		"nowhere":                               {filepath.Join(folder, "nowhere"), labels},
	} {
		writeFile(t, filepath.Join(folder, "no.gz"), []byte("text"))
		_, err := LoadIDX(t.Context(), paths[0], paths[1])
		wantError(t, err, want)
	}
}
