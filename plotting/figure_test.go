package plotting

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// heap returns n points in classes that lie apart, in d dimensions.
func heap(n, d, classes int) (*mat.Dense, []int) {
	r := rand.New(rand.NewPCG(1, 2))
	points, labels := mat.NewDense(n, d, nil), make([]int, n)
	for i := range n {
		labels[i] = i % classes
		for j := range d {
			centre := 3 * math.Sin(float64(labels[i]*(j+2)))
			points.Set(i, j, (centre+r.NormFloat64())/math.Sqrt(float64(1+j)))
		}
	}
	return points, labels
}

func gallery() map[string]*Figure {
	points, labels := heap(600, 20, 4)
	many, tens := heap(1000, 6, 10)
	plain := newRehearsal("net").train(60, false)
	images, _ := heap(20, 64, 10)
	counts := make([][]int, 10)
	for t := range counts {
		counts[t] = make([]int, 10)
		counts[t][t], counts[t][(7*t+3)%10] = 30+t, 2
	}
	clothes := []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}
	return map[string]*Figure{
		"training":        Training(sequential()),
		"together":        Training(newRehearsal("features", "concepts", "readout").train(20, true)),
		"empty":           Training(newRehearsal("features")),
		"information":     Information(local{sequential(), true}),
		"accuracy":        Accuracy(sequential()),
		"loss":            Loss(sequential()),
		"compare":         Compare([]string{"MOLE", "back-propagation"}, sequential(), plain),
		"plane":           InformationPlane(sequential()),
		"scatter":         Scatter(points, labels, []string{"setosa", "versicolor", "virginica", "other"}),
		"digits":          Scatter(many, tens, nil),
		"representations": Representations([]string{"data", "features"}, labels, nil, points, points.Slice(0, 600, 0, 2)),
		"confusion":       Confusion(counts, clothes),
		"images":          ImageGrid(images, []int{8, 8}, strings.Split(strings.Repeat("one two ", 10), " ")),
		"lines":           Lines(Series{Name: "sin", Y: []float64{0, 0.7, 1, 0.7, 0}}, Series{Name: "cos", Y: []float64{1, 0.7, 0, -0.7, -1}}),
	}
}

// TestPictures compares every kind of figure with its golden picture: same size,
// and alike when both are looked at from afar, so that another rendering of the same
// letters passes and a missing or moved part does not.
func TestPictures(t *testing.T) {
	for name, f := range gallery() {
		t.Run(name, func(t *testing.T) {
			content, err := f.Encode("png")
			if err != nil {
				t.Fatal(err)
			}
			if len(content) >= 100_000 {
				t.Errorf("%d bytes, want less than 100,000", len(content))
			}
			golden := filepath.Join("testdata", name+".png")
			if *update {
				if err := os.WriteFile(golden, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, decode(t, content), decode(t, want))
		})
	}
}

func decode(t *testing.T, content []byte) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func compare(t *testing.T, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("size %v, want %v; run with -update when that is right", got.Bounds(), want.Bounds())
	}
	const block = 24
	a, b := afar(got, block), afar(want, block)
	ink := 0.0
	for i := range a {
		ink += 255 - a[i]
		// Letters that are drawn a pixel aside change a block by some levels; a missing
		// word or line changes several by far more.
		if d := math.Abs(a[i] - b[i]); d > 25 {
			columns := (got.Bounds().Dx() + block - 1) / block
			t.Fatalf("block %d, %d differs by %.0f levels of grey; look at it, and run with -update when it is right", i%columns, i/columns, d)
		}
	}
	if ink/float64(len(a)) < 0.5 {
		t.Error("the picture is blank")
	}
}

// afar returns the mean grey of blocks.
func afar(m image.Image, block int) []float64 {
	size := m.Bounds().Size()
	columns, rows := (size.X+block-1)/block, (size.Y+block-1)/block
	sums, counts := make([]float64, columns*rows), make([]float64, columns*rows)
	for y := range size.Y {
		for x := range size.X {
			k := y/block*columns + x/block
			sums[k] += float64(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
			counts[k]++
		}
	}
	for k := range sums {
		sums[k] /= counts[k]
	}
	return sums
}

func TestBundleHasASharpPictureAndWords(t *testing.T) {
	f := Training(sequential())
	bundle, err := f.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	size := decode(t, bundle["image/png"].([]byte)).Bounds().Size()
	shown := f.MIMEMetadata()["image/png"].(map[string]any)
	if size.X != 2*shown["width"].(int) || size.Y != 2*shown["height"].(int) || shown["width"] != 900 {
		t.Errorf("a picture of %v is shown at %v, want half of it", size, shown)
	}
	if words := bundle["text/plain"].(string); !strings.Contains(words, "readout: I(T;Y)") || words != f.String() {
		t.Errorf("in words: %q", words)
	}
}

func TestSVGKeepsTextAndHasABackground(t *testing.T) {
	f := Training(sequential())
	bundle, err := f.AsSVG().MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	svg := bundle["image/svg+xml"].(string)
	for _, want := range []string{">Training</text>", ">features</text>", "fill:#FFFFFF", "sans-serif", "</svg>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the SVG misses %q", want)
		}
	}
	if f.svg || bundle["image/png"] != nil || f.AsSVG().MIMEMetadata() != nil {
		t.Error("AsSVG must not change the figure, nor show a PNG")
	}
}

