//go:build race

package mole_test

// slowdown is how much longer the race detector may make things take.
const slowdown = 10
