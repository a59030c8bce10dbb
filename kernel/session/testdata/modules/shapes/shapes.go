// Package shapes is a module that a go.mod replaces by a folder.
package shapes

import "fmt"

// Square is a square.
type Square struct{ Side float64 }

// Area is the square's area.
func (s Square) Area() float64 { return s.Side * s.Side }

func (s Square) String() string { return fmt.Sprintf("square of %g", s.Side) }

// Shape is anything with an area.
type Shape interface{ Area() float64 }

// Total adds areas.
func Total(shapes ...Shape) float64 {
	total := 0.0
	for _, s := range shapes {
		total += s.Area()
	}
	return total
}
