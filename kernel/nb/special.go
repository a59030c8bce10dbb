package nb

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// special words what is shown otherwise than its kind says: what has methods for it,
// times, bytes, numbers of any size.
func special(v reflect.Value, depth int) (string, bool) {
	if !v.IsValid() {
		return "<nil>", true
	}
	switch v.Type() {
	case reflect.TypeFor[time.Duration]():
		return time.Duration(v.Int()).String(), true
	case reflect.TypeFor[[]byte]():
		if !v.IsNil() {
			return bytesText(v.Bytes()), true
		}
	}
	if v.Type().PkgPath() == "sync" && v.Kind() == reflect.Struct {
		return typeName(v.Type()) + "{}", true
	}
	// A method may be called on what anybody could reach; a nil pointer has its own text.
	if !v.CanInterface() || v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return timeText(x), true
	case *big.Int:
		return bigText(x), true
	case reflect.Type:
		return typeName(x), true
	case reflect.Value, fmt.Formatter, fmt.Stringer:
		return cut(fmt.Sprintf("%v", x), limit(depth)), true
	case error:
		if depth == 0 {
			return cut(chain(x), MaxText), true
		}
		return cut(fmt.Sprintf("%v", x), limit(depth)), true
	}
	return "", false
}

// limit bounds a text by its depth.
func limit(depth int) int {
	if depth == 0 {
		return MaxText
	}
	return maxLeaf
}

// timeText leaves out the reading of the monotonic clock.
func timeText(t time.Time) string { return t.Round(0).String() }

// maxBits is the size up to which a number is written in full: beyond, its digits alone
// take seconds to compute.
const maxBits = 10_000

func bigText(x *big.Int) string {
	if x.BitLen() <= maxBits {
		return x.String()
	}
	sign := ""
	if x.Sign() < 0 {
		sign = "-"
	}
	top := new(big.Int).Rsh(new(big.Int).Abs(x), uint(x.BitLen()-128))
	return fmt.Sprintf("%s0x%x… (%s bits)", sign, top, thousands(x.BitLen()))
}

// maxChain bounds the errors shown of a chain.
const maxChain = 10

// chain words an error with those that it wraps, each with its type below.
func chain(err error) string {
	text := fmt.Sprintf("%v", err)
	var lines []string
	var visit func(err error, indent string)
	visit = func(err error, indent string) {
		if err == nil || len(lines) > maxChain {
			return
		}
		if len(lines) == maxChain {
			lines = append(lines, indent+"…")
			return
		}
		line, _, more := strings.Cut(cut(fmt.Sprintf("%v", err), maxLeaf), "\n")
		if more {
			line += " …"
		}
		lines = append(lines, fmt.Sprintf("%s%s: %s", indent, typeName(reflect.TypeOf(err)), line))
		if list, ok := err.(interface{ Unwrap() []error }); ok {
			for _, inner := range list.Unwrap() {
				visit(inner, indent+"  ")
			}
			return
		}
		visit(errors.Unwrap(err), indent+"  ")
	}
	visit(err, "  ")
	if len(lines) < 2 {
		return text
	}
	return text + "\n" + strings.Join(lines, "\n")
}

// maxHex bounds the bytes shown of what is no text.
const maxHex = 64

// bytesText writes bytes as text where they are text, otherwise by their hexadecimal digits.
func bytesText(data []byte) string {
	if len(data) == 0 {
		return "[]"
	}
	head := data[:min(len(data), maxLeaf)]
	text := string(head)
	for i := 0; i < utf8.UTFMax && len(head) < len(data) && !utf8.ValidString(text); i++ {
		text = text[:len(text)-1] // the head may end inside a letter
	}
	if printable(text) {
		quoted := "[]byte(" + strconv.Quote(text) + ")"
		if len(text) < len(data) {
			quoted += fmt.Sprintf("… (%s more bytes)", thousands(len(data)-len(text)))
		}
		return quoted
	}
	head = data[:min(len(data), maxHex)]
	var b strings.Builder
	fmt.Fprintf(&b, "%s bytes:", thousands(len(data)))
	for i := range head {
		b.WriteString(" " + hex.EncodeToString(head[i:i+1]))
	}
	if len(head) < len(data) {
		b.WriteString(" …")
	}
	return b.String()
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
	}
	return true
}

// nilText names the type of what is nil at the top, where nothing else tells it.
func nilText(v reflect.Value, depth int) string {
	if depth > 0 {
		switch v.Kind() {
		case reflect.Slice:
			return "[]"
		case reflect.Map:
			return "map[]"
		}
		return "<nil>"
	}
	if v.Kind() == reflect.Pointer {
		return "(" + typeName(v.Type()) + ")(nil)"
	}
	return typeName(v.Type()) + "(nil)"
}

// scalar words a value that has no parts.
func scalar(v reflect.Value, depth int) string {
	switch v.Kind() {
	case reflect.String:
		return quote(v.String(), limit(depth))
	case reflect.Func:
		if v.IsNil() {
			return nilFunc(v, depth)
		}
		return typeName(v.Type())
	case reflect.Chan:
		if v.IsNil() {
			return nilFunc(v, depth)
		}
		if v.Cap() > 0 {
			return fmt.Sprintf("%s (%d of %d)", typeName(v.Type()), v.Len(), v.Cap())
		}
		return typeName(v.Type())
	}
	return fmt.Sprintf("%v", v) // fmt prints the value that a reflect.Value holds
}

func nilFunc(v reflect.Value, depth int) string {
	if depth > 0 {
		return "<nil>"
	}
	return "(" + typeName(v.Type()) + ")(nil)"
}

func quote(s string, limit int) string {
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	short := cutRunes(s, limit)
	return fmt.Sprintf("%s… (%s more bytes)", strconv.Quote(short), thousands(len(s)-len(short)))
}

// cut shortens a text to limit bytes and says what is missing.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	short := cutRunes(s, limit)
	return fmt.Sprintf("%s… (%s more bytes)", short, thousands(len(s)-len(short)))
}

func cutRunes(s string, n int) string {
	if n >= len(s) {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
