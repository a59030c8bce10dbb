package transport

import (
	"bufio"
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAssemblerFindsMessagesInAnyPieces(t *testing.T) {
	long := bytes.Repeat([]byte("y"), 300)
	messages := [][]byte{
		appendMessage(nil, [][]byte{[]byte("a"), {}, []byte("b")}),
		appendMessage(nil, [][]byte{long, []byte("z")}),
		appendMessage(nil, [][]byte{{}}),
	}
	stream := append(greeting(), appendReady(nil, ready{"PUB", ""})...)
	for _, m := range messages {
		stream = append(stream, m...)
	}
	for size := 1; size <= len(stream); size += 1 + size/8 {
		var a assembler
		var got [][]byte
		for rest := stream; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			got = append(got, a.write(rest[:min(size, len(rest))])...)
		}
		if diff := cmp.Diff(messages, got); diff != "" {
			t.Fatalf("pieces of %d bytes (-want +got):\n%s", size, diff)
		}
	}
}

func TestMessageSizeIsThatOfItsBytes(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 70_000} {
		frames := [][]byte{{}, make([]byte, n), {1}}
		if got, want := messageSize(frames), len(appendMessage(nil, frames)); got != want {
			t.Errorf("frame of %d bytes: size %d, want %d", n, got, want)
		}
	}
}

func FuzzHandshake(f *testing.F) {
	f.Add(append(greeting(), appendReady(nil, ready{"DEALER", "me"})...))
	f.Add(append(greeting(), flagCommand|flagLong, 0, 0, 0, 0, 0, 0, 0, 3, 1, 'x', 'y'))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		if readGreeting(r) != nil {
			return
		}
		rd, err := readReady(r)
		if err != nil {
			return
		}
		again, err := readReady(bufio.NewReader(bytes.NewReader(appendReady(nil, rd))))
		if err != nil || again != rd {
			t.Fatalf("%+v is read back as %+v, %v", rd, again, err)
		}
	})
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte{0, 1, 'x'})
	f.Add([]byte{flagLong, 0x40, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 20
		fr, err := readFrame(bufio.NewReader(bytes.NewReader(data)), most)
		if err != nil {
			return
		}
		if len(fr.body) > most || len(fr.body) > len(data) {
			t.Fatalf("%d bytes of %d", len(fr.body), len(data))
		}
		if fr.flags&flagCommand != 0 {
			splitCommand(fr.body)
		}
	})
}
