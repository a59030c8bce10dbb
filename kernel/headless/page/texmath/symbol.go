package texmath

import (
	"strings"
	"sync"
)

// symbol is a character or a name with TeX's class.
type symbol struct {
	text   string
	class  class
	limits bool
}

// atom is the symbol behind an atom of class before.
func (s symbol) atom(before class) atom {
	text := escape(s.text)
	attributes := ""
	kind := s.class
	switch {
	case kind == function && !s.limits:
		if strings.ContainsAny(s.text, "∫∮∬") {
			return atom{element("mo", text), ordinary, false}
		}
		return atom{upright(s.text), function, false}
	case kind == function:
		if s.text[0] < 0x80 {
			attributes = ` movablelimits="true" lspace="0" rspace="0"`
		}
	case kind == ordinary && strings.ContainsAny(s.text, "|‖/!."):
		attributes = ` stretchy="false" lspace="0" rspace="0"`
	case kind == ordinary:
		return atom{upright(s.text), ordinary, false}
	case kind == opening || kind == closing:
		attributes = ` stretchy="false"`
	case kind == relation && strings.ContainsAny(s.text, "∣∥:"):
		attributes = ` stretchy="false" lspace="0.278em" rspace="0.278em"`
	case kind == binary && before != ordinary && before != closing:
		attributes = ` form="prefix"`
		if before == function {
			attributes = ` form="prefix" lspace="0.167em"`
		}
		kind = opening // a sign: nothing may stand between it and its operand
	}
	return atom{"<mo" + attributes + ">" + text + "</mo>", kind, s.limits}
}

// characters are those that are not letters or digits.
var characters = map[string]symbol{
	"+": {"+", binary, false}, "-": {"−", binary, false}, "*": {"∗", binary, false}, "·": {"⋅", binary, false},
	"×": {"×", binary, false}, "=": {"=", relation, false}, "<": {"<", relation, false}, ">": {">", relation, false},
	":": {":", relation, false}, "(": {"(", opening, false}, "[": {"[", opening, false}, ")": {")", closing, false},
	"]": {"]", closing, false}, ",": {",", punctuation, false}, ";": {";", punctuation, false},
	"|": {"|", ordinary, false}, "/": {"/", ordinary, false}, "!": {"!", ordinary, false}, ".": {".", ordinary, false},
	"≤": {"≤", relation, false}, "≥": {"≥", relation, false}, "≠": {"≠", relation, false}, "≈": {"≈", relation, false},
	"→": {"→", relation, false}, "∈": {"∈", relation, false}, "∞": {"∞", ordinary, false}, "…": {"…", ordinary, false},
}

// greek are the small letters: italics, and in every alphabet that has them.
var greek = pairs(`alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
	kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ varrho ϱ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
	ell ℓ partial ∂`)

// capitals are upright, as in TeX.
var capitals = pairs(`Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω`)

func pairs(list string) map[string]string {
	table := map[string]string{}
	fields := strings.Fields(list)
	for i := 0; i+1 < len(fields); i += 2 {
		table[fields[i]] = fields[i+1]
	}
	return table
}

// symbols are the commands that stand for themselves. The table is made when the first
// formula is met: the kernel meets none.
var symbols = sync.OnceValue(func() map[string]symbol {
	table := map[string]symbol{}
	add := func(c class, limits bool, list string) {
		for name, text := range pairs(list) {
			table[name] = symbol{text, c, limits}
		}
	}
	add(ordinary, false, `infty ∞ nabla ∇ hbar ℏ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ top ⊤ bot ⊥
		prime ′ Re ℜ Im ℑ ldots … dots … dotsc … cdots ⋯ dotsb ⋯ vdots ⋮ ddots ⋱ neg ¬ lnot ¬ | ‖ Vert ‖ vert |
		% % & & # # _ _ $ $ dagger † aleph ℵ angle ∠ triangle △`)
	add(binary, false, `cdot ⋅ times × div ÷ pm ± mp ∓ circ ∘ odot ⊙ oplus ⊕ ominus ⊖ otimes ⊗ ast ∗ star ⋆ bullet •
		cup ∪ cap ∩ setminus ∖ land ∧ lor ∨ wedge ∧ vee ∨ sqcup ⊔ sqcap ⊓`)
	add(relation, false, `leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ lt < gt > approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝
		ll ≪ gg ≫ prec ≺ succ ≻ preceq ⪯ succeq ⪰ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇
		mid ∣ parallel ∥ perp ⊥ to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ longrightarrow ⟶ Rightarrow ⇒
		Leftarrow ⇐ Leftrightarrow ⇔ implies ⟹ iff ⟺ mapsto ↦ longmapsto ⟼ uparrow ↑ downarrow ↓ models ⊨ vdash ⊢`)
	add(opening, false, `langle ⟨ lfloor ⌊ lceil ⌈ lbrace { { { lvert | lVert ‖`)
	add(closing, false, `rangle ⟩ rfloor ⌋ rceil ⌉ rbrace } } } rvert | rVert ‖`)
	add(punctuation, false, `colon :`)
	add(function, true, `sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀`)
	add(function, false, `int ∫ iint ∬ oint ∮`)
	for name := range strings.FieldsSeq(`log ln lg exp sin cos tan cot sinh cosh tanh arcsin arccos arctan dim ker arg deg hom`) {
		table[name] = symbol{name, function, false}
	}
	for name := range strings.FieldsSeq(`max min sup inf lim det gcd Pr`) {
		table[name] = symbol{name, function, true}
	}
	for name, text := range map[string]string{"argmax": "arg\u2009max", "argmin": "arg\u2009min", "limsup": "lim\u2009sup", "liminf": "lim\u2009inf"} {
		table[name] = symbol{text, function, true}
	}
	return table
})

// widths are the commands for space, in em.
var widths = map[string]string{
	",": "0.167", ":": "0.222", ">": "0.222", ";": "0.278", "!": "-0.167", " ": "0.333", "\n": "0.333", "quad": "1", "qquad": "2",
	"thinspace": "0.167", "enspace": "0.5",
}

var accents = map[string]string{
	"hat": "^", "widehat": "^", "bar": "¯", "overline": "‾", "tilde": "~", "widetilde": "~", "vec": "→",
	"dot": "˙", "ddot": "¨", "check": "ˇ", "breve": "˘", "overrightarrow": "→",
}

// delimiters are what may stand behind \left, \right, \middle and \big; "." is none.
var delimiters = map[string]string{
	"(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", "<": "⟨", ">": "⟩", ".": "",
	`\{`: "{", `\}`: "}", `\lbrace`: "{", `\rbrace`: "}", `\|`: "‖", `\Vert`: "‖", `\vert`: "|", `\mid`: "|",
	`\lvert`: "|", `\rvert`: "|", `\lVert`: "‖", `\rVert`: "‖", `\langle`: "⟨", `\rangle`: "⟩",
	`\lfloor`: "⌊", `\rfloor`: "⌋", `\lceil`: "⌈", `\rceil`: "⌉",
}
