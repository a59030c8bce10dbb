package data_test

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// npy returns a file of version 1 with the given header and values in hexadecimal.
func npy(t testing.TB, descr, order, shape, values string) []byte {
	t.Helper()
	header := "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n"
	content, err := hex.DecodeString(strings.ReplaceAll(values, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	file := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(file, header...), content...)
}

// The values are what numpy.save of NumPy 2 wrote.
func TestNPYReadsEveryTypeOfNumber(t *testing.T) {
	for name, test := range map[string]struct {
		descr, values string
		want          []float64
	}{
		"bool":      {"'|b1'", "01 00", []float64{1, 0}},
		"int8":      {"'|i1'", "ff 7f", []float64{-1, 127}},
		"uint16":    {"'<u2'", "ffff 0100", []float64{65535, 1}},
		"int16 big": {"'>i2'", "fffe 0001", []float64{-2, 1}},
		"int64":     {"'<i8'", "feffffffffffffff 0300000000000000", []float64{-2, 3}},
		"float16":   {"'<f2'", "003c 00c1", []float64{1, -2.5}},
		"half tiny": {"'<f2'", "0100 007c", []float64{math.Ldexp(1, -24), math.Inf(1)}},
		"float32":   {"'<f4'", "0000c03f 000000c0", []float64{1.5, -2}},
		"float64":   {"'>f8'", "3ff8000000000000 c000000000000000", []float64{1.5, -2}},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := data.ReadNPY(bytes.NewReader(npy(t, test.descr, "False", "(2,)", test.values)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&data.Array{Shape: []int{2}, Values: test.want}, a); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNPYFortranOrderIsTransposed(t *testing.T) {
	a, err := data.ReadNPY(bytes.NewReader(npy(t, "'|u1'", "True", "(2, 3)", "00 03 01 04 02 05")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{0, 1, 2, 3, 4, 5}, a.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNPYRoundTrip(t *testing.T) {
	want := tensor.FromRows([][]float64{{1, -2.5, 1e-20}, {4, 5, 6}})
	for _, p := range []tensor.Points{want, want.Dense(), want.Dense().Slice(0, 2, 0, 3)} {
		var file bytes.Buffer
		if err := data.WriteNPY(&file, p); err != nil {
			t.Fatal(err)
		}
		if at := bytes.IndexByte(file.Bytes(), '\n') + 1; at%64 != 0 {
			t.Errorf("values begin at byte %d, want a multiple of 64", at)
		}
		a, err := data.ReadNPY(&file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, a.Matrix()); diff != "" {
			t.Errorf("%T (-want +got):\n%s", p, diff)
		}
	}
}

func TestNPZHoldsArraysByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "set.npz")
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, values := range map[string]string{"x": "0102", "y": "0001"} {
		w, err := z.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(npy(t, "'|u1'", "False", "(2,)", values)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	arrays, err := data.LoadNPZ(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	y, err := arrays["y"].Labels()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 1}, y); diff != "" {
		t.Errorf("y (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float32{1, 2}, arrays["x"].Matrix().Data); diff != "" {
		t.Errorf("x (-want +got):\n%s", diff)
	}
}

func TestArraysAreShownByTheirShape(t *testing.T) {
	for want, a := range map[string]*data.Array{
		"2×3 array": {Shape: []int{2, 3}, Values: make([]float64, 6)}, "array of the number [7]": {Values: []float64{7}},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDamagedArchivesAreErrors(t *testing.T) {
	for name, method := range map[string]uint16{"stored": zip.Store, "compressed": zip.Deflate} {
		var file bytes.Buffer
		z := zip.NewWriter(&file)
		w, err := z.CreateHeader(&zip.FileHeader{Name: "x.npy", Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(npy(t, "'|u1'", "False", "(4,)", "01020304")); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		whole := file.Bytes()
		archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		begin, err := archive.File[0].DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(whole)
		flipped[begin+int64(archive.File[0].CompressedSize64)-int64(1+5*method)] ^= 0x40 // in the values
		for what, content := range map[string][]byte{"a flipped bit": flipped, "an archive cut off": whole[:len(whole)-9]} {
			path := filepath.Join(t.TempDir(), "x.npz")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := data.LoadNPZ(t.Context(), path)
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "the file is damaged") && !strings.Contains(err.Error(), "it is cut off") {
				t.Errorf("%s, %s: error %v, want one that names the file and what is wrong with it", name, what, err)
			}
		}
	}
}

func TestNPYErrorsSayWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"text":      {[]byte("1,2,3 are no npy"), "not an npy file"},
		"empty":     {nil, "unexpected EOF"},
		"version":   {[]byte("\x93NUMPY\x09\x00\x00\x00"), "version 9"},
		"objects":   {npy(t, "'|O'", "False", "(2,)", ""), "arrays of Python objects"},
		"strings":   {npy(t, "'<U5'", "False", "(2,)", ""), `type "<U5" cannot be read`},
		"complex":   {npy(t, "'<c16'", "False", "(2,)", ""), `type "<c16" cannot be read`},
		"records":   {npy(t, "[('a', '<f8')]", "False", "(2,)", ""), "records"},
		"truncated": {npy(t, "'|u1'", "False", "(3,)", "0102"), "within the 3 values of shape [3]: unexpected EOF: the file is cut off"},
		"too long":  {npy(t, "'|u1'", "False", "(1,)", "0102"), "goes on after the 1 values"},
		"huge":      {npy(t, "'|u1'", "False", "(999999999, 999999999)", ""), "the file is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := data.ReadNPY(bytes.NewReader(test.file))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
	if _, err := (&data.Array{Values: []float64{1, 2.5}}).Labels(); err == nil || !strings.Contains(err.Error(), "value 1 is 2.5") {
		t.Errorf("labels of 2.5: %v", err)
	}
}

func TestFilesOfNumPyAreNamedInErrors(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	archive := func(member string, content []byte) []byte {
		var file bytes.Buffer
		z := zip.NewWriter(&file)
		w, err := z.Create(member)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	whole := archive("x.npy", npy(t, "'|u1'", "False", "(2,)", "0102"))
	spoilt := bytes.Clone(whole)
	spoilt[60] ^= 1 // within the packed array
	for want, path := range map[string]string{
		"bad.npy: not an npy file":                          write("bad.npy", []byte("1,2,3 and more")),
		"short.npy: npy: within the 2 values":               write("short.npy", npy(t, "'<f8'", "False", "(2,)", "00")),
		"none.npz holds no arrays":                          write("none.npz", archive("x.txt", []byte("text"))),
		`obj.npz, array "x": npy: arrays of Python objects`: write("obj.npz", archive("x.npy", npy(t, "'|O'", "False", "(2,)", ""))),
		"cut.npz: ":               write("cut.npz", whole[:len(whole)-20]),
		`spoilt.npz, array "x": `: write("spoilt.npz", spoilt),
		"nowhere.npy":             filepath.Join(folder, "nowhere.npy"),
	} {
		var err error
		if strings.HasSuffix(path, "z") {
			_, err = data.LoadNPZ(t.Context(), path)
		} else {
			_, err = data.LoadNPY(t.Context(), path)
		}
		if err == nil || !strings.HasPrefix(err.Error(), "data: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func FuzzNPY(f *testing.F) {
	f.Add(npy(f, "'<f4'", "False", "(1, 2)", "0000c03f 000000c0"))
	f.Add(npy(f, "'|u1'", "True", "(2, 3)", "00 03 01 04 02 05"))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := data.ReadNPY(bytes.NewReader(file))
		if err != nil {
			return
		}
		size := 1
		for _, n := range a.Shape {
			size *= n
		}
		if size != len(a.Values) {
			t.Errorf("shape %v with %d values", a.Shape, len(a.Values))
		}
	})
}
