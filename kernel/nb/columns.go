package nb

import (
	"reflect"
	"slices"
	"strconv"
)

// columns says how the rows of a table are made of values that are alike.
type columns struct {
	names  []string
	kind   reflect.Kind // of the rows: Struct, Map or Slice
	fields []int        // of a struct
}

// columnsOf finds the columns of values: all structs of one type, all maps with texts as
// keys, or all slices of short values. Nil pointers among them have empty rows.
func columnsOf(values []reflect.Value) (columns, bool) {
	var c columns
	var first reflect.Type
	width := 0
	seen := map[string]bool{}
	for _, v := range values {
		if v = inside(v); !v.IsValid() {
			continue
		}
		kind := v.Kind()
		if kind == reflect.Array {
			kind = reflect.Slice
		}
		if first == nil {
			first, c.kind = v.Type(), kind
		}
		switch {
		case kind != c.kind || own(v.Type()):
			return c, false
		case kind == reflect.Struct && v.Type() == first:
		case kind == reflect.Map && v.Type().Key().Kind() == reflect.String:
			c.addKeys(v, seen)
		case kind == reflect.Slice && flatElements(v.Type().Elem()):
			width = max(width, v.Len())
		default:
			return c, false
		}
	}
	switch {
	case first == nil:
		return c, false
	case c.kind == reflect.Struct:
		c.addFields(first)
	case c.kind == reflect.Slice:
		for i := range width {
			c.names = append(c.names, strconv.Itoa(i))
		}
	}
	return c, len(c.names) > 0
}

// flatElements tells elements that fit into a table.
func flatElements(t reflect.Type) bool {
	return simple(t) || t.Kind() == reflect.Interface || own(t)
}

func (c *columns) addFields(t reflect.Type) {
	for i := range t.NumField() {
		if name := t.Field(i).Name; name != "_" {
			c.names, c.fields = append(c.names, name), append(c.fields, i)
		}
	}
}

// maxKeys bounds the keys looked at for the columns of a table of maps.
const maxKeys = 200

func (c *columns) addKeys(v reflect.Value, seen map[string]bool) {
	for _, key := range firstKeys(v, gridColumns+1) {
		if name := key.String(); !seen[name] && len(c.names) < maxKeys {
			seen[name] = true
			c.names = append(c.names, name)
		}
	}
	slices.Sort(c.names)
}

// show returns the names of the columns that are shown and notes the rest in g.
func (c *columns) show(g *grid) []string {
	shown := min(len(c.names), gridColumns)
	g.columnLeft = len(c.names) - shown
	names := make([]string, shown)
	for i := range names {
		names[i] = clip(newlineless(c.names[i]), gridLetters)
	}
	return names
}

// row returns the entries of one value.
func (c *columns) row(v reflect.Value) []square {
	row := make([]square, min(len(c.names), gridColumns))
	if v = inside(v); !v.IsValid() {
		row[0].text = "<nil>"
		return row
	}
	for i := range row {
		switch c.kind {
		case reflect.Struct:
			row[i] = entry(v.Field(c.fields[i]))
		case reflect.Map:
			if x := v.MapIndex(reflect.ValueOf(c.names[i]).Convert(v.Type().Key())); x.IsValid() {
				row[i] = entry(x)
			}
		case reflect.Slice:
			if i < v.Len() {
				row[i] = entry(v.Index(i))
			}
		}
	}
	return row
}
