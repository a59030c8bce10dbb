package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// unpickle reads the pickles (protocol 2, written by Python 2) that the Planetoid files are:
// NumPy arrays, SciPy matrices in rows, and dictionaries of lists of whole numbers. Whatever
// else a pickle may say is refused, nothing that it names is ever run. No value takes more
// memory than its bytes in the file by more than a constant factor. It returns a *pyArray,
// a *pyCSR or a *pyDict; errors name the byte.
func unpickle(content []byte) (any, error) {
	p := &pickle{content: content, memo: map[uint32]any{}}
	if len(content) < 2 || content[0] != 0x80 || content[1] != 2 {
		return nil, fmt.Errorf("byte 0: not a pickle of protocol 2")
	}
	p.at = 2
	for {
		start := p.at
		op, err := p.take(1)
		if err != nil {
			return nil, fmt.Errorf("byte %d: %w", start, err)
		}
		if op[0] == '.' {
			return p.result()
		}
		if err := p.step(op[0]); err != nil {
			return nil, fmt.Errorf("byte %d: %w", start, err)
		}
	}
}

// pickle is the machine that a pickle is a program for: a stack, marks on it, and a memory.
type pickle struct {
	content []byte
	at      int
	stack   []any
	marks   []int
	memo    map[uint32]any
}

// The values of a pickle, besides int, bool, nil and []byte.
type (
	pyGlobal string // the name of a class or function
	pyTuple  []any
	pyList   struct{ items []any }
	pyDict   struct{ keys, values []any } // in the order of the file
	pyType   struct{ npyHeader }          // a type of numbers
	pyArray  struct {
		shape  []int
		values []float64
	}
	// pyCSR is a sparse matrix: row i has the columns indices[indptr[i]:indptr[i+1]].
	pyCSR struct {
		rows, cols            int
		indptr, indices, data []float64
	}
)

func (p *pickle) take(n int) ([]byte, error) {
	if n < 0 || n > len(p.content)-p.at {
		return nil, errCut
	}
	p.at += n
	return p.content[p.at-n : p.at], nil
}

// result is what is left at the end: one value.
func (p *pickle) result() (any, error) {
	if p.at != len(p.content) {
		return nil, fmt.Errorf("byte %d: the file goes on after its end", p.at)
	}
	if len(p.stack) != 1 || len(p.marks) != 0 {
		return nil, fmt.Errorf("byte %d: %d values are left, want one", p.at, len(p.stack))
	}
	return p.stack[0], nil
}

func (p *pickle) push(v any) error {
	p.stack = append(p.stack, v)
	return nil
}

// pop takes n values from the stack, which must lie above the last mark. They are valid
// until the next push.
func (p *pickle) pop(n int) ([]any, error) {
	floor := 0
	if len(p.marks) > 0 {
		floor = p.marks[len(p.marks)-1]
	}
	if len(p.stack)-n < floor {
		return nil, fmt.Errorf("the stack has too few values")
	}
	values := p.stack[len(p.stack)-n:]
	p.stack = p.stack[:len(p.stack)-n]
	return values, nil
}

// popMark takes everything above the last mark, and the mark.
func (p *pickle) popMark() ([]any, error) {
	if len(p.marks) == 0 {
		return nil, fmt.Errorf("there is no mark")
	}
	mark := p.marks[len(p.marks)-1]
	p.marks = p.marks[:len(p.marks)-1]
	values := p.stack[mark:]
	p.stack = p.stack[:mark]
	return values, nil
}

// step carries out one instruction.
func (p *pickle) step(op byte) error {
	switch op {
	case 'K', 'M', 'J':
		return p.integer(op)
	case 'U', 'T':
		return p.bytes(op)
	case 'N':
		return p.push(nil)
	case 0x88, 0x89:
		return p.push(op == 0x88)
	case 'q', 'r', 'h', 'j':
		return p.remember(op)
	case '(':
		p.marks = append(p.marks, len(p.stack))
		return nil
	case ')', 0x85, 0x86, 0x87, 't':
		return p.tuple(op)
	case ']':
		return p.push(&pyList{})
	case '}':
		return p.push(&pyDict{})
	case 'a', 'e', 's', 'u':
		return p.fill(op)
	case 'c':
		return p.global()
	case 'R', 0x81, 'b':
		return p.object(op)
	}
	return fmt.Errorf("instruction %#x is none that arrays and lists of numbers need: refused", op)
}

