package page

import (
	"strings"
	"sync"
)

// largeOperators take their scripts above and below in a displayed formula.
const largeOperators = " sum prod coprod max min sup inf lim argmax argmin bigcup bigcap bigoplus bigotimes "

// symbols are the commands that stand for themselves. The table is made when the first
// formula is met: the kernel meets none.
var symbols = sync.OnceValue(mathSymbols)

// mathSymbols makes the table from lists of command and character.
func mathSymbols() map[string]string {
	table := map[string]string{}
	for tag, list := range map[string]string{
		"mi": `alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
			kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
			Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
			infty ∞ partial ∂ nabla ∇ ell ℓ hbar ℏ emptyset ∅ forall ∀ exists ∃ top ⊤ bot ⊥ prime ′ Re ℜ Im ℑ
			ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱`,
		"mo": `cdot ⋅ times × div ÷ pm ± mp ∓ circ ∘ odot ⊙ oplus ⊕ otimes ⊗ ast ∗ star ⋆ bullet •
			leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫
			in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ cup ∪ cap ∩ setminus ∖ mid ∣ parallel ∥ perp ⊥
			to → rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ iff ⇔ mapsto ↦ uparrow ↑ downarrow ↓
			sum ∑ prod ∏ coprod ∐ int ∫ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂
			langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } { { } } | ‖ Vert ‖ vert | colon :
			land ∧ lor ∨ neg ¬ wedge ∧ vee ∨ % % & &amp; # # _ _ $ $`,
	} {
		fields := strings.Fields(list)
		for i := 0; i+1 < len(fields); i += 2 {
			table[fields[i]] = element(tag, fields[i+1])
		}
	}
	for function := range strings.FieldsSeq(`log ln lg exp sin cos tan sinh cosh tanh det dim ker arg deg gcd Pr tr rank diag`) {
		table[function] = `<mo form="prefix" lspace="0.17em" rspace="0.1em">` + function + `</mo>`
	}
	for limit, text := range map[string]string{
		"max": "max", "min": "min", "sup": "sup", "inf": "inf", "lim": "lim", "argmax": "arg max", "argmin": "arg min",
	} {
		table[limit] = `<mo movablelimits="false">` + text + `</mo>`
	}
	for space, width := range map[string]string{
		",": "0.17em", ":": "0.22em", ";": "0.28em", "!": "-0.17em", " ": "0.25em", "quad": "1em", "qquad": "2em",
	} {
		table[space] = `<mspace width="` + width + `"></mspace>`
	}
	return table
}

var accents = map[string]string{
	"hat": "^", "widehat": "^", "bar": "¯", "overline": "‾", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "˙",
}

var alphabets = map[string]map[rune]rune{
	"mathbb": {'R': 'ℝ', 'N': 'ℕ', 'Z': 'ℤ', 'Q': 'ℚ', 'C': 'ℂ', 'P': 'ℙ', 'E': '𝔼', 'H': 'ℍ', '1': '𝟙', 'I': '𝕀', 'V': '𝕍'},
	"mathcal": {
		'A': '𝒜', 'B': 'ℬ', 'C': '𝒞', 'D': '𝒟', 'E': 'ℰ', 'F': 'ℱ', 'G': '𝒢', 'H': 'ℋ', 'I': 'ℐ', 'J': '𝒥', 'K': '𝒦',
		'L': 'ℒ', 'M': 'ℳ', 'N': '𝒩', 'O': '𝒪', 'P': '𝒫', 'Q': '𝒬', 'R': 'ℛ', 'S': '𝒮', 'T': '𝒯', 'U': '𝒰', 'V': '𝒱',
		'W': '𝒲', 'X': '𝒳', 'Y': '𝒴', 'Z': '𝒵',
	},
}
