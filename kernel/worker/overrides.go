package worker

import (
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
)

// overrides returns what cells see in place of some functions of the standard library, by
// import path and name: printing reaches the cell that the goroutine belongs to.
func overrides(out, err io.Writer) map[string]map[string]reflect.Value {
	return map[string]map[string]reflect.Value{
		"fmt": {
			"Print":   reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(out, a...) }),
			"Printf":  reflect.ValueOf(func(format string, a ...any) (int, error) { return fmt.Fprintf(out, format, a...) }),
			"Println": reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(out, a...) }),
			"Fprint": reflect.ValueOf(func(w io.Writer, a ...any) (int, error) {
				return fmt.Fprint(own(w, out, err), a...)
			}),
			"Fprintf": reflect.ValueOf(func(w io.Writer, format string, a ...any) (int, error) {
				return fmt.Fprintf(own(w, out, err), format, a...)
			}),
			"Fprintln": reflect.ValueOf(func(w io.Writer, a ...any) (int, error) {
				return fmt.Fprintln(own(w, out, err), a...)
			}),
		},
	}
}

// own exchanges the process's standard files for the cell's own writers.
func own(w, out, err io.Writer) io.Writer {
	switch w {
	case io.Writer(os.Stdout):
		return out
	case io.Writer(os.Stderr):
		return err
	}
	return w
}

// override lays the replacements over the tables of exports.
func override(exports func(string) map[string]reflect.Value, by map[string]map[string]reflect.Value) func(string) map[string]reflect.Value {
	return func(path string) map[string]reflect.Value {
		table := exports(path)
		if table == nil || by[path] == nil {
			return table
		}
		table = maps.Clone(table)
		maps.Copy(table, by[path])
		return table
	}
}