func (p *pickle) integer(op byte) error {
	b, err := p.take(map[byte]int{'K': 1, 'M': 2, 'J': 4}[op])
	if err != nil {
		return err
	}
	switch op {
	case 'K':
		return p.push(int(b[0]))
	case 'M':
		return p.push(int(binary.LittleEndian.Uint16(b)))
	default:
		return p.push(int(int32(binary.LittleEndian.Uint32(b))))
	}
}

func (p *pickle) bytes(op byte) error {
	width := 1
	if op == 'T' {
		width = 4
	}
	size, err := p.take(width)
	if err != nil {
		return err
	}
	n := int(size[0])
	if op == 'T' {
		n = int(int32(binary.LittleEndian.Uint32(size)))
	}
	b, err := p.take(n)
	if err != nil {
		return err
	}
	return p.push(b)
}

// remember puts the top of the stack into the memory, or a value of the memory on the stack.
func (p *pickle) remember(op byte) error {
	width := 1
	if op == 'r' || op == 'j' {
		width = 4
	}
	b, err := p.take(width)
	if err != nil {
		return err
	}
	key := uint32(b[0])
	if width == 4 {
		key = binary.LittleEndian.Uint32(b)
	}
	if op == 'h' || op == 'j' {
		v, known := p.memo[key]
		if !known {
			return fmt.Errorf("the memory has no value %d", key)
		}
		return p.push(v)
	}
	if len(p.stack) == 0 {
		return fmt.Errorf("the stack is empty")
	}
	p.memo[key] = p.stack[len(p.stack)-1]
	return nil
}

func (p *pickle) tuple(op byte) error {
	var values []any
	var err error
	switch op {
	case 't':
		values, err = p.popMark()
	case ')':
	default:
		values, err = p.pop(int(op) - 0x84)
	}
	if err != nil {
		return err
	}
	return p.push(append(pyTuple{}, values...))
}

// fill adds values to the list or dictionary below them.
func (p *pickle) fill(op byte) error {
	var values []any
	var err error
	switch op {
	case 'a':
		values, err = p.pop(1)
	case 's':
		values, err = p.pop(2)
	default:
		values, err = p.popMark()
	}
	if err != nil {
		return err
	}
	if len(p.stack) == 0 {
		return fmt.Errorf("the stack is empty")
	}
	switch into := p.stack[len(p.stack)-1].(type) {
	case *pyList:
		if op == 'a' || op == 'e' {
			into.items = append(into.items, values...)
			return nil
		}
	case *pyDict:
		if (op == 's' || op == 'u') && len(values)%2 == 0 {
			for i := 0; i < len(values); i += 2 {
				into.keys, into.values = append(into.keys, values[i]), append(into.values, values[i+1])
			}
			return nil
		}
	}
	return fmt.Errorf("these values do not belong here")
}

// The only names that a pickle may speak of; each stands for a value of this file.
var pyGlobals = map[pyGlobal]bool{
	"scipy.sparse.csr csr_matrix": true, "numpy.core.multiarray _reconstruct": true, "numpy ndarray": true,
	"numpy dtype": true, "collections defaultdict": true, "__builtin__ list": true,
}

func (p *pickle) global() error {
	module, rest, found := bytes.Cut(p.content[p.at:], []byte("\n"))
	name, _, again := bytes.Cut(rest, []byte("\n"))
	if !found || !again {
		return errCut
	}
	g := pyGlobal(fmt.Sprintf("%.80s %.80s", module, name))
	if !pyGlobals[g] {
		return fmt.Errorf("the pickle asks for %q, which no array needs: refused", string(g))
	}
	p.at += len(module) + len(name) + 2
	return p.push(g)
}
