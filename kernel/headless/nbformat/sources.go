package nbformat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// EditSources gives the cells of a notebook new sources and leaves every other byte of
// text as it is. It calls edit for each cell in order with its type and source. Lines that
// stay keep the form they have in the file. Errors wrap ErrNotNotebook.
func EditSources(text []byte, edit func(cellType, source string) string) ([]byte, error) {
	if _, err := Parse(text); err != nil {
		return nil, err
	}
	cells, err := findSources(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNotNotebook, err)
	}
	ascii := !bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
	var out bytes.Buffer
	at := 0
	for _, c := range cells {
		var source lines
		raw := text[c.start:c.end]
		if c.end > c.start {
			if err := json.Unmarshal(raw, &source); err != nil {
				return nil, fmt.Errorf("%w: %v", ErrNotNotebook, err)
			}
		}
		now := edit(c.kind, string(source))
		if now == string(source) || c.end == c.start {
			continue
		}
		out.Write(text[at:c.start])
		out.Write(encodeSource(raw, now, ascii))
		at = c.end
	}
	out.Write(text[at:])
	return out.Bytes(), nil
}

// place is where the source of a cell stands in a file.
type place struct {
	kind       string
	start, end int
}

// findSources finds the sources of all cells.
func findSources(text []byte) ([]place, error) {
	var cells []place
	d := json.NewDecoder(bytes.NewReader(text))
	err := members(d, func(key string) error {
		if key != "cells" {
			return d.Decode(new(json.RawMessage))
		}
		if _, err := d.Token(); err != nil { // [
			return err
		}
		for d.More() {
			c, err := findSource(d)
			if err != nil {
				return err
			}
			cells = append(cells, c)
		}
		_, err := d.Token() // ]
		return err
	})
	return cells, err
}

func findSource(d *json.Decoder) (place, error) {
	var c place
	err := members(d, func(key string) error {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		switch key {
		case "cell_type":
			return json.Unmarshal(raw, &c.kind)
		case "source":
			c.end = int(d.InputOffset())
			c.start = c.end - len(raw)
		}
		return nil
	})
	return c, err
}

// members calls f with each key of the object that comes next; f reads the value.
func members(d *json.Decoder, f func(key string) error) error {
	if _, err := d.Token(); err != nil { // {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		key, ok := t.(string)
		if !ok {
			return fmt.Errorf("a key is %v", t)
		}
		if err := f(key); err != nil {
			return err
		}
	}
	_, err := d.Token() // }
	return err
}

// encodeSource writes a source in the form of the one before: a text or a list of lines,
// laid out alike.
func encodeSource(before []byte, source string, ascii bool) []byte {
	if before[0] != '[' {
		return quote(source, ascii)
	}
	var items []json.RawMessage
	if json.Unmarshal(before, &items) != nil || len(items) == 0 {
		items = []json.RawMessage{[]byte(`""`)}
		before = []byte(`[""]`)
	}
	known := map[string]json.RawMessage{}
	for _, item := range items {
		var line string
		if json.Unmarshal(item, &line) == nil {
			known[line] = item
		}
	}
	first := bytes.Index(before, items[0])
	open, last := string(before[1:first]), items[len(items)-1]
	end := string(before[bytes.LastIndex(before, last)+len(last):])
	var out bytes.Buffer
	out.WriteString("[")
	for i, line := range strings.SplitAfter(source, "\n") {
		if line == "" {
			break
		}
		if i > 0 {
			out.WriteString(",")
			if open == "" && len(items) > 1 && bytes.Contains(before, []byte(`", "`)) {
				out.WriteString(" ")
			}
		}
		out.WriteString(open)
		if item, ok := known[line]; ok {
			out.Write(item)
		} else {
			out.Write(quote(line, ascii))
		}
	}
	out.WriteString(end)
	return out.Bytes()
}

// quote writes a JSON string as Jupyter does; ascii keeps the file free of other
// characters.
func quote(s string, ascii bool) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("nbformat: a string cannot be encoded: " + err.Error())
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if !ascii {
		return text
	}
	var escaped strings.Builder
	for _, r := range string(text) {
		switch {
		case r < utf8.RuneSelf:
			escaped.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&escaped, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
	}
	return []byte(escaped.String())
}
