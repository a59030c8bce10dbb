package onnx

import (
	"encoding/binary"
	"math"
)

// message is a message of protocol buffers that is being written, field by field.
type message []byte

// The wire types in use.
const (
	varint    = 0
	delimited = 2
	fixed32   = 5
)

func (m *message) tag(field, wire int) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3|uint64(wire))
}

func (m *message) int(field int, v int64) {
	m.tag(field, varint)
	*m = binary.AppendUvarint(*m, uint64(v))
}

func (m *message) ints(field int, list []int64) {
	for _, v := range list {
		m.int(field, v)
	}
}

func (m *message) float(field int, v float32) {
	m.tag(field, fixed32)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(v))
}

func (m *message) bytes(field int, b []byte) {
	m.tag(field, delimited)
	*m = binary.AppendUvarint(*m, uint64(len(b)))
	*m = append(*m, b...)
}

func (m *message) text(field int, texts ...string) {
	for _, s := range texts {
		m.bytes(field, []byte(s))
	}
}
