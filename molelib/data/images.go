package data

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/image/draw"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// ImageOptions say how pictures become examples. The zero value takes grey values of pictures
// that are all of one size.
type ImageOptions struct {
	Height, Width int      // pictures are resized to these; 0: all must have the size of the first
	Color         bool     // red, green and blue; otherwise grey
	Classes       []string // the folders to read, in the order of their labels; nil: all, sorted
	NoLabel       bool     // all pictures in and below the folder are examples without labels

	// Progress is called after each picture, in the caller's goroutine.
	Progress func(done, total int)
}

// LoadImages reads PNG, JPEG and GIF pictures (of a moving one the first) from a folder that
// has one folder for each class. An example is one picture, with values in [0, 1] in the order
// that convolutions take: row by row, for colours one plane after another; Shape is
// [height width] or [3 height width]. Pictures of another size are resized (bilinear, averaged
// when they become smaller, proportions not kept). What is transparent becomes black; of 16
// bits the upper 8 count. Hidden files and those whose names do not end as pictures do are
// passed over.
//
// Errors name the file. A folder without pictures is one, as is a picture of more than 64
// million pixels. A cancelled ctx ends the loading at once.
func LoadImages(ctx context.Context, folder string, o ImageOptions) (*Dataset, error) {
	l := &imageLoader{options: o, d: &Dataset{Name: filepath.Base(folder), Classes: slices.Clone(o.Classes)}}
	if err := l.list(folder); err != nil {
		return nil, err
	}
	if err := l.size(folder); err != nil {
		return nil, err
	}
	if err := l.decodeAll(ctx); err != nil {
		return nil, err
	}
	return l.d, nil
}

const (
	mostPixels = 1 << 26 // of one picture
	mostValues = 1 << 31 // of all examples, 8 GB
)

// imageLoader fills a dataset; file i becomes row i.
type imageLoader struct {
	options ImageOptions
	files   []string
	d       *Dataset
}

// list finds the files and their labels.
func (l *imageLoader) list(folder string) error {
	if l.options.NoLabel {
		if l.options.Classes != nil {
			return fmt.Errorf("data: %s: Classes and NoLabel exclude each other: give one of them", folder)
		}
		return l.add(folder)
	}
	if l.d.Classes == nil {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return fmt.Errorf("data: %w", err)
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			if info, err := os.Stat(path); err == nil && info.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				l.d.Classes = append(l.d.Classes, e.Name())
			} else if isPicture(e.Name()) {
				return fmt.Errorf("data: %s is in no class: put the pictures into one folder for each class, or set NoLabel", path)
			}
		}
		if len(l.d.Classes) < 2 {
			return fmt.Errorf("data: %s must have a folder for each of two or more classes, it has %d: or set NoLabel", folder, len(l.d.Classes))
		}
	}
	for label, class := range l.d.Classes {
		if err := l.add(filepath.Join(folder, class)); err != nil {
			return err
		}
		for len(l.d.Y) < len(l.files) {
			l.d.Y = append(l.d.Y, label)
		}
	}
	return nil
}

