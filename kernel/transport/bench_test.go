package transport

import (
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// BenchmarkPublish is the time from Send to the last byte at a subscriber.
func BenchmarkPublish(b *testing.B) {
	for name, size := range map[string]int{"100B": 100, "10MB": 10 << 20} {
		b.Run(name, func(b *testing.B) {
			c := listen(b)
			r := dial(b, c.Ports().IOPubPort).shake("SUB", "").subscribed()
			m := &wire.Stream{Name: "stdout", Text: strings.Repeat("x", size)}
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := c.Send(wire.IOPub, c.session.New(m)); err != nil {
					b.Fatal(err)
				}
				if _, err := r.frames(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRequest is a request and its reply, without a kernel between them.
func BenchmarkRequest(b *testing.B) {
	c := listen(b)
	s := dealer(b, c.Ports().ShellPort)
	for b.Loop() {
		ask(b, c, s)
	}
}
