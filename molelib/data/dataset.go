// Package data holds examples, with labels or targets, and graphs: small sets that are part
// of the binary (Iris, Wine, BreastCancer, Digits, Diabetes, Karate), larger ones that are
// downloaded once and verified (MNIST, FashionMNIST, Cora, CiteSeer, MUTAG, PROTEINS, NCI1),
// and the user's own: from values (New, FromRows, NewRegression), tables and arrays (LoadCSV,
// LoadNPY, LoadNPZ, LoadIDX), pictures in folders (LoadImages) and graphs (LoadEdges, LoadTU,
// LoadPlanetoid, LoadGraphs). Catalog lists what there is, Fetch downloads it for later.
//
// A Dataset is a value to look at, never changed behind its owner's back: Split, Folds,
// Subset, Head, Shuffled, Scaler.Apply and Imputer.Apply return new ones.
package data

import (
	"fmt"
	"strconv"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Dataset is a set of examples: with labels (classification), with targets (regression), or
// with neither (label-free).
type Dataset struct {
	Name     string
	X        *tensor.Matrix // n×d, one example a row; grids are flattened
	Y        []int          // n class labels in [0, len(Classes)); nil when there are none
	Classes  []string       // class names by label
	Features []string       // d feature names; nil when they have none
	Shape    []int          // shape of one example: [d], or [height width] for grey images

	Targets     *tensor.Matrix // n×t values to predict; nil when there are none
	TargetNames []string       // t names; nil when they have none
}

// Len returns the number of examples n.
func (d *Dataset) Len() int {
	if d.X == nil {
		return len(d.Y)
	}
	return d.X.Rows
}

// Width returns the number of features d of one example.
func (d *Dataset) Width() int {
	if d.X == nil {
		return 0
	}
	return d.X.Cols
}

// New makes a Dataset of the rows of x (n×d, one example a row: a tensor.Matrix,
// a gonum matrix, or anything of that shape) and their labels y in
// [0, len(classes)). Without class names (nil) the labels name themselves; without labels
// (nil) it is for label-free training. x and y are copied. What Validate finds wrong is the
// error.
func New(x interface {
	Dims() (r, c int)
	At(i, j int) float64
}, y []int, classes []string) (*Dataset, error) {
	m, err := copied(x)
	if err != nil {
		return nil, err
	}
	return checked(m, y, classes)
}

// copied returns the values of x, which must not be nil.
func copied(x tensor.Points) (*tensor.Matrix, error) {
	if x == nil {
		return nil, fmt.Errorf("data: no matrix was given: a dataset needs at least one example")
	}
	if m, ok := x.(*tensor.Matrix); ok && m == nil {
		return nil, fmt.Errorf("data: the matrix is nil: a dataset needs at least one example")
	}
	return tensor.From(x), nil
}

// FromRows makes a Dataset of slices: rows[i] holds the features of example i,
// y[i] its label. Otherwise it is like New; rows of different lengths are an error.
func FromRows(rows [][]float64, y []int, classes []string) (*Dataset, error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("data: no rows: a dataset needs at least one example")
	}
	m := tensor.NewMatrix(len(rows), len(rows[0]))
	for i, row := range rows {
		if len(row) != m.Cols {
			return nil, fmt.Errorf("data: row %d has %d features, row 0 has %d: all rows must be alike", i, len(row), m.Cols)
		}
		for j, v := range row {
			m.Row(i)[j] = float32(v)
		}
	}
	return checked(m, y, classes)
}

// mostNumbered is the number of classes that get their labels as names: far more than
// there are, and few enough that a column taken for labels by mistake does no harm.
const mostNumbered = 1 << 20