func TestSaveChoosesTheFormatByName(t *testing.T) {
	f := InformationPlane(sequential())
	for ending, magic := range map[string]string{".png": "\x89PNG", ".svg": "<?xml", ".pdf": "%PDF", ".PNG": "\x89PNG"} {
		path := filepath.Join(t.TempDir(), "plane"+ending)
		if err := f.Save(path); err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(content), magic) {
			t.Errorf("%s begins with %q (%v)", ending, content[:min(len(content), 8)], err)
		}
	}
	for _, path := range []string{"plane.gif", "plane"} {
		if err := f.Save(path); err == nil || !strings.Contains(err.Error(), "png, svg or pdf") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestEveryFigureFitsIntoEverySize(t *testing.T) {
	for name, f := range gallery() {
		for _, side := range []float64{50, 120, 1400} {
			small := *f
			small.Width, small.Height = side, side
			if _, err := small.Encode("svg"); err != nil {
				t.Errorf("%s at %g pixels: %v", name, side, err)
			}
		}
	}
	for _, side := range []float64{0, -1, math.NaN(), 1e9} {
		f := Lines(Series{Y: []float64{1, 2}})
		f.Width = side
		if _, err := f.MIMEBundle(); err == nil {
			t.Errorf("a width of %g is accepted", side)
		}
	}
}

func TestBadInputIsNamed(t *testing.T) {
	points := mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, math.NaN()})
	good := mat.NewDense(3, 2, nil)
	for want, f := range map[string]*Figure{
		"3 points but 2 labels":            Scatter(good, []int{0, 1}, nil),
		"point 1 has label 5":              Scatter(good, []int{0, 5, 1}, []string{"a", "b"}),
		"point 1 has label -1":             Scatter(good, []int{0, -1, 1}, nil),
		"point 2 has NaN in column 1":      Scatter(points, nil, nil),
		"later: plotting: point 2 has NaN": Representations([]string{"first", "later"}, nil, nil, good, points),
		"1 names for 2":                    Representations([]string{"first"}, nil, nil, good, points),
		"no data":                          Lines(),
		"series \"a\" has 1 x and 2 y":     Lines(Series{Name: "a", X: []float64{1}, Y: []float64{1, 2}}),
		"row 1 of the confusion":           Confusion([][]int{{1, 0}, {1}}, nil),
		"2 rows but 1 classes":             Confusion([][]int{{1, 0}, {1, 1}}, []string{"a"}),
		"has -1 in row 0, column 1":        Confusion([][]int{{1, -1}, {1, 1}}, nil),
		"images of shape [3 3]":            ImageGrid(good, []int{3, 3}, nil),
		"1 captions for 3 images":          ImageGrid(good, []int{1, 2}, []string{"a"}),
		"an empty Figure":                  {Width: 100, Height: 100},
	} {
		_, err := f.MIMEBundle()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
		if got := f.String(); err != nil && got != err.Error() {
			t.Errorf("String() is %q, want the error", got)
		}
	}
	if _, err := Confusion(nil, nil).MIMEBundle(); !errors.Is(err, ErrNoData) {
		t.Errorf("an empty confusion matrix gives %v, want ErrNoData", err)
	}
}

func TestLabelsAreReplaced(t *testing.T) {
	f := Lines(Series{Y: []float64{1, 2}})
	f.Title, f.XLabel, f.YLabel = "My title", "steps", "metres"
	svg, err := f.Encode("svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">My title<", ">steps<", ">metres<"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the figure misses %q", want)
		}
	}
}

func TestPaletteKeepsColours(t *testing.T) {
	// What smooth edges of ten colours on white bring: 640 shades.
	m := image.NewRGBA(image.Rect(0, 0, 64, len(tolMuted)))
	for y, colour := range tolMuted {
		for x := range 64 {
			m.Set(x, y, along([]color.RGBA{colour.(color.RGBA), rgb(0xFFFFFF)}, float64(x)/63))
		}
	}
	got := withPalette(m)
	for i := range 64 * len(tolMuted) {
		a, b := m.RGBAAt(i%64, i/64), got.At(i%64, i/64).(color.RGBA)
		for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
			if d < -24 || d > 24 { // Each shade here is as common as every other: the worst case.
				t.Fatalf("%v became %v", a, b)
			}
		}
	}
	flat := image.NewRGBA(image.Rect(0, 0, 2, 1))
	flat.Set(0, 0, color.RGBA{1, 2, 3, 255})
	flat.Set(1, 0, color.RGBA{250, 251, 252, 255})
	few := exact(flat)
	if few == nil || few.At(0, 0) != flat.At(0, 0) || few.At(1, 0) != flat.At(1, 0) {
		t.Error("few colours must stay exact")
	}
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		ticks     roundTicks
		low, high float64
		want      string
	}{
		{roundTicks{most: 6}, 0, 1, "[0.0 0.2 0.4 0.6 0.8 1.0]"},
		{roundTicks{most: 6}, -0.31, 0.31, "[−0.2 0.0 0.2]"},
		{roundTicks{most: 8, integer: true}, 0.9, 3.1, "[1 2 3]"},
		{roundTicks{most: 8, limit: 100}, 80, 108, "[80 85 90 95 100]"},
		{roundTicks{most: 5}, 1e-7, 5e-7, "[1e−07 2e−07 3e−07 4e−07 5e−07]"},
		{roundTicks{most: 5}, 3, 3, "[3]"},
	} {
		var labels []string
		for _, tick := range c.ticks.Ticks(c.low, c.high) {
			labels = append(labels, tick.Label)
		}
		if got := fmt.Sprint(labels); got != c.want {
			t.Errorf("%g … %g: %s, want %s", c.low, c.high, got, c.want)
		}
	}
	if n := len(roundTicks{most: 6}.Ticks(1e16, 1e16+2)); n > 8 {
		t.Errorf("%d ticks where numbers end", n)
	}
}

func BenchmarkTraining(b *testing.B) {
	f := Training(sequential())
	for b.Loop() {
		if _, err := f.MIMEBundle(); err != nil {
			b.Fatal(err)
		}
	}
}
