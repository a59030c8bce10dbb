package data

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Missing says what ReadCSV does about cells without a value: empty ones, and NA, N/A,
// NaN, null, none and ?, in any case.
type Missing int

// The ways to treat missing values.
const (
	RefuseMissing Missing = iota // an error that names row and column
	DropMissing                  // leave out the rows that have one
	KeepMissing                  // NaN in numbers, no bit set in one-hot columns; see FitImputer
)

// CSVOptions say how a table of text becomes a Dataset. The zero value is for a file
// separated by commas, whose first line names the columns and whose last column is the
// class. With Targets it is a regression; with NoLabel all columns are features.
type CSVOptions struct {
	Comma    rune // what separates cells; 0 means ','
	NoHeader bool // the first line holds values; columns are then called "1", "2", …

	Label   string   // the column with the class; "" means the last one that is not dropped
	Targets []string // the columns of numbers to predict, in place of a class
	NoLabel bool     // there is neither class nor target
	Drop    []string // columns to leave out
	Classes []string // class names in the order of their labels; nil: those found, sorted

	// Categorical names columns that are categories although they hold numbers. Columns of
	// text are categories by themselves; one with numbers and text, as a slip of the keyboard
	// makes it, is an error. A category becomes one column a value, "colour=red", with 1 where
	// the value is (one-hot).
	Categorical []string

	Missing Missing
}

// maxCategories bounds the columns that one column of text may become: more is taken for
// names or free text that was not meant as a feature.
const maxCategories = 1000

// LoadCSV reads the file at path as ReadCSV does; the dataset has the file's name. It stops
// with the error of ctx.
func LoadCSV(ctx context.Context, path string, o CSVOptions) (*Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close() // Only read from: an error of Close cannot lose anything.
	return readCSV(ctx, f, filepath.Base(path), o)
}

// ReadCSV reads a table of text: one example a line, numbers and categories in columns,
// one column with the class (or columns with targets). name is used in errors. An error names
// the line of the file and the column.
func ReadCSV(r io.Reader, name string, o CSVOptions) (*Dataset, error) {
	return readCSV(context.Background(), r, name, o)
}

func readCSV(ctx context.Context, r io.Reader, name string, o CSVOptions) (*Dataset, error) {
	t, err := readTable(&cancelledReader{ctx, r}, name, o)
	if err != nil {
		return nil, err
	}
	if o.Missing == DropMissing {
		t.dropMissing()
	}
	d, err := t.dataset(ctx, o)
	if err == nil && d.X.Cols == 0 {
		err = fmt.Errorf("data: %s has no column but what is to be predicted: there is nothing to learn from%s", name, t.otherComma())
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// dataset makes examples of the rows, without features when all columns are dropped.
func (t *csvTable) dataset(ctx context.Context, o CSVOptions) (*Dataset, error) {
	if len(t.rows) == 0 {
		return nil, fmt.Errorf("data: %s has no examples", t.name)
	}
	d := &Dataset{Name: strings.TrimSuffix(t.name, filepath.Ext(t.name))}
	var err error
	if t.label >= 0 {
		if d.Y, d.Classes, err = t.labels(o); err != nil {
			return nil, err
		}
	}
	if len(t.targets) > 0 {
		if d.Targets, err = t.targetValues(); err != nil {
			return nil, err
		}
		d.TargetNames = append([]string(nil), o.Targets...)
	}
	var columns []column
	for j := range t.header {
		if j == t.label || t.dropped[j] || slices.Contains(t.targets, j) {
			continue
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("data: %s: %w", t.name, context.Cause(ctx))
		}
		c, err := t.column(j, o)
		if err != nil {
			return nil, err
		}
		columns = append(columns, c...)
	}
	d.X = tensor.NewMatrix(len(t.rows), len(columns))
	for j, c := range columns {
		d.Features = append(d.Features, c.name)
		for i, v := range c.values {
			d.X.Row(i)[j] = v
		}
	}
	d.Shape = []int{len(columns)}
	return d, nil
}

// csvTable is a file's cells, with the line that each row begins on.
type csvTable struct {
	name    string
	header  []string
	rows    [][]string // cells without white space around
	lines   []int
	label   int   // column of the class, −1 when there is none
	targets []int // columns to predict
	dropped []bool
}

// column is one feature of the dataset.
type column struct {
	name   string
	values []float32
}

func readTable(r io.Reader, name string, o CSVOptions) (*csvTable, error) {
	t := &csvTable{name: name}
	text, err := utf8Text(r)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", name, err)
	}
	reader := csv.NewReader(text)
	if o.Comma != 0 {
		reader.Comma = o.Comma
	}
	reader.TrimLeadingSpace = true
	for {
		record, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err := t.add(reader, record, err, !o.NoHeader); err != nil {
			return nil, err
		}
	}
	if len(t.rows) == 0 {
		return nil, fmt.Errorf("data: %s has no examples", name)
	}
	if o.NoHeader {
		for j := range t.rows[0] {
			t.header = append(t.header, strconv.Itoa(j+1))
		}
	}
	return t, t.locate(o)
}

// add takes a line of the file, or the error of reading it; the first line names the columns
// when named is set.
func (t *csvTable) add(reader *csv.Reader, record []string, err error, named bool) error {
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		line, _ := reader.FieldPos(0)
		return fmt.Errorf("data: %s, line %d: %d columns, the first line has %d: all lines must be alike%s", t.name, line, len(record), reader.FieldsPerRecord, t.otherComma())
	case errors.As(err, &syntax):
		return fmt.Errorf("data: %s, line %d: %w, in what begins on line %d: quotes come in pairs, and one within a cell is written twice", t.name, syntax.Line, syntax.Err, syntax.StartLine)
	case err != nil:
		return fmt.Errorf("data: %s: %w", t.name, err)
	}
	line, _ := reader.FieldPos(0)
	for j, cell := range record {
		if !utf8.ValidString(cell) {
			return fmt.Errorf("data: %s, line %d, column %d: %q is not UTF-8: save the file as UTF-8", t.name, line, j+1, cell)
		}
		record[j] = strings.TrimSpace(cell)
	}
	if named && t.header == nil {
		t.header = record
		return nil
	}
	t.rows, t.lines = append(t.rows, record), append(t.lines, line)
	return nil
}

