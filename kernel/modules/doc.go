// Package modules gives cells the packages of other Go modules, and compiles cells.
//
// Cells are interpreted, but what they import is compiled code in the worker process. So a
// notebook that imports more than the kernel has gets a worker of its own: a [Builder]
// writes a main package that links the kernel's worker with the packages wanted, has the
// go command resolve, download and compile them, and keeps the result in the user's cache
// folder, where the same wish finds it at once the next time. A [Set] then knows the types
// and documentation of these packages beside the kernel's own.
//
// The go.mod beside or above the notebook decides versions, and the packages of its module
// can be imported; without one, the latest versions are taken.
package modules
