package data

import "github.com/mole-kernel/mole-kernel/molelib/tensor"

// Dataset is a set of labelled examples.
type Dataset struct {
	Name     string
	X        *tensor.Matrix // n×d, one example a row; grids are flattened
	Y        []int          // n class labels in [0, len(Classes))
	Classes  []string       // class names by label
	Features []string       // d feature names; nil when they have none
	Shape    []int          // shape of one example: [d], or [height width] for grey images
}

// Len returns the number of examples n.
func (d *Dataset) Len() int { return len(d.Y) }

// Width returns the number of features d of one example.
func (d *Dataset) Width() int { return d.X.Cols }