// otherComma says that something else separates the cells, if it looks so.
func (t *csvTable) otherComma() string {
	first := t.header
	if len(t.rows) > 0 {
		first = slices.Concat(t.header, t.rows[0])
	}
	for _, comma := range ";\t,|" {
		if len(t.header) <= 1 && strings.ContainsRune(strings.Join(first, ""), comma) {
			return fmt.Sprintf("; if %q separates the cells, set Comma to it", comma)
		}
	}
	return ""
}

// utf8Text returns r without the byte order mark that spreadsheets put in front.
func utf8Text(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	first, _ := in.Peek(3) // A shorter file has no mark.
	switch {
	case bytes.HasPrefix(first, []byte("\ufeff")):
		_, err := in.Discard(3)
		return in, err
	case bytes.HasPrefix(first, []byte("\xff\xfe")), bytes.HasPrefix(first, []byte("\xfe\xff")):
		return nil, errors.New("the text is UTF-16: save it as UTF-8")
	}
	return in, nil
}

// locate finds the columns that the options name.
func (t *csvTable) locate(o CSVOptions) error {
	t.dropped = make([]bool, len(t.header))
	index := make(map[string]int, len(t.header))
	for j, h := range t.header {
		if k, twice := index[h]; twice {
			return fmt.Errorf("data: %s: columns %d and %d are both called %q: give them different names", t.name, k+1, j+1, h)
		}
		index[h] = j
	}
	find := func(option, column string) (int, error) {
		if j, ok := index[column]; ok {
			return j, nil
		}
		return 0, fmt.Errorf("data: %s has no column %q (%s); there are %s", t.name, column, option, strings.Join(t.header, ", "))
	}
	for _, c := range o.Drop {
		j, err := find("Drop", c)
		if err != nil {
			return err
		}
		t.dropped[j] = true
	}
	for t.label = len(t.header) - 1; t.label > 0 && t.dropped[t.label]; {
		t.label--
	}
	var err error
	switch {
	case len(o.Targets) > 0 && o.Label != "" || o.NoLabel && (o.Label != "" || len(o.Targets) > 0):
		return fmt.Errorf("data: %s: Label, Targets and NoLabel exclude each other: give one of them", t.name)
	case o.Label != "":
		if t.label, err = find("Label", o.Label); err != nil {
			return err
		}
	case o.NoLabel || len(o.Targets) > 0:
		t.label = -1
	}
	for _, c := range o.Targets {
		j, err := find("Targets", c)
		if err != nil {
			return err
		}
		t.targets = append(t.targets, j)
	}
	for _, j := range append([]int{t.label}, t.targets...) {
		if j >= 0 && t.dropped[j] {
			return fmt.Errorf("data: %s: column %q is to be predicted and to be dropped: take it from Drop", t.name, t.header[j])
		}
	}
	for _, c := range o.Categorical {
		if _, err := find("Categorical", c); err != nil {
			return err
		}
	}
	return nil
}

// missingCell reports whether a cell stands for a missing value, see Missing.
func missingCell(text string) bool {
	if text != "" && text[0] <= '9' { // most are numbers
		return false
	}
	switch strings.ToLower(text) {
	case "", "na", "n/a", "nan", "null", "none", "?":
		return true
	}
	return false
}

func (t *csvTable) dropMissing() {
	kept := 0
	for i, row := range t.rows {
		whole := true
		for j, cell := range row {
			whole = whole && (t.dropped[j] || !missingCell(cell))
		}
		if whole {
			t.rows[kept], t.lines[kept] = row, t.lines[i]
			kept++
		}
	}
	t.rows, t.lines = t.rows[:kept], t.lines[:kept]
}

// at names a cell in an error.
func (t *csvTable) at(i, j int) string {
	return fmt.Sprintf("data: %s, line %d, column %d (%s)", t.name, t.lines[i], j+1, t.header[j])
}

// labels returns the label of every row. A missing class is an error under every policy
// but DropMissing.
func (t *csvTable) labels(o CSVOptions) ([]int, []string, error) {
	for i, row := range t.rows {
		if missingCell(row[t.label]) {
			return nil, nil, fmt.Errorf("%s: the class is missing", t.at(i, t.label))
		}
	}
	classes := append([]string(nil), o.Classes...)
	if o.Classes == nil {
		classes = t.categories(t.label)
	}
	if len(classes) > maxCategories {
		return nil, nil, fmt.Errorf("data: %s: column %q has %d different values: it does not look like a class; name the one that is with Label, or the numbers to predict with Targets", t.name, t.header[t.label], len(classes))
	}
	index := make(map[string]int, len(classes))
	for k, c := range classes {
		index[c] = k
	}
	y := make([]int, len(t.rows))
	for i, row := range t.rows {
		k, ok := index[row[t.label]]
		if !ok {
			return nil, nil, fmt.Errorf("%s: the class %q is none of %s", t.at(i, t.label), row[t.label], strings.Join(classes, ", "))
		}
		y[i] = k
	}
	return y, classes, nil
}
