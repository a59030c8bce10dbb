// Package lower turns a checked cell into a program for the engine: Go text that the yaegi
// interpreter runs rightly, with descriptions of the run-time types and compiled helpers that
// it calls.
//
// The passes over a cell:
//
//  1. Declare. Functions and methods of the cell get the variables through which they are
//     called (late binding: callers of an older body see the new one), variables get globals.
//  2. Emit. Each function body becomes a func literal that the program's Bind assigns; the
//     statements of the cell become its Run. Names of locals are unique. Func literals,
//     method values, deferred calls and go statements become calls of factories, functions
//     that take what is captured as parameters; variables that a closure shares with its
//     surroundings, or whose address is taken, live in cells of their own (see escapes).
//     Generic functions are emitted once for each list of type arguments, under a
//     substitution of their type parameters.
//  3. Close. Types that came up are described, with their methods bound, until nothing new
//     comes up.
//
// The interpreted code computes with erased types: a named type is its underlying type, a
// struct a twin with exported fields. The single place where a value changes its type without
// an operator in the source is fn.to: there it becomes the real value, with its name and
// methods, when it goes into an interface.
//
// Whatever cannot be made right is an [Error] with the position in the cell.
package lower
