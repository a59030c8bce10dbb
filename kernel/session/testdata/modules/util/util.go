// Package util has something of everything that a package can export.
package util

import "example.com/me/internal/deep"

// Big is an untyped constant that no integer type holds.
const Big = 1 << 100

// Counter is a variable of a basic type.
var Counter int

// Version says which text of this file was compiled.
func Version() int { return 1 + deep.Zero }

// Number is what can be added.
type Number interface{ ~int | ~float64 }

// Sum adds.
func Sum[T Number](x ...T) T {
	var s T
	for _, v := range x {
		s += v
	}
	return s
}

// Stack is a generic type.
type Stack[T any] struct{ items []T }

// Push puts x on top.
func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }

// Len counts the items.
func (s *Stack[T]) Len() int { return len(s.items) }

// Filter returns the elements that keep accepts.
func Filter[T any](list []T, keep func(T) bool) []T {
	var kept []T
	each(list, func(x T) {
		if keep(x) {
			kept = append(kept, x)
		}
	})
	Counter++
	return kept
}

func each[T any](list []T, f func(T)) {
	for _, x := range list {
		f(x)
	}
}

// Boxed returns the elements as values of any type.
func Boxed[T any](list ...T) []any {
	var all []any
	for _, x := range list {
		all = append(all, x)
	}
	return all
}

var private = 1

// Secret cannot be taken out of its package.
func Secret[T any](x T) (T, int) { return x, private }