// add finds the pictures of one class, in the order of their names.
func (l *imageLoader) add(folder string) error {
	before := len(l.files)
	// A walk does not follow a link, not even at its beginning.
	resolved, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	err = filepath.WalkDir(resolved, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != resolved && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
		case e.IsDir():
		case isPicture(e.Name()):
			l.files = append(l.files, path)
		case otherPictures[ending(e.Name())]:
			return fmt.Errorf("%s: only PNG, JPEG and GIF can be read: convert it, or take it away", path)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	if len(l.files) == before {
		return fmt.Errorf("data: %s has no pictures (.png, .jpg, .jpeg, .gif): every class needs some", folder)
	}
	return nil
}

var (
	pictures      = map[string]bool{".png": true, ".jpg": true, ".jpeg": true, ".gif": true}
	otherPictures = map[string]bool{".bmp": true, ".tif": true, ".tiff": true, ".webp": true, ".heic": true, ".avif": true}
)

func ending(name string) string { return strings.ToLower(filepath.Ext(name)) }

func isPicture(name string) bool { return pictures[ending(name)] && !strings.HasPrefix(name, ".") }

// size decides on the shape of the examples and makes room for them.
func (l *imageLoader) size(folder string) error {
	o := &l.options
	if o.Height < 0 || o.Width < 0 || (o.Height == 0) != (o.Width == 0) {
		return fmt.Errorf("data: %s: Height %d and Width %d: give both, or none", folder, o.Height, o.Width)
	}
	channels := 1
	if o.Color {
		channels = 3
	}
	height, width := o.Height, o.Width
	if height == 0 {
		f, err := os.Open(l.files[0])
		if err != nil {
			return fmt.Errorf("data: %w", err)
		}
		config, _, err := image.DecodeConfig(f)
		f.Close() // Only read from: an error of Close cannot lose anything.
		if err != nil {
			return unreadable(l.files[0], err)
		}
		height, width = config.Height, config.Width
	}
	l.d.Shape = []int{height, width}
	if o.Color {
		l.d.Shape = []int{3, height, width}
	}
	values := float64(len(l.files)) * float64(channels) * float64(height) * float64(width)
	if most := min(mostValues, float64(debug.SetMemoryLimit(-1))/4); values > most || values == 0 {
		return fmt.Errorf("data: %s: %d pictures of %d×%d with %d values a pixel take %.1f GB: give a smaller Height and Width, or read fewer",
			folder, len(l.files), height, width, channels, 4*values/1e9)
	}
	l.d.X = tensor.NewMatrix(len(l.files), channels*height*width)
	return nil
}

// unreadable is the error of a file that is no picture.
func unreadable(path string, err error) error {
	if errors.Is(err, image.ErrFormat) {
		return fmt.Errorf("data: %s is no PNG, JPEG or GIF, whatever its name says: replace it or take it away", path)
	}
	return fmt.Errorf("data: %s cannot be read as a picture, replace it or take it away: %w", path, early(err))
}

// decodeAll reads the files side by side. When one fails or ctx ends, the goroutines end with
// the file that they are at; nobody waits for them, as decoding a large one takes its time.
func (l *imageLoader) decodeAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var next atomic.Int64
	finished := make(chan error, len(l.files))
	for range min(runtime.GOMAXPROCS(0), len(l.files)) {
		go func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(l.files) {
					return
				}
				finished <- l.decode(ctx, i)
			}
		}()
	}
	for done := range l.files {
		select {
		case err := <-finished:
			if ctx.Err() != nil {
				return l.cancelled(ctx, done)
			}
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return l.cancelled(ctx, done)
		}
		if l.options.Progress != nil {
			l.options.Progress(done+1, len(l.files))
		}
	}
	return nil
}

func (l *imageLoader) cancelled(ctx context.Context, done int) error {
	return fmt.Errorf("data: %s: stopped after %d of %d pictures: %w", l.d.Name, done, len(l.files), context.Cause(ctx))
}

// decode reads file i into row i.
func (l *imageLoader) decode(ctx context.Context, i int) error {
	path := l.files[i]
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	config, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return unreadable(path, err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > mostPixels/config.Height {
		return fmt.Errorf("data: %s has %d×%d pixels, more than %d million or none: make it smaller", path, config.Height, config.Width, mostPixels>>20)
	}
	height, width := l.d.Shape[len(l.d.Shape)-2], l.d.Shape[len(l.d.Shape)-1]
	if l.options.Height == 0 && (config.Height != height || config.Width != width) {
		return fmt.Errorf("data: %s is %d×%d, the first picture %d×%d: set Height and Width to resize them", path, config.Height, config.Width, height, width)
	}
	if _, err := f.Seek(0, 0); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	picture, _, err := image.Decode(bufio.NewReader(&cancelledReader{ctx, f}))
	if err != nil {
		return unreadable(path, err)
	}
	if canvas := image.Rect(0, 0, config.Width, config.Height); picture.Bounds() != canvas {
		// The first picture of a moving GIF may cover a part only.
		whole := image.NewRGBA(canvas)
		draw.Draw(whole, picture.Bounds(), picture, picture.Bounds().Min, draw.Src)
		picture = whole
	}
	fill(l.d.X.Row(i), picture, height, width)
	return nil
}

// fill writes a picture into row, resized to height×width: one plane of grey values, or three.
func fill(row []float32, picture image.Image, height, width int) {
	area := image.Rect(0, 0, width, height)
	rgba := image.NewRGBA(area)
	if picture.Bounds().Size() == area.Size() {
		draw.Draw(rgba, area, picture, picture.Bounds().Min, draw.Src)
	} else {
		draw.BiLinear.Scale(rgba, area, picture, picture.Bounds(), draw.Src, nil)
	}
	plane := height * width
	for p := range plane {
		// Colours are multiplied by their opacity, which puts them on black.
		r, g, b := float64(rgba.Pix[4*p]), float64(rgba.Pix[4*p+1]), float64(rgba.Pix[4*p+2])
		if len(row) == plane {
			row[p] = float32(math.Round(0.299*r+0.587*g+0.114*b) / 255) // ITU-R BT.601, as PIL
			continue
		}
		row[p], row[plane+p], row[2*plane+p] = float32(r/255), float32(g/255), float32(b/255)
	}
}
