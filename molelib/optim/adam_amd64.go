package optim

import "golang.org/x/sys/cpu"

// Go has no vector instructions, and no library takes these three formulas in one pass: one
// value at a time, a step of Adam takes as long as the matrix products of a small batch.

var vectors = cpu.X86.HasAVX

// updateVectors is coefficients.update for as many values as fill vectors, eight at a time.
// It returns their number, which is 0 with L2 decay. Its operations and their order are the same, and so are its bits.
func updateVectors(value, grad, first, second []float32, c *coefficients) int {
	n := len(grad) &^ 7
	if !vectors || n == 0 || c.l2 != 0 {
		return 0
	}
	constants := [10]float32{c.b1, 1 - c.b1, c.b2, 1 - c.b2, c.rate, c.epsilon, c.keep, tinyGradient, tinyFirst, tinySecond}
	adamAVX(&value[0], &grad[0], &first[0], &second[0], n, &constants)
	return n
}

// adamAVX updates n values, a multiple of 8.
//
//go:noescape
func adamAVX(value, grad, first, second *float32, n int, constants *[10]float32)
