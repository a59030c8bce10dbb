package data

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writePicture encodes a picture as its name says.
func writePicture(t *testing.T, path string, picture image.Image) {
	t.Helper()
	var file bytes.Buffer
	var err error
	switch filepath.Ext(path) {
	case ".png", ".PNG":
		err = png.Encode(&file, picture)
	case ".jpg":
		err = jpeg.Encode(&file, picture, &jpeg.Options{Quality: 95})
	case ".gif":
		err = gif.Encode(&file, picture, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, file.Bytes())
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// plain is a picture of one colour.
func plain(height, width int, c color.Color) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range height * width {
		picture.Set(i%width, i/width, c)
	}
	return picture
}

func TestImagesOfEveryFormat(t *testing.T) {
	folder := t.TempDir()
	orange := color.RGBA{255, 128, 0, 255}
	writePicture(t, filepath.Join(folder, "b", "1.png"), plain(4, 6, orange))
	writePicture(t, filepath.Join(folder, "b", "2.jpg"), plain(4, 6, orange))
	writePicture(t, filepath.Join(folder, "b", "deep", "3.PNG"), plain(4, 6, orange))
	writePicture(t, filepath.Join(folder, "a", "z.gif"), plain(4, 6, color.White))
	writePicture(t, filepath.Join(folder, "a", "clear.png"), plain(4, 6, color.Transparent))
	writeFile(t, filepath.Join(folder, "a", "README.txt"), []byte("passed over"))
	writeFile(t, filepath.Join(folder, "a", "._z.gif"), []byte("passed over"))
	writeFile(t, filepath.Join(folder, ".cache", "x.png"), []byte("passed over"))
	done := 0
	d, err := LoadImages(t.Context(), folder, ImageOptions{Color: true, Progress: func(n, of int) { done = 10*n + of }})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(d.Classes, d.Y, d.Shape, done); got != "[a b] [0 0 1 1 1] [3 4 6] 55" {
		t.Errorf("classes, labels, shape and progress %s", got)
	}
	// Row 0 is transparent, 1 white, the others orange; JPEG rounds.
	want := [][3]float64{{0, 0, 0}, {1, 1, 1}, {1, 128. / 255, 0}, {1, 128. / 255, 0}, {1, 128. / 255, 0}}
	for i := range want {
		for channel, v := range want[i] {
			for p := range 24 {
				if got := d.X.At(i, 24*channel+p); math.Abs(got-v) > 3./255 {
					t.Fatalf("row %d, channel %d, pixel %d: %v, want %v", i, channel, p, got, v)
				}
			}
		}
	}
	grey, err := LoadImages(t.Context(), folder, ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// 0.299·255 + 0.587·128 = 151.4
	if got := grey.X.At(2, 7); !slices.Equal(grey.Shape, []int{4, 6}) || float32(got) != float32(151./255) {
		t.Errorf("grey of orange %v, shape %v", got*255, grey.Shape)
	}
}

func TestImagesAreResized(t *testing.T) {
	folder := t.TempDir()
	half := plain(40, 40, color.Black)
	for i := range 800 {
		half.Set(i%40, i/40, color.White)
	}
	writePicture(t, filepath.Join(folder, "a", "1.png"), half)
	writePicture(t, filepath.Join(folder, "b", "1.png"), plain(3, 5, color.White))
	d, err := LoadImages(t.Context(), folder, ImageOptions{Height: 8, Width: 4})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.X.Row(0); got[0] != 1 || got[31] != 0 || got[8] != 1 || got[23] != 0 {
		t.Errorf("the upper half is white: %v", got)
	}
	if slices.Min(d.X.Row(1)) != 1 {
		t.Errorf("white grew to %v", d.X.Row(1))
	}
}

func TestImagesWithGivenClassesAndWithoutLabels(t *testing.T) {
	folder := t.TempDir()
	for _, class := range []string{"a", "b", "c"} {
		writePicture(t, filepath.Join(folder, class, "1.png"), plain(2, 2, color.White))
	}
	d, err := LoadImages(t.Context(), folder, ImageOptions{Classes: []string{"c", "a"}})
	if err != nil || fmt.Sprint(d.Classes, d.Y) != "[c a] [0 1]" {
		t.Errorf("%v, %v", d, err)
	}
	d, err = LoadImages(t.Context(), folder, ImageOptions{NoLabel: true})
	if err != nil || d.Len() != 3 || d.Labelled() {
		t.Errorf("%v, %v: want three examples without labels", d, err)
	}
}

func TestImagesNameTheFileThatIsWrong(t *testing.T) {
	var huge bytes.Buffer
	if err := png.Encode(&huge, plain(1, 1, color.White)); err != nil {
		t.Fatal(err)
	}
	// The header, with its checksum, becomes that of a picture of 2³⁰ columns.
	header := slices.Clone(huge.Bytes())
	copy(header[16:], []byte{0x40, 0, 0, 0})
	binary.BigEndian.PutUint32(header[29:], crc32.ChecksumIEEE(header[12:29]))
	var cut bytes.Buffer
	if err := png.Encode(&cut, plain(2, 2, color.Black)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file    string
		content []byte
		options ImageOptions
		want    string
	}{
		"not a picture":  {"b/2.png", []byte("hello"), ImageOptions{}, "2.png is no PNG, JPEG or GIF"},
		"cut off":        {"b/2.png", cut.Bytes()[:50], ImageOptions{}, "2.png cannot be read as a picture"},
		"another format": {"b/2.webp", nil, ImageOptions{}, "2.webp: only PNG, JPEG and GIF can be read"},
		"of no class":    {"2.png", huge.Bytes(), ImageOptions{}, "2.png is in no class"},
		"another size":   {"b/2.png", huge.Bytes(), ImageOptions{}, "2.png is 1×1, the first picture 2×2: set Height and Width"},
		"an empty class": {"c/remark.txt", nil, ImageOptions{}, "c has no pictures"},
		"half a shape":   {"b/x", nil, ImageOptions{Height: 3}, "Height 3 and Width 0: give both"},
		"too large":      {"b/x", nil, ImageOptions{Height: 1 << 20, Width: 1 << 20}, "give a smaller Height and Width"},
		"no such class":  {"b/x", nil, ImageOptions{Classes: []string{"a", "d"}}, "d: no such file"},
		"both":           {"b/x", nil, ImageOptions{Classes: []string{"a"}, NoLabel: true}, "exclude each other"},
		"many pixels":    {"b/2.png", header, ImageOptions{Height: 2, Width: 2}, "2.png has 1×1073741824 pixels, more than 64 million"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			writePicture(t, filepath.Join(folder, "a", "1.png"), plain(2, 2, color.White))
			writePicture(t, filepath.Join(folder, "b", "1.png"), plain(2, 2, color.White))
			writeFile(t, filepath.Join(folder, c.file), c.content)
			_, err := LoadImages(t.Context(), folder, c.options)
			wantError(t, err, c.want)
		})
	}
	folder := t.TempDir()
	writePicture(t, filepath.Join(folder, "a", "1.png"), plain(2, 2, color.White))
	_, err := LoadImages(t.Context(), folder, ImageOptions{})
	wantError(t, err, folder+" must have a folder for each of two or more classes, it has 1")
	_, err = LoadImages(t.Context(), filepath.Join(folder, "nowhere"), ImageOptions{})
	wantError(t, err, "nowhere")
}

func TestLinkedFoldersAreFollowed(t *testing.T) {
	elsewhere, folder := t.TempDir(), t.TempDir()
	for _, class := range []string{"a", "b"} {
		writePicture(t, filepath.Join(elsewhere, class, "1.png"), plain(2, 2, color.White))
		if err := os.Symlink(filepath.Join(elsewhere, class), filepath.Join(folder, class)); err != nil {
			t.Skip(err) // Not every system lets everyone.
		}
	}
	d, err := LoadImages(t.Context(), folder, ImageOptions{})
	if err != nil || d.Len() != 2 {
		t.Errorf("%v, %v: want two pictures", d, err)
	}
}

func TestLoadingImagesStopsWhenCancelled(t *testing.T) {
	folder := t.TempDir()
	for i := range 20 {
		writePicture(t, filepath.Join(folder, []string{"a", "b"}[i%2], fmt.Sprint(i, ".png")), plain(2, 2, color.White))
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := LoadImages(ctx, folder, ImageOptions{Progress: func(done, _ int) {
		if done == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "of 20 pictures") {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestColourImagesAreShown(t *testing.T) {
	folder := t.TempDir()
	writePicture(t, filepath.Join(folder, "a", "1.png"), plain(300, 500, color.RGBA{200, 0, 0, 255}))
	writePicture(t, filepath.Join(folder, "b", "1.png"), plain(300, 500, color.RGBA{0, 200, 0, 255}))
	d, err := LoadImages(t.Context(), folder, ImageOptions{Color: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Image(1).At(7, 8); got != (color.RGBA{0, 255, 0, 255}) {
		t.Errorf("the second picture is %v, want green", got)
	}
	bundle, err := d.MIMEBundle()
	if err != nil || !strings.Contains(bundle["text/html"].(string), "colour images of 300×500") {
		t.Errorf("%v, %.200v", err, bundle)
	}
	if bundle, err = d.Unlabelled().MIMEBundle(); err != nil || !strings.Contains(bundle["text/html"].(string), "all <small>(2)") {
		t.Errorf("%v, %.200v", err, bundle)
	}
}

func FuzzImage(f *testing.F) {
	var file bytes.Buffer
	if err := png.Encode(&file, plain(2, 3, color.White)); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, content []byte) {
		folder := t.TempDir()
		writeFile(t, filepath.Join(folder, "x.png"), content)
		d, err := LoadImages(t.Context(), folder, ImageOptions{Height: 3, Width: 3, NoLabel: true})
		if err != nil {
			wantError(t, err, "x.png")
			return
		}
		if err := d.Validate(); err != nil || slices.Max(d.X.Data) > 1 || slices.Min(d.X.Data) < 0 {
			t.Errorf("%v, values %v", err, d.X.Data)
		}
	})
}
