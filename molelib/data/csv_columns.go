package data

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// categories returns the different values of column j, in the order of numbers where all
// are numbers, and of text otherwise.
func (t *csvTable) categories(j int) []string {
	seen := map[string]bool{}
	for _, row := range t.rows {
		if !missingCell(row[j]) {
			seen[row[j]] = true
		}
	}
	categories := make([]string, 0, len(seen))
	for c := range seen {
		categories = append(categories, c)
	}
	slices.SortFunc(categories, func(a, b string) int {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		if errX == nil && errY == nil {
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		}
		// Numbers stand before text, or the order would depend on the order of comparison.
		return cmp.Or(cmp.Compare(rank(errX), rank(errY)), cmp.Compare(a, b))
	})
	return categories
}

func rank(err error) int {
	if err == nil {
		return 0
	}
	return 1
}

// column returns the features that column j of the file becomes: itself when it holds
// numbers, one for each value when it holds categories.
func (t *csvTable) column(j int, o CSVOptions) ([]column, error) {
	for i, row := range t.rows {
		if o.Missing == RefuseMissing && missingCell(row[j]) {
			return nil, fmt.Errorf("%s has no value: set Missing to DropMissing or KeepMissing", t.at(i, j))
		}
	}
	for _, c := range o.Categorical {
		if c == t.header[j] {
			return t.oneHot(j)
		}
	}
	numbers, textAt := t.numbers(j)
	if textAt < 0 {
		for i, v := range numbers {
			if math.IsInf(float64(v), 0) {
				return nil, fmt.Errorf("%s: %s is infinite or too large for float32", t.at(i, j), t.rows[i][j])
			}
		}
		return []column{{t.header[j], numbers}}, nil
	}
	if err := t.onlyText(j, textAt); err != nil {
		return nil, err
	}
	return t.oneHot(j)
}

// onlyText returns an error when column j, which has text in row textAt, has numbers, too:
// most of these are numbers with a slip.
func (t *csvTable) onlyText(j, textAt int) error {
	text := t.rows[textAt][j]
	if _, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64); err == nil {
		return fmt.Errorf("%s: %q has a decimal comma: write a point, or name the column in Categorical", t.at(textAt, j), text)
	}
	for i, row := range t.rows {
		if _, err := strconv.ParseFloat(row[j], 64); err == nil && !missingCell(row[j]) {
			return fmt.Errorf("%s: %q is no number, but %q in line %d is one: mend it, leave the cell empty if the value is missing, or name the column in Categorical",
				t.at(textAt, j), text, row[j], t.lines[i])
		}
	}
	return nil
}

// numbers parses column j, missing cells as NaN. textAt is the first row that holds no
// number, -1 when all do.
func (t *csvTable) numbers(j int) (values []float32, textAt int) {
	values = make([]float32, len(t.rows))
	for i, row := range t.rows {
		if missingCell(row[j]) {
			values[i] = float32(math.NaN())
			continue
		}
		v, err := strconv.ParseFloat(row[j], 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, i
		}
		values[i] = float32(v)
	}
	return values, -1
}

func (t *csvTable) oneHot(j int) ([]column, error) {
	categories := t.categories(j)
	if len(categories) > maxCategories {
		_, i := t.numbers(j)
		return nil, fmt.Errorf("%s: the column has text (%q) and %d different values: leave it out with Drop",
			t.at(max(i, 0), j), t.rows[max(i, 0)][j], len(categories))
	}
	columns := make([]column, len(categories))
	index := make(map[string]int, len(categories))
	for k, c := range categories {
		columns[k] = column{t.header[j] + "=" + c, make([]float32, len(t.rows))}
		index[c] = k
	}
	for i, row := range t.rows {
		if !missingCell(row[j]) {
			columns[index[row[j]]].values[i] = 1
		}
	}
	return columns, nil
}
