package nb

import (
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// grid is a value as rows and columns of short texts.
type grid struct {
	caption    string
	head       []string // one for each column, the index's among them; nil for none
	rows       [][]square
	rowsLeft   int // rows and columns that are not shown
	columnLeft int
	indexed    bool // the first column names the row
}

// square is one entry of a grid.
type square struct {
	text   string
	number bool
}

// Bounds of a grid.
const (
	gridRows    = 50
	gridColumns = 20
	gridLetters = 80 // of one entry
	perRow      = 10 // elements of a plain slice in one row
)

// gridOf lays a value out in rows and columns: the fields of a struct, the entries of a
// map, the rows of a slice. There is none for what is better read as text.
func gridOf(v reflect.Value) (*grid, bool) {
	v = inside(v)
	if !v.IsValid() || own(v.Type()) {
		return nil, false
	}
	switch v.Kind() {
	case reflect.Struct:
		return fieldGrid(v), v.NumField() > 0
	case reflect.Map:
		return mapGrid(v), v.Len() > 0
	case reflect.Slice, reflect.Array:
		if v.Len() == 0 {
			return nil, false
		}
		return rowGrid(v)
	}
	return nil, false
}

// inside follows pointers and interfaces to what they hold; no value where one is nil or
// they lead nowhere.
func inside(v reflect.Value) reflect.Value {
	for range maxDepth {
		if v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface {
			return v
		}
		if v.IsNil() || own(v.Type()) && v.Kind() == reflect.Pointer {
			return reflect.Value{}
		}
		v = v.Elem()
	}
	return reflect.Value{}
}

// own tells a type whose values are shown by a text of their own.
func own(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[[]byte]():
		return true
	}
	return t.PkgPath() == "sync" || t.Implements(reflect.TypeFor[fmt.Formatter]()) ||
		t.Implements(reflect.TypeFor[fmt.Stringer]()) || t.Implements(reflect.TypeFor[error]())
}

func fieldGrid(v reflect.Value) *grid {
	g := &grid{caption: typeName(v.Type()), indexed: true}
	for i := range min(v.NumField(), gridRows) {
		g.rows = append(g.rows, []square{{text: v.Type().Field(i).Name}, entry(v.Field(i))})
	}
	g.rowsLeft = v.NumField() - len(g.rows)
	return g
}

func mapGrid(v reflect.Value) *grid {
	g := &grid{caption: fmt.Sprintf("%s, %s", typeName(v.Type()), count(v.Len(), "entry", "entries")), indexed: true}
	keys := firstKeys(v, gridRows)
	var values []reflect.Value
	for _, key := range keys {
		values = append(values, v.MapIndex(key))
	}
	if columns, ok := columnsOf(values); ok {
		g.head = append([]string{""}, columns.show(g)...)
		for i, key := range keys {
			g.rows = append(g.rows, append([]square{entry(key)}, columns.row(values[i])...))
		}
	} else {
		for i, key := range keys {
			g.rows = append(g.rows, []square{entry(key), entry(values[i])})
		}
	}
	g.rowsLeft = v.Len() - len(g.rows)
	return g
}

// rowGrid makes a row of each element that has columns. Plain elements stand side by side,
// when they are too many for a line of text.
func rowGrid(v reflect.Value) (*grid, bool) {
	g := &grid{caption: fmt.Sprintf("%s, %s", typeName(v.Type()), count(v.Len(), "row", "rows")), indexed: true}
	var values []reflect.Value
	for i := range min(v.Len(), gridRows) {
		values = append(values, v.Index(i))
	}
	if columns, ok := columnsOf(values); ok {
		g.head = append([]string{""}, columns.show(g)...)
		for i, value := range values {
			g.rows = append(g.rows, append([]square{{text: strconv.Itoa(i)}}, columns.row(value)...))
		}
		g.rowsLeft = v.Len() - len(g.rows)
		return g, true
	}
	if !simple(v.Type().Elem()) || own(v.Type().Elem()) {
		return nil, false
	}
	if b := newBuilder(); b.build(v, 0, false).width <= lineWidth {
		return nil, false
	}
	g.caption = fmt.Sprintf("%s, %s", typeName(v.Type()), count(v.Len(), "element", "elements"))
	g.head = []string{""}
	for i := range perRow {
		g.head = append(g.head, "+"+strconv.Itoa(i))
	}
	shown := 0
	for ; shown < v.Len() && len(g.rows) < gridRows/2; shown = min(shown+perRow, v.Len()) {
		row := []square{{text: strconv.Itoa(shown)}}
		for i := shown; i < min(shown+perRow, v.Len()); i++ {
			row = append(row, entry(v.Index(i)))
		}
		g.rows = append(g.rows, row)
	}
	if shown < v.Len() {
		g.caption += ", the first " + thousands(shown) + " of them"
	}
	return g, true
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// entry is a value as one entry of a grid: a text without its quotes, anything else as in
// a line of text.
func entry(v reflect.Value) square {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.String && !own(v.Type()) {
		return square{text: clip(newlineless(cutRunes(v.String(), min(v.Len(), 4*gridLetters+4))), gridLetters)}
	}
	if v.CanFloat() && !own(v.Type()) {
		return square{text: shortFloat(v.Float(), v.Type().Bits()), number: true}
	}
	s := square{text: line(v, gridLetters)}
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Complex64, reflect.Complex128:
		s.number = !own(v.Type()) || v.Type() == reflect.TypeFor[time.Duration]()
	}
	return s
}

// shortFloat writes a number in full where that is short, else with six digits.
func shortFloat(x float64, bits int) string {
	if text := strconv.FormatFloat(x, 'g', -1, bits); len(text) <= 10 {
		return text
	}
	return strconv.FormatFloat(x, 'g', 6, bits)
}
