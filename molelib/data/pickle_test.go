package data

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

// pickler writes pickles the way that Python 2 wrote those of Planetoid.
type pickler struct{ bytes.Buffer }

func newPickler() *pickler {
	p := new(pickler)
	p.WriteString("\x80\x02")
	return p
}

func (p *pickler) integer(n int) {
	p.WriteByte('J')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(int32(n))))
}

func (p *pickler) text(s string) {
	p.WriteByte('U')
	p.WriteByte(byte(len(s)))
	p.WriteString(s)
}

// array writes values of type i4 or f4.
func (p *pickler) array(kind string, values []float64, shape ...int) {
	p.WriteString("cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87R(K\x01(")
	for _, n := range shape {
		p.integer(n)
	}
	p.WriteString("tcnumpy\ndtype\n")
	p.text(kind)
	p.WriteString("K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T")
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(4*len(values))))
	for _, v := range values {
		bits := uint32(int32(v))
		if kind == "f4" {
			bits = math.Float32bits(float32(v))
		}
		p.Write(binary.LittleEndian.AppendUint32(nil, bits))
	}
	p.WriteString("tb")
}

// sparse writes a matrix in rows.
func (p *pickler) sparse(rows, cols int, indptr, indices, values []float64) {
	p.WriteString("cscipy.sparse.csr\ncsr_matrix\n)\x81}(")
	p.text("format")
	p.text("csr")
	p.text("_shape")
	p.integer(rows)
	p.integer(cols)
	p.WriteByte(0x86)
	p.text("indptr")
	p.array("i4", indptr, len(indptr))
	p.text("indices")
	p.array("i4", indices, len(indices))
	p.text("data")
	p.array("f4", values, len(values))
	p.WriteString("ub")
}

// lists writes a dictionary of lists: the neighbours of node 0, 1, …
func (p *pickler) lists(near ...[]int) {
	p.WriteString("ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R(")
	for i, list := range near {
		p.integer(i)
		p.WriteString("](")
		for _, j := range list {
			p.integer(j)
		}
		p.WriteByte('e')
	}
	p.WriteByte('u')
}

func (p *pickler) stop() []byte {
	p.WriteByte('.')
	return p.Bytes()
}

func pickledArray(kind string, values []float64, shape ...int) []byte {
	p := newPickler()
	p.array(kind, values, shape...)
	return p.stop()
}

func pickledSparse(rows, cols int, indptr, indices, values []float64) []byte {
	p := newPickler()
	p.sparse(rows, cols, indptr, indices, values)
	return p.stop()
}

func pickledLists(near ...[]int) []byte {
	p := newPickler()
	p.lists(near...)
	return p.stop()
}

