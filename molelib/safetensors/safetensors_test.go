package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/molelib/safetensors"
)

func ExampleWrite() {
	var file bytes.Buffer
	err := safetensors.Write(&file, []safetensors.Tensor{{Name: "bias", Shape: []int{2}, Data: []float32{1, 2}}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	tensors, _, err := safetensors.Read(&file)
	fmt.Println(tensors, err)
	// Output: [{bias [2] [1 2]}] <nil>
}

// file returns a file with the given header and data.
func file(header, data string) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), data...)
}

func TestRoundTripKeepsOrderAndMetadata(t *testing.T) {
	want := []safetensors.Tensor{
		{Name: "z", Shape: []int{2, 3}, Data: []float32{1, -2, 3.5, float32(math.Inf(1)), 1e-40, 0}},
		{Name: "empty", Shape: []int{0, 4}, Data: []float32{}},
		{Name: "a", Shape: []int{}, Data: []float32{7}},
	}
	var f bytes.Buffer
	if err := safetensors.Write(&f, want, map[string]string{"format": "pt"}); err != nil {
		t.Fatal(err)
	}
	if size := binary.LittleEndian.Uint64(f.Bytes()); size%8 != 0 {
		t.Errorf("the header has %d bytes, want a multiple of 8", size)
	}
	got, metadata, err := safetensors.Read(&f)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if metadata["format"] != "pt" {
		t.Errorf("metadata %v", metadata)
	}
}

func TestOtherFloatsAreConverted(t *testing.T) {
	for kind, test := range map[string]struct {
		data string
		want []float32
	}{
		"F64":  {"\x00\x00\x00\x00\x00\x00\xf8\x3f\x00\x00\x00\x00\x00\x00\x00\xc0", []float32{1.5, -2}},
		"F16":  {"\x00\x3c\x01\x00", []float32{1, float32(math.Ldexp(1, -24))}},
		"BF16": {"\x80\x3f\xc0\xbf", []float32{1, -1.5}},
		"I64":  {"\x07\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff", []float32{7, -1}},
		"I8":   {"\x07\xfe", []float32{7, -2}},
		"U16":  {"\x07\x00\xff\xff", []float32{7, 65535}},
		"BOOL": {"\x00\x01", []float32{0, 1}},
	} {
		header := fmt.Sprintf(`{"x":{"dtype":%q,"shape":[2],"data_offsets":[0,%d]}}`, kind, len(test.data))
		got, _, err := safetensors.Read(bytes.NewReader(file(header, test.data)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got[0].Data); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestDamagedFilesAreErrors(t *testing.T) {
	const one = `{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"empty":     {nil, "unexpected EOF: the file is cut off, save or fetch it again"},
		"text":      {[]byte("this is no such file"), "this is no safetensors file"},
		"header":    {file(one, "")[:20], "the file ends after 12 of the header's"},
		"json":      {file("{", ""), "header: unexpected end of JSON"},
		"truncated": {file(one, "abc"), "the file ends within x"},
		"too long":  {file(one, "abcde"), "goes on after its last tensor"},
		"type":      {file(`{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}`, "abcdefgh"), "x has type C64"},
		"size":      {file(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, "abcd"), "needs 8 bytes and has 4"},
		"hole":      {file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "abcdabcd"), "begins at byte 4 of the data, not at 0"},
		"negative":  {file(`{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "abcd"), "the file is damaged"},
		"huge":      {file(`{"x":{"dtype":"F32","shape":[99999999999,99999999999],"data_offsets":[0,4]}}`, "abcd"), "the file is damaged"},
	} {
		_, _, err := safetensors.Read(bytes.NewReader(test.file))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
	}
}

func TestBadTensorsAreNotWritten(t *testing.T) {
	x := safetensors.Tensor{Name: "x", Shape: []int{2}, Data: []float32{1, 2}}
	for want, tensors := range map[string][]safetensors.Tensor{
		`"x" is there twice`:            {x, x},
		"x: shape [3] has 3 values, th": {{Name: "x", Shape: []int{3}, Data: x.Data}},
	} {
		var f bytes.Buffer
		if err := safetensors.Write(&f, tensors, nil); err == nil || !strings.Contains(err.Error(), want) || f.Len() > 0 {
			t.Errorf("error %v with %d bytes written, want one with %q and none", err, f.Len(), want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "abcd"))
	f.Add(file(`{"__metadata__":{"a":"b"},"x":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}`, "abcd"))
	f.Fuzz(func(t *testing.T, content []byte) {
		tensors, metadata, err := safetensors.Read(bytes.NewReader(content))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := safetensors.Write(&again, tensors, metadata); err != nil && !strings.Contains(err.Error(), "empty or reserved") {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
