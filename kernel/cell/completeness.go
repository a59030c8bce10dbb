package cell

import (
	"strings"
)

// Completeness says whether code could be run as it stands.
type Completeness struct {
	Status string // "complete", "incomplete" or "invalid"
	Indent string // for "incomplete": what the next line should begin with
}

// IsComplete tells code that can be run from code that goes on on the next line and from
// code that no further line can save. It looks at syntax only.
func IsComplete(code string) Completeness {
	t := tokenize(code)
	if len(t.errs) == 0 {
		return closed(code)
	}
	switch e := t.errs[0]; {
	case strings.HasPrefix(e.Msg, "comment not terminated"), strings.HasPrefix(e.Msg, "raw string literal not terminated"):
		return Completeness{Status: "incomplete"}
	case e.unclosed:
		return openEnded(code, t)
	}
	return Completeness{Status: "invalid"}
}

// closed judges code whose brackets match.
func closed(code string) Completeness {
	errs := syntaxErrors(code)
	end := len(strings.TrimRight(code, " \t\r\n"))
	switch {
	case len(errs) == 0:
		return Completeness{Status: "complete"}
	case errs[0].Offset >= end:
		return Completeness{Status: "incomplete", Indent: "\t"}
	}
	return Completeness{Status: "invalid"}
}

// openEnded judges code with open brackets: it is invalid when closing them does not
// help what stands before its end.
func openEnded(code string, t *tokens) Completeness {
	for _, e := range syntaxErrors(code + t.closers()) {
		if e.Offset < len(strings.TrimRight(code, " \t\r\n")) {
			return Completeness{Status: "invalid"}
		}
	}
	lines := map[int]bool{}
	for _, o := range t.open {
		lines[strings.Count(code[:t.list[o].off], "\n")] = true
	}
	return Completeness{Status: "incomplete", Indent: strings.Repeat("\t", len(lines))}
}