func TestUnpickleReadsArraysMatricesAndLists(t *testing.T) {
	v, err := unpickle(pickledArray("i4", []float64{1, -2, 3, 4, 5, 6}, 2, 3))
	if err != nil {
		t.Fatal(err)
	}
	if a := v.(*pyArray); !slices.Equal(a.shape, []int{2, 3}) || !slices.Equal(a.values, []float64{1, -2, 3, 4, 5, 6}) {
		t.Errorf("array %v of shape %v", a.values, a.shape)
	}
	v, err = unpickle(pickledSparse(2, 4, []float64{0, 1, 3}, []float64{2, 0, 3}, []float64{1, 0.5, 2}))
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float32, 4)
	v.(*pyCSR).addTo(row, 1)
	if !slices.Equal(row, []float32{0.5, 0, 0, 2}) {
		t.Errorf("row 1 is %v", row)
	}
	v, err = unpickle(pickledLists([]int{1, 70000}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := v.(*pyDict); len(d.keys) != 2 || !slices.Equal(d.values[0].(*pyList).items, []any{1, 70000}) {
		t.Errorf("dictionary %v", d)
	}
}

func TestUnpickleRefusesEverythingElse(t *testing.T) {
	array := pickledArray("i4", []float64{1, 2}, 2)
	csr := func(rows, cols int, indptr, indices []float64) string {
		return string(pickledSparse(rows, cols, indptr, indices, make([]float64, len(indices))))
	}
	for name, c := range map[string]struct{ content, want string }{
		"a call":              {"\x80\x02cos\nsystem\nU\x04true\x85R.", `byte 2: the pickle asks for "os system"`},
		"another protocol":    {"\x80\x04K\x01.", "byte 0: not a pickle of protocol 2"},
		"text":                {"hello", "not a pickle"},
		"an instance":         {"\x80\x02(i__main__\nX\n.", "byte 3: instruction 0x69"},
		"a persistent name":   {"\x80\x02Pname\n.", "instruction 0x50"},
		"an extension":        {"\x80\x02\x82\x01.", "instruction 0x82"},
		"an early end":        {string(array[:len(array)-3]), "the file is cut off"},
		"an end in a number":  {"\x80\x02J\x01", "byte 2: unexpected EOF: the file is cut off"},
		"more after the end":  {string(array) + "x", "goes on"},
		"two values":          {"\x80\x02K\x01K\x01.", "2 values are left"},
		"an empty stack":      {"\x80\x02q\x01.", "the stack is empty"},
		"below a mark":        {"\x80\x02K\x01(\x85.", "too few values"},
		"no mark":             {"\x80\x02t.", "no mark"},
		"no such memory":      {"\x80\x02h\x07.", "no value 7"},
		"a negative length":   {"\x80\x02T\xff\xff\xff\xff.", "the file is cut off"},
		"a list of a number":  {"\x80\x02K\x01K\x01a.", "do not belong"},
		"odd dictionary":      {"\x80\x02}(K\x01u.", "do not belong"},
		"a called number":     {"\x80\x02K\x01)R.", "only classes"},
		"a called class":      {"\x80\x02cnumpy\nndarray\n)R.", "in a way that no array is"},
		"a built number":      {"\x80\x02K\x01K\x01b.", "cannot be built"},
		"objects":             {string(bytes.Replace(array, []byte("U\x02i4"), []byte("U\x02O8"), 1)), `type "O8"`},
		"half an array":       {string(pickledArray("i4", []float64{1, 2}, 3)), "8 bytes, want 12"},
		"a huge shape":        {string(pickledArray("i4", nil, 1<<30, 1<<30)), "cannot be"},
		"a huge matrix":       {csr(1, math.MaxInt32, []float64{0, 0}, nil), "cannot be"},
		"ends missing":        {csr(2, 3, []float64{0, 1}, []float64{0}), "2 row ends"},
		"ends in disorder":    {csr(2, 3, []float64{0, 2, 1}, []float64{0}), "ends at 1 before it begins at 2"},
		"a column outside":    {csr(1, 3, []float64{0, 1}, []float64{3}), "column 3 of 3"},
		"a negative column":   {csr(1, 3, []float64{0, 1}, []float64{-1}), "column -1 of 3"},
		"values left over":    {csr(1, 3, []float64{0, 1}, []float64{1, 2}), "2 values in 2 columns"},
		"an unknown order":    {string(bytes.Replace(array, []byte("U\x01<"), []byte("U\x01!"), 1)), `byte order "!"`},
		"in Fortran's order":  {string(bytes.Replace(array, []byte("\x89T"), []byte("\x88T"), 1)), "want numbers in C order"},
		"a name without end":  {"\x80\x02cnumpy\nndarray", "the file is cut off"},
		"marks left":          {"\x80\x02(K\x01.", "are left"},
		"a tuple of too much": {"\x80\x02\x87.", "too few values"},
	} {
		_, err := unpickle([]byte(c.content))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

func FuzzUnpickle(f *testing.F) {
	f.Add(pickledArray("f4", []float64{1, 2, 3, 4}, 2, 2))
	f.Add(pickledSparse(2, 4, []float64{0, 1, 3}, []float64{2, 0, 3}, []float64{1, 0.5, 2}))
	f.Add(pickledLists([]int{1}, []int{0}))
	f.Fuzz(func(t *testing.T, content []byte) {
		v, err := unpickle(content)
		if err != nil {
			return
		}
		switch v := v.(type) {
		case *pyArray:
			if len(v.values) > len(content) {
				t.Errorf("%d bytes became %d values", len(content), len(v.values))
			}
		case *pyCSR:
			row := make([]float32, v.cols)
			for i := range v.rows {
				v.addTo(row, i)
			}
		}
	})
}
