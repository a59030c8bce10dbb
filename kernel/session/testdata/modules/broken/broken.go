// Package broken does not build.
package broken

// F is wrong.
func F() int { return "no number" }
