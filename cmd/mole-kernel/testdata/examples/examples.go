// Package examples has functions with and without examples.
package examples

// Sizer is what Square and Circle have.
type Sizer interface{ Size() int }

type Square struct{}

func (Square) Size() int      { return 4 }
func (Square) String() string { return "square" }

type Circle struct{}

func (Circle) Size() int   { return 3 }
func (*Circle) Roll(n int) {}

func Shown() Square { return Square{} }
func Silent()       {}
func Untold()       {}
func private()      {}
