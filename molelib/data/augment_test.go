package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// numbers is a batch of pictures whose values are 1, 2, 3, …
func numbers(rows int, shape ...int) *tensor.Matrix {
	x := tensor.NewMatrix(rows, product(shape))
	for i := range x.Data {
		x.Data[i] = float32(1 + i)
	}
	return x
}

func augmented(a Augmentation, x *tensor.Matrix, seed uint64, shape ...int) *tensor.Matrix {
	out := x.Clone()
	a.Augment(out, shape, rand.New(rand.NewPCG(seed, 1)))
	return out
}

var everyAugmentation = map[string]Augmentation{
	"shift": Shift(2), "crop": Crop(2), "flip": Flip(), "rotate": Rotate(20), "cutout": Cutout(3),
	"all": Augmentations(Shift(1), Flip(), Rotate(10), Cutout(2)),
}

func TestAugmentationIsDecidedByTheSeed(t *testing.T) {
	x := numbers(16, 2, 5, 4)
	for name, a := range everyAugmentation {
		once, again, other := augmented(a, x, 3, 2, 5, 4), augmented(a, x, 3, 2, 5, 4), augmented(a, x, 4, 2, 5, 4)
		if !slices.Equal(once.Data, again.Data) {
			t.Errorf("%s: the same seed gives other bits", name)
		}
		if slices.Equal(once.Data, other.Data) || slices.Equal(once.Data, x.Data) {
			t.Errorf("%s: nothing depends on the seed", name)
		}
	}
}

func TestAugmentationCommutesWithScaling(t *testing.T) {
	x := numbers(8, 1, 6, 6)
	scaled := x.Clone()
	for i, v := range scaled.Data {
		scaled.Data[i] = (v - 100) / 50
	}
	for name, a := range everyAugmentation {
		before, after := augmented(a, scaled, 5, 6, 6), augmented(a, x, 5, 6, 6)
		for i, v := range after.Data {
			// float32 rounds values of some hundreds; they are divided by 50.
			if got, want := before.Data[i], (v-100)/50; math.Abs(float64(got-want)) > 1e-5 {
				t.Fatalf("%s: scaled before %v, scaled after %v", name, got, want)
			}
		}
	}
}

// picture returns the values of one row, in lines.
func picture(values []float32, width int) string {
	var lines []string
	for row := range slices.Chunk(values, width) {
		lines = append(lines, fmt.Sprint(row))
	}
	return strings.Join(lines, "\n")
}

func TestMoves(t *testing.T) {
	from, ok := gridOf([]int{2, 3})
	if !ok {
		t.Fatal("no grid")
	}
	from.values = []float32{1, 2, 3, 4, 5, 6}
	to := from
	to.values = make([]float32, 6)
	for want, change := range map[string]func(){
		"[3 2 1]\n[6 5 4]": func() { to.move(&from, func(y, x int) (int, int) { return y, 2 - x }) },
		"[4 5 6]\n[1 2 3]": func() { to.rotate(&from, 180); slices.Reverse(to.values[:3]); slices.Reverse(to.values[3:]) },
		"[1 2 3]\n[4 5 6]": func() { to.rotate(&from, 360) },
		"[2 1 2]\n[5 4 5]": func() { to.move(&from, func(y, x int) (int, int) { return y, mirrored(x-1, 3) }) },
		"[1 3.5 3.5]\n[4 3.5 3.5]": func() {
			copy(to.values, from.values)
			to.hide(0, 1, 2, 3)
		},
	} {
		change()
		for i, v := range to.values {
			to.values[i] = float32(math.Round(float64(v)*1e6) / 1e6) // sin 180° is not quite 0
		}
		if got := picture(to.values, 3); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	square := grid{1, 2, 2, []float32{1, 2, 3, 4}}
	turned := grid{1, 2, 2, make([]float32, 4)}
	turned.rotate(&square, 90)
	if got := picture(turned.values, 2); got != "[2 4]\n[1 3]" {
		t.Errorf("turned by 90° against the clock:\n%s", got)
	}
}

func TestMirroredPlaces(t *testing.T) {
	var got []int
	for i := -5; i < 8; i++ {
		got = append(got, mirrored(i, 3))
	}
	if want := []int{1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1}; !slices.Equal(got, want) || mirrored(-3, 1) != 0 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestShiftTakesEveryDistance(t *testing.T) {
	x := numbers(400, 1, 5)
	a := augmented(Shift(2), x, 1, 1, 5)
	count := map[float32]int{}
	for i := range a.Rows {
		count[a.Row(i)[2]-x.Row(i)[2]]++
	}
	for d := float32(-2); d <= 2; d++ {
		if count[d] < 50 { // 80 are expected; 50 is four standard deviations below
			t.Errorf("moved by %v in %d of 400 rows", d, count[d])
		}
	}
	if len(count) != 5 {
		t.Errorf("moved by %v", count)
	}
}

func TestAugmentedDatasetKeepsLabels(t *testing.T) {
	d := Digits().Head(20)
	a := d.Augmented(Shift(1), 1)
	if !slices.Equal(a.Y, d.Y) || slices.Equal(a.X.Data, d.X.Data) || d.X.At(0, 3) != Digits().X.At(0, 3) {
		t.Error("labels must stay, images change, and the given dataset must not")
	}
	if err := a.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAugmentationsRefuseWhatTheyAreNotFor(t *testing.T) {
	wantError(t, Augmentations(Flip(), Shift(1)).Fits([]int{4}), "data: Flip is for images: the shape of the examples is [4]")
	if err := Shift(1).Fits([]int{3, 8, 8}); err != nil {
		t.Error(err)
	}
	for want, call := range map[string]func(){
		"Shift: give at least":        func() { Shift(0) },
		"Crop: pad by at least":       func() { Crop(0) },
		"Rotate: give an angle":       func() { Rotate(0) },
		"Cutout: hide at least":       func() { Cutout(0) },
		"Flip is for images":          func() { Iris().Augmented(Flip(), 1) },
		"examples of 4 values have n": func() { Flip().Augment(Iris().X, []int{3, 3}, rand.New(rand.NewPCG(1, 1))) },
	} {
		if got := message(call); !strings.Contains(got, want) || !strings.HasPrefix(got, "data: ") {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestAugmentationsAreNamed(t *testing.T) {
	got := fmt.Sprint(Augmentations(Shift(2), Flip(), Rotate(7.5), Cutout(3), Crop(1)))
	if want := "Augmentations(Shift(2), Flip(), Rotate(7.5), Cutout(3), Crop(1))"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
