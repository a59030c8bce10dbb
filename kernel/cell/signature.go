package cell

import (
	"go/types"
	"strings"
)

// signatureText is a function's signature in pieces, so that one parameter can be marked.
type signatureText struct {
	head   string // "func (p Point) Move("
	params []param
	tail   string // ") error"
}

type param struct{ name, typ string }

func (p param) String() string {
	if p.name == "" {
		return p.typ
	}
	return p.name + " " + p.typ
}

// newSignatureText words a function; obj may be nil for a function value without a name.
func newSignatureText(obj types.Object, sig *types.Signature) signatureText {
	s := signatureText{head: "func"}
	if fn, ok := obj.(*types.Func); ok && sig.Recv() == nil && fn.Signature().Recv() != nil {
		sig = types.NewSignatureType(fn.Signature().Recv(), nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	}
	if recv := sig.Recv(); recv != nil {
		s.head += " (" + param{named(recv.Name()), typeString(recv.Type())}.String() + ")"
		s.head += " " + obj.Name()
	} else if obj != nil {
		s.head += " " + qualified(obj)
	}
	s.head += typeParams(sig.TypeParams()) + "("
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		p := param{v.Name(), typeString(v.Type())}
		if sig.Variadic() && i == sig.Params().Len()-1 {
			p.typ = "..." + strings.TrimPrefix(p.typ, "[]")
		}
		s.params = append(s.params, p)
	}
	s.tail = ")"
	switch r := sig.Results(); {
	case r.Len() == 1 && r.At(0).Name() == "":
		s.tail += " " + typeString(r.At(0).Type())
	case r.Len() > 0:
		var results []param
		for v := range r.Variables() {
			results = append(results, param{v.Name(), typeString(v.Type())})
		}
		s.tail += " (" + joined(results) + ")"
	}
	return s
}

// named is a receiver's name, "" for one that nobody wrote.
func named(name string) string {
	if name == "_" {
		return ""
	}
	return name
}

func (s signatureText) String() string { return s.head + joined(s.params) + s.tail }

// joined lists parameters as gofmt'd code would: neighbours of one type share it.
func joined(list []param) string {
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		if i+1 < len(list) && p.name != "" && list[i+1].name != "" && p.typ == list[i+1].typ {
			b.WriteString(p.name)
		} else {
			b.WriteString(p.String())
		}
	}
	return b.String()
}

// pieces are the signature before, in and behind parameter i, where each has its type.
func (s signatureText) pieces(i int) (before, at, behind string) {
	var texts []string
	for _, p := range s.params {
		texts = append(texts, p.String())
	}
	if i < 0 || i >= len(texts) {
		return s.String(), "", ""
	}
	before = s.head + strings.Join(texts[:i], ", ")
	if i > 0 {
		before += ", "
	}
	if behind = strings.Join(texts[i+1:], ", "); behind != "" {
		behind = ", " + behind
	}
	return before, texts[i], behind + s.tail
}
