package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Augmentation changes examples at random in ways that leave their class as it is, so that
// training sees new ones in every epoch (mole.Options.Augment). Those of this package are for images and commute with
// any scaling of the values: they may stand before or after a Scaler of one mean and one
// standard deviation.
type Augmentation interface {
	// String names it with its settings: a training goes on from a checkpoint only with the same.
	String() string
	// Fits returns an error when examples of this shape cannot be changed.
	Fits(shape []int) error
	// Augment changes each row of x, an example of the given shape, which fits. All chance
	// comes from random: the same state gives the same bits.
	Augment(x *tensor.Matrix, shape []int, random *rand.Rand)
}

// Shift moves each image by up to the given number of pixels up or down and left or right,
// all equally likely; what comes in is what the border shows. (Padding by as many pixels and
// cropping at random is the same.)
func Shift(pixels int) Augmentation {
	if pixels < 1 {
		panic("data: Shift: give at least one pixel")
	}
	return gridAugmentation{"Shift", pixels, func(p, from *grid, random *rand.Rand) {
		dy, dx := random.IntN(2*pixels+1)-pixels, random.IntN(2*pixels+1)-pixels
		p.move(from, func(y, x int) (int, int) {
			return min(max(y+dy, 0), p.height-1), min(max(x+dx, 0), p.width-1)
		})
	}}
}

// Crop pads each image by the given number of pixels on every side, with its mirror image, and
// cuts a piece of the old size out at random. It is Shift for photographs, whose border is no
// background. Images must be larger than the padding.
func Crop(padding int) Augmentation {
	if padding < 1 {
		panic("data: Crop: pad by at least one pixel")
	}
	return gridAugmentation{"Crop", padding, func(p, from *grid, random *rand.Rand) {
		dy, dx := random.IntN(2*padding+1)-padding, random.IntN(2*padding+1)-padding
		p.move(from, func(y, x int) (int, int) {
			return mirrored(y+dy, p.height), mirrored(x+dx, p.width)
		})
	}}
}

// Flip mirrors every second image, by chance, left to right.
func Flip() Augmentation {
	return gridAugmentation{"Flip", nil, func(p, from *grid, random *rand.Rand) {
		if random.IntN(2) == 1 {
			p.move(from, func(y, x int) (int, int) { return y, p.width - 1 - x })
		}
	}}
}

// Rotate turns each image about its middle by up to the given number of degrees to either
// side, between pixels by bilinear interpolation; what comes in is what the border shows.
func Rotate(degrees float64) Augmentation {
	if !(degrees > 0 && degrees <= 180) {
		panic("data: Rotate: give an angle above 0 and up to 180 degrees")
	}
	return gridAugmentation{"Rotate", degrees, func(p, from *grid, random *rand.Rand) {
		p.rotate(from, (2*random.Float64()-1)*degrees)
	}}
}

// Cutout hides a square of the given size in each image, at a place that chance decides; it
// may reach over the border. The square gets the mean of the image, in every channel its own
// (DeVries, Taylor 2017).
func Cutout(size int) Augmentation {
	if size < 1 {
		panic("data: Cutout: hide at least one pixel")
	}
	return gridAugmentation{"Cutout", size, func(p, _ *grid, random *rand.Rand) {
		top, left := random.IntN(p.height)-size/2, random.IntN(p.width)-size/2
		p.hide(max(top, 0), max(left, 0), min(top+size, p.height), min(left+size, p.width))
	}}
}

// Augmentations does one after another.
func Augmentations(list ...Augmentation) Augmentation { return chain(list) }

type chain []Augmentation

// String is the call that made it, such as "Augmentations(Shift(2), Flip())".
func (c chain) String() string {
	var names []string
	for _, a := range c {
		names = append(names, a.String())
	}
	return "Augmentations(" + strings.Join(names, ", ") + ")"
}

func (c chain) Fits(shape []int) error {
	for _, a := range c {
		if err := a.Fits(shape); err != nil {
			return err
		}
	}
	return nil
}

func (c chain) Augment(x *tensor.Matrix, shape []int, random *rand.Rand) {
	for _, a := range c {
		a.Augment(x, shape, random)
	}
}

