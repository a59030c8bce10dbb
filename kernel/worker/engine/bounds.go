package engine

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/program"
)

// Package reflect, through which yaegi computes, does not say which index was out of which
// range. After such a panic the index and slice expressions of the statement are evaluated
// once more, from the variables of the interpreter's frame. Where exactly one of them is out
// of range it is told; in doubt the text stays without numbers.

// boundsText words the one expression of the lists that is out of range, "" for none. There is
// a list for each piece of lowered code that the statement became: the first whose
// variables the frame has is the one that runs.
func boundsText(lists [][]program.Bounds, value func(name string) reflect.Value) string {
	for _, list := range lists {
		text, known := oneOutOfRange(list, &operands{value})
		if known {
			return text
		}
	}
	return ""
}

func oneOutOfRange(list []program.Bounds, o *operands) (text string, known bool) {
	defer func() {
		if recover() != nil {
			text, known = "", false
		}
	}()
	for _, b := range list {
		t := o.outOfRange(b)
		if t != "" && text != "" {
			return "", true
		}
		text += t
	}
	return text, true
}

// operands evaluates the operands of bounds. It panics where it cannot.
type operands struct {
	value func(name string) reflect.Value
}

// unreachable is the panic of an operand whose own operand is out of range.
type unreachable struct{}

func (o *operands) outOfRange(b program.Bounds) (text string) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(unreachable); !ok {
				panic(r)
			}
			text = ""
		}
	}()
	x := o.eval(b.X)
	if x.Kind() == reflect.Pointer {
		x = x.Elem()
	}
	if b.Slice {
		return o.sliceRange(x, b)
	}
	switch i := o.integer(b.Low); {
	case i < 0:
		return fmt.Sprintf("index out of range [%d]", i)
	case i >= int64(x.Len()):
		return fmt.Sprintf("index out of range [%d] with length %d", i, x.Len())
	}
	return ""
}

func (o *operands) sliceRange(x reflect.Value, b program.Bounds) string {
	limit, name := int64(x.Len()), "length"
	if x.Kind() == reflect.Slice {
		limit, name = int64(x.Cap()), "capacity"
	}
	low, high, most := int64(0), int64(x.Len()), limit
	if b.Low != "" {
		low = o.integer(b.Low)
	}
	if b.High != "" {
		high = o.integer(b.High)
	}
	text := func(format string, args ...any) string {
		return "slice bounds out of range " + fmt.Sprintf(format, args...)
	}
	if b.Max != "" {
		most = o.integer(b.Max)
		switch {
		case most < 0:
			return text("[::%d]", most)
		case most > limit:
			return text("[::%d] with %s %d", most, name, limit)
		case high < 0:
			return text("[:%d:]", high)
		case high > most:
			return text("[:%d:%d]", high, most)
		case low < 0:
			return text("[%d::]", low)
		case low > high:
			return text("[%d:%d:]", low, high)
		}
		return ""
	}
	switch {
	case high < 0:
		return text("[:%d]", high)
	case high > limit:
		return text("[:%d] with %s %d", high, name, limit)
	case low < 0:
		return text("[%d:]", low)
	case low > high:
		return text("[%d:%d]", low, high)
	}
	return ""
}

func (o *operands) integer(text string) int64 { return integerOf(o.eval(text)) }

func integerOf(v reflect.Value) int64 {
	if v.CanUint() {
		if v.Uint() > math.MaxInt64 {
			panic("too large")
		}
		return int64(v.Uint())
	}
	return v.Int()
}

func (o *operands) eval(text string) reflect.Value {
	e, err := parser.ParseExpr(text)
	if err != nil {
		panic(err)
	}
	return o.expr(e)
}

func (o *operands) expr(e ast.Expr) reflect.Value {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return o.expr(e.X)
	case *ast.Ident:
		return o.value(e.Name)
	case *ast.BasicLit:
		n, err := strconv.ParseInt(e.Value, 10, 64)
		if err != nil {
			panic(err)
		}
		return reflect.ValueOf(n)
	case *ast.UnaryExpr: // of a negative constant
		return reflect.ValueOf(-integerOf(o.expr(e.X)))
	case *ast.StarExpr:
		return o.expr(e.X).Elem()
	case *ast.SelectorExpr:
		x := o.expr(e.X)
		if x.Kind() == reflect.Pointer {
			x = x.Elem()
		}
		return x.FieldByName(e.Sel.Name)
	case *ast.CallExpr:
		return reflect.ValueOf(int64(o.expr(e.Args[0]).Len()))
	case *ast.IndexExpr:
		x, i := o.expr(e.X), integerOf(o.expr(e.Index))
		if x.Kind() == reflect.Pointer {
			x = x.Elem()
		}
		if i < 0 || i >= int64(x.Len()) {
			panic(unreachable{})
		}
		return x.Index(int(i))
	case *ast.BinaryExpr:
		x, y := integerOf(o.expr(e.X)), integerOf(o.expr(e.Y))
		if max(x, -x) > math.MaxInt32 || max(y, -y) > math.MaxInt32 {
			panic("may overflow")
		}
		return reflect.ValueOf(map[token.Token]int64{token.ADD: x + y, token.SUB: x - y, token.MUL: x * y}[e.Op])
	}
	panic("not an operand")
}

// told returns a panic's value with the numbers of an index that is out of range. It is
// called while the panic unwinds, or after it.
func (e *Engine) told(v any) any {
	r, ok := goPanic(v).(runtimeError)
	if !ok {
		return v
	}
	if text := e.trace.bounds(); strings.HasPrefix(text, string(r)) {
		return runtimeError(text)
	}
	return v
}
