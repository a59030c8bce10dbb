package cell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// How well a name fits what was typed; smaller is better.
const (
	fitsExactly = iota // begins with it
	fitsFolded         // begins with it but for upper and lower case
	fitsHumps          // its words begin with it: HP for HasPrefix
	fitsSparse         // has its letters in this order, the first at its beginning
	fitsNot
)

// fit judges how well a name fits what was typed.
func fit(name, typed string) int {
	switch {
	case strings.HasPrefix(name, typed):
		return fitsExactly
	case hasPrefixFold(name, typed):
		return fitsFolded
	case len(typed) < 2 || len(name) < len(typed):
		return fitsNot
	case humps(name, typed):
		return fitsHumps
	case sparse(name, typed):
		return fitsSparse
	}
	return fitsNot
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// humps reports whether typed can be cut into pieces that begin the words of name, from
// its first word on. Words may be left out behind the first.
func humps(name, typed string) bool {
	var words []string
	start := 0
	for i, r := range name {
		before, _ := utf8.DecodeLastRuneInString(name[:i])
		if i > 0 && (unicode.IsUpper(r) && !unicode.IsUpper(before) || before == '_') {
			words = append(words, name[start:i])
			start = i
		}
	}
	words = append(words, name[start:])
	return beginWords(words, typed, true)
}

func beginWords(words []string, typed string, first bool) bool {
	if typed == "" {
		return true
	}
	for i, w := range words {
		for n := min(len(w), len(typed)); n > 0; n-- {
			if strings.EqualFold(w[:n], typed[:n]) && beginWords(words[i+1:], typed[n:], false) {
				return true
			}
		}
		if first {
			return false
		}
	}
	return false
}

// sparse reports whether name begins with typed's first letter and has the others behind
// it in their order.
func sparse(name, typed string) bool {
	rest := []rune(strings.ToLower(typed))
	for i, r := range name {
		if unicode.ToLower(r) == rest[0] {
			if rest = rest[1:]; len(rest) == 0 {
				return true
			}
		} else if i == 0 {
			return false
		}
	}
	return false
}