// Augmented returns a copy of d with every example changed once: to look at what a does, or
// to train on besides d. The same seed gives the same bits. It panics when a is not for
// examples of this shape.
func (d *Dataset) Augmented(a Augmentation, seed int) *Dataset {
	d.mustFit("Augmented")
	if err := a.Fits(d.Shape); err != nil {
		panic(err.Error())
	}
	out := d.Subset(upTo(d.Len()))
	a.Augment(out.X, d.Shape, rand.New(rand.NewPCG(uint64(seed), augmentStream)))
	return out
}

// augmentStream keeps the numbers apart from those that shuffle by the same seed.
const augmentStream = 0x6175676d656e74

// gridAugmentation changes images one by one. from has the same values as p, as they were.
type gridAugmentation struct {
	name   string
	amount any // what it was made with; nil: nothing
	change func(p, from *grid, random *rand.Rand)
}

// String is the call that made it, such as "Shift(2)".
func (a gridAugmentation) String() string {
	if a.amount == nil {
		return a.name + "()"
	}
	return fmt.Sprintf("%s(%v)", a.name, a.amount)
}

func (a gridAugmentation) Fits(shape []int) error {
	if _, ok := gridOf(shape); !ok {
		return fmt.Errorf("data: %s is for images: the shape of the examples is %v, not [height width] or [channels height width]", a.name, shape)
	}
	return nil
}

func (a gridAugmentation) Augment(x *tensor.Matrix, shape []int, random *rand.Rand) {
	p, ok := gridOf(shape)
	if !ok || p.channels*p.height*p.width != x.Cols {
		panic(fmt.Sprintf("data: %s: examples of %d values have no shape %v", a.name, x.Cols, shape))
	}
	from := p
	from.values = make([]float32, x.Cols)
	for i := range x.Rows {
		p.values = x.Row(i)
		copy(from.values, p.values)
		a.change(&p, &from, random)
	}
}

// grid is one image, plane after plane.
type grid struct {
	channels, height, width int
	values                  []float32
}

func gridOf(shape []int) (g grid, ok bool) {
	switch len(shape) {
	case 2:
		g = grid{channels: 1, height: shape[0], width: shape[1]}
	case 3:
		g = grid{channels: shape[0], height: shape[1], width: shape[2]}
	}
	return g, g.channels > 0 && g.height > 0 && g.width > 0
}

// move sets each pixel to the one of from that source names.
func (g *grid) move(from *grid, source func(y, x int) (int, int)) {
	plane := g.height * g.width
	for p := range plane {
		y, x := source(p/g.width, p%g.width)
		for at := 0; at < len(g.values); at += plane {
			g.values[at+p] = from.values[at+y*g.width+x]
		}
	}
}

// mirrored folds a place back into 0 … n−1, without repeating the border.
func mirrored(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}

// rotate turns the image by an angle, against the clock.
func (g *grid) rotate(from *grid, degrees float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	middleY, middleX := float64(g.height-1)/2, float64(g.width-1)/2
	plane := g.height * g.width
	for p := range plane {
		dy, dx := float64(p/g.width)-middleY, float64(p%g.width)-middleX
		y := min(max(middleY+cos*dy+sin*dx, 0), float64(g.height-1))
		x := min(max(middleX-sin*dy+cos*dx, 0), float64(g.width-1))
		top, left := int(y), int(x)
		bottom, right := min(top+1, g.height-1), min(left+1, g.width-1)
		v, u := float32(y-float64(top)), float32(x-float64(left))
		for at := 0; at < len(g.values); at += plane {
			f := from.values[at : at+plane]
			upper := f[top*g.width+left] + u*(f[top*g.width+right]-f[top*g.width+left])
			lower := f[bottom*g.width+left] + u*(f[bottom*g.width+right]-f[bottom*g.width+left])
			g.values[at+p] = upper + v*(lower-upper)
		}
	}
}

// hide sets the rows top … bottom−1 of the columns left … right−1 to the mean of the channel.
func (g *grid) hide(top, left, bottom, right int) {
	plane := g.height * g.width
	for at := 0; at < len(g.values); at += plane {
		channel, sum := g.values[at:at+plane], 0.0
		for _, v := range channel {
			sum += float64(v)
		}
		mean := float32(sum / float64(plane))
		for y := top; y < bottom; y++ {
			for x := left; x < right; x++ {
				channel[y*g.width+x] = mean
			}
		}
	}
}
