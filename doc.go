// Package molekernel is the front page of the mole-kernel project; the code is in the folders below.
package molekernel
