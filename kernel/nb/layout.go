package nb

import (
	"strings"
	"unicode/utf8"
)

// lineWidth is where text is broken: what a notebook shows without a scroll bar.
const lineWidth = 100

// lay writes a value on one line where it fits, otherwise its parts below each other.
func (n *node) lay() string {
	var b strings.Builder
	n.write(&b, 0, 0)
	return b.String()
}

// flat writes a value on one line.
func (n *node) flat() string {
	var b strings.Builder
	n.writeFlat(&b)
	return b.String()
}

func (n *node) leaf() bool { return n.open == "" }

func (n *node) writeFlat(b *strings.Builder) {
	if n.leaf() {
		b.WriteString(n.text)
		return
	}
	b.WriteString(n.open)
	for i, p := range n.parts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.label)
		p.value.writeFlat(b)
	}
	if n.more != "" {
		if len(n.parts) > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(n.more)
	}
	b.WriteString(n.close)
}

// write writes a value that begins in column at, with its further lines indented.
func (n *node) write(b *strings.Builder, indent, at int) {
	switch {
	case n.leaf() || at+n.width <= lineWidth:
		n.writeFlat(b)
	case n.fill:
		n.writeFilled(b, indent)
	default:
		n.writeBroken(b, indent)
	}
}

// writeBroken puts each part on a line of its own.
func (n *node) writeBroken(b *strings.Builder, indent int) {
	b.WriteString(n.open)
	for _, p := range n.parts {
		newLine(b, indent+2)
		at := indent + 2
		if p.label != "" {
			b.WriteString(p.label + " ")
			at += utf8.RuneCountInString(p.label) + 1
		}
		p.value.write(b, indent+2, at)
	}
	if n.more != "" {
		newLine(b, indent+2)
		b.WriteString(n.more)
	}
	newLine(b, indent)
	b.WriteString(n.close)
}

// writeFilled puts as many parts on a line as fit.
func (n *node) writeFilled(b *strings.Builder, indent int) {
	b.WriteString(n.open)
	at := indent + utf8.RuneCountInString(n.open)
	put := func(text string, width int, first bool) {
		switch {
		case first:
		case at+1+width > lineWidth:
			newLine(b, indent+1)
			at = indent + 1
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(text)
		at += width
	}
	for i, p := range n.parts {
		put(p.label+p.value.flat(), utf8.RuneCountInString(p.label)+p.value.width, i == 0)
	}
	if n.more != "" {
		put(n.more, utf8.RuneCountInString(n.more), len(n.parts) == 0)
	}
	b.WriteString(n.close)
}

func newLine(b *strings.Builder, indent int) {
	b.WriteByte('\n')
	for range indent {
		b.WriteByte(' ')
	}
}
