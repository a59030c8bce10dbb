package data

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// object makes an object of a name and its arguments (REDUCE, NEWOBJ), or gives one its
// state (BUILD).
func (p *pickle) object(op byte) error {
	values, err := p.pop(2)
	if err != nil {
		return err
	}
	if op == 'b' {
		if err := build(values[0], values[1]); err != nil {
			return err
		}
		return p.push(values[0])
	}
	name, named := values[0].(pyGlobal)
	arguments, ok := values[1].(pyTuple)
	if !named || !ok {
		return fmt.Errorf("only classes of arrays can be called")
	}
	v, err := construct(name, arguments, op == 0x81)
	if err != nil {
		return err
	}
	return p.push(v)
}

func construct(name pyGlobal, arguments pyTuple, isNew bool) (any, error) {
	switch {
	case isNew && name == "scipy.sparse.csr csr_matrix" && len(arguments) == 0:
		return &pyCSR{}, nil
	case isNew:
	case name == "numpy.core.multiarray _reconstruct" && len(arguments) == 3 && arguments[0] == pyGlobal("numpy ndarray"):
		return &pyArray{}, nil
	case name == "collections defaultdict" && len(arguments) == 1 && arguments[0] == pyGlobal("__builtin__ list"):
		return &pyDict{}, nil
	case name == "numpy dtype" && len(arguments) == 3:
		return newPyType(arguments[0])
	}
	return nil, fmt.Errorf("%s is called in a way that no array is", name)
}

func newPyType(v any) (*pyType, error) {
	text, ok := v.([]byte)
	if ok && len(text) >= 2 {
		width, err := strconv.Atoi(string(text[1:]))
		if err == nil && npyReadable(text[0], width) {
			return &pyType{npyHeader{order: binary.LittleEndian, kind: text[0], width: width}}, nil
		}
	}
	return nil, fmt.Errorf("values of type %.20q cannot be read", text)
}

func build(object, state any) error {
	tuple, _ := state.(pyTuple)
	switch v := object.(type) {
	case *pyType:
		return v.build(tuple)
	case *pyArray:
		return v.build(tuple)
	case *pyCSR:
		if dict, ok := state.(*pyDict); ok {
			return v.build(dict)
		}
	}
	return fmt.Errorf("a %T cannot be built of a %T", object, state)
}

// build takes (version, byte order, …): the rest says how records are made.
func (t *pyType) build(state pyTuple) error {
	if len(state) < 2 {
		return fmt.Errorf("a type of %d parts cannot be read", len(state))
	}
	order, _ := state[1].([]byte)
	switch string(order) {
	case "<", "|":
		t.order = binary.LittleEndian
	case ">":
		t.order = binary.BigEndian
	default:
		return fmt.Errorf("byte order %.20q is unknown", order)
	}
	return nil
}

// build takes (version, shape, type, in Fortran order, bytes).
func (a *pyArray) build(state pyTuple) error {
	if len(state) != 5 {
		return fmt.Errorf("an array of %d parts cannot be read", len(state))
	}
	shape, ok := state[1].(pyTuple)
	kind, ok2 := state[2].(*pyType)
	raw, ok3 := state[4].([]byte)
	if !ok || !ok2 || !ok3 || state[3] != false {
		return fmt.Errorf("an array of these parts cannot be read: want numbers in C order")
	}
	size := 1
	a.shape = make([]int, len(shape))
	for d, n := range shape {
		a.shape[d], ok = n.(int)
		if !ok || a.shape[d] < 0 || a.shape[d] > 0 && size > maxIDX/a.shape[d] {
			return fmt.Errorf("shape %v cannot be", shape)
		}
		size *= a.shape[d]
	}
	if len(raw) != size*kind.width {
		return fmt.Errorf("an array of shape %v has %d bytes, want %d", a.shape, len(raw), size*kind.width)
	}
	a.values = make([]float64, size)
	for i := range a.values {
		a.values[i] = kind.value(raw[i*kind.width : (i+1)*kind.width])
	}
	return nil
}

// build takes a dictionary of attributes; those that do not concern the values are ignored.
func (m *pyCSR) build(state *pyDict) error {
	parts := map[string]*[]float64{"indptr": &m.indptr, "indices": &m.indices, "data": &m.data}
	for i, key := range state.keys {
		name, _ := key.([]byte)
		if string(name) == "_shape" {
			shape, _ := state.values[i].(pyTuple)
			if len(shape) != 2 {
				return fmt.Errorf("a matrix of shape %v cannot be", shape)
			}
			m.rows, _ = shape[0].(int)
			m.cols, _ = shape[1].(int)
		}
		if part := parts[string(name)]; part != nil {
			array, ok := state.values[i].(*pyArray)
			if !ok || len(array.shape) != 1 {
				return fmt.Errorf("%s of a sparse matrix must be an array of one dimension", name)
			}
			*part = array.values
		}
	}
	return m.check()
}

// maxSparse bounds the values of a sparse matrix once it is spread out: 1 GB of float32.
const maxSparse = 1 << 28

// check makes sure that rows and columns are where the matrix says.
func (m *pyCSR) check() error {
	if m.rows < 0 || m.cols < 1 || len(m.indptr) != m.rows+1 || m.rows > maxSparse/m.cols {
		return fmt.Errorf("a sparse matrix of %d×%d with %d row ends cannot be", m.rows, m.cols, len(m.indptr))
	}
	if len(m.data) != len(m.indices) || m.indptr[0] != 0 || m.indptr[m.rows] != float64(len(m.data)) {
		return fmt.Errorf("a sparse matrix has %d values in %d columns", len(m.data), len(m.indices))
	}
	for i := range m.rows {
		if !(m.indptr[i] <= m.indptr[i+1]) || m.indptr[i] != float64(int(m.indptr[i])) {
			return fmt.Errorf("row %d of a sparse matrix ends at %v before it begins at %v", i, m.indptr[i+1], m.indptr[i])
		}
	}
	for k, j := range m.indices {
		if !(j >= 0 && j < float64(m.cols)) || j != float64(int(j)) {
			return fmt.Errorf("value %d of a sparse matrix is in column %v of %d", k, j, m.cols)
		}
	}
	return nil
}

// addTo adds row i of the matrix to row.
func (m *pyCSR) addTo(row []float32, i int) {
	for k := int(m.indptr[i]); k < int(m.indptr[i+1]); k++ {
		row[int(m.indices[k])] += float32(m.data[k])
	}
}
