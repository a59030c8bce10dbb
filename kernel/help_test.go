package kernel

import "testing"

func TestCellsThatAskForHelp(t *testing.T) {
	for code, want := range map[string]struct {
		name   string
		detail int
		ok     bool
	}{
		"?fmt.Println":          {"fmt.Println", 0, true},
		" fmt.Println? \n":      {"fmt.Println", 0, true},
		"??x":                   {"x", 1, true},
		"x??":                   {"x", 1, true},
		"?":                     {"", 0, false},
		"???":                   {"", 0, false},
		"x":                     {"", 0, false},
		"":                      {"", 0, false},
		"// what?":              {"", 0, false},
		"fmt.Println(\"why?\")": {"", 0, false},
		"x := 1\ny?":            {"", 0, false},
	} {
		name, detail, ok := helpRequest(code)
		if name != want.name || ok != want.ok || ok && detail != want.detail {
			t.Errorf("helpRequest(%q) = %q, %d, %v, want %q, %d, %v", code, name, detail, ok, want.name, want.detail, want.ok)
		}
	}
}