func checked(x *tensor.Matrix, y []int, classes []string) (*Dataset, error) {
	if classes == nil {
		top := maximum(y)
		if top >= mostNumbered {
			return nil, fmt.Errorf("data: label %d: labels are classes that count from 0; give the names of the classes or number them again", top)
		}
		classes = numbered(1 + top)
	}
	d := &Dataset{
		Name:    "dataset",
		X:       x,
		Y:       append([]int(nil), y...),
		Classes: append([]string(nil), classes...),
		Shape:   []int{x.Cols},
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return d, nil
}

// Validate reports the first thing that makes d unfit for training: an empty
// set, sizes that do not match, a label without a class, labels and targets at once, NaN or
// an infinity. Rows, columns and labels are counted from 0, as in Go.
func (d *Dataset) Validate() error {
	if d == nil {
		return fmt.Errorf("data: the dataset is nil: look at the error of loading it")
	}
	if d.X == nil || d.X.Rows == 0 || d.X.Cols == 0 {
		return fmt.Errorf("data: %s has no examples or no features", d.Name)
	}
	if len(d.X.Data) != d.X.Rows*d.X.Cols {
		return fmt.Errorf("data: %s: X is %d×%d but holds %d values", d.Name, d.X.Rows, d.X.Cols, len(d.X.Data))
	}
	if len(d.Y) > 0 && len(d.Y) != d.X.Rows {
		return fmt.Errorf("data: %s has %d examples but %d labels", d.Name, d.X.Rows, len(d.Y))
	}
	if d.Features != nil && len(d.Features) != d.X.Cols {
		return fmt.Errorf("data: %s has %d features but %d feature names", d.Name, d.X.Cols, len(d.Features))
	}
	if size := product(d.Shape); len(d.Shape) > 0 && size != d.X.Cols {
		return fmt.Errorf("data: %s: shape %v has %d values, an example has %d", d.Name, d.Shape, size, d.X.Cols)
	}
	if err := d.validateTargets(); err != nil {
		return err
	}
	for i, y := range d.Y {
		if y < 0 {
			return fmt.Errorf("data: %s, row %d: label %d is outside the classes, which count from 0", d.Name, i, y)
		}
		if y >= len(d.Classes) {
			return fmt.Errorf("data: %s, row %d: label %d is outside the %d classes 0 … %d", d.Name, i, y, len(d.Classes), len(d.Classes)-1)
		}
	}
	return d.validateValues()
}

func (d *Dataset) validateValues() error {
	if i, j, ok := d.X.Finite(); !ok {
		return fmt.Errorf("data: %s, row %d, column %s is %v: replace or drop missing values first", d.Name, i, columnName(d.Features, j), d.X.At(i, j))
	}
	return nil
}

// columnName names column j by its number, and by its name where it has one.
func columnName(names []string, j int) string {
	if j < len(names) {
		return fmt.Sprintf("%d (%s)", j, names[j])
	}
	return strconv.Itoa(j)
}

// ClassCounts returns the number of examples of each class, by label. Labels without a
// class, which Validate reports, are not counted.
func (d *Dataset) ClassCounts() []int {
	return countClasses(d.Y, len(d.Classes))
}

// mustHold panics in the name of a method when d is nil or has no matrix of examples.
func (d *Dataset) mustHold(method string) {
	if d == nil {
		panic("data: " + method + ": the dataset is nil: load one, such as data.Digits(), or look at the error of loading it")
	}
	if d.X == nil {
		panic("data: " + method + ": the dataset has no examples: make it with data.New or data.FromRows")
	}
}

// mustFit panics also when the labels or targets are not those of the examples, or a label
// has no class.
func (d *Dataset) mustFit(method string) {
	d.mustHold(method)
	if len(d.Y) > 0 && len(d.Y) != d.X.Rows {
		panic(fmt.Sprintf("data: %s: %s has %d examples but %d labels", method, d.Name, d.X.Rows, len(d.Y)))
	}
	if d.Targets != nil && d.Targets.Rows != d.X.Rows {
		panic(fmt.Sprintf("data: %s: %s has %d examples but %d rows of targets", method, d.Name, d.X.Rows, d.Targets.Rows))
	}
	for i, y := range d.Y {
		if y < 0 || y >= len(d.Classes) {
			panic(fmt.Sprintf("data: %s: %s, row %d: label %d is outside the %d classes", method, d.Name, i, y, len(d.Classes)))
		}
	}
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

func maximum(y []int) int {
	top := -1
	for _, v := range y {
		top = max(top, v)
	}
	return top
}

func product(shape []int) int {
	p := 1
	for _, n := range shape {
		p *= n
	}
	return p
}
