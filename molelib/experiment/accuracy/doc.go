// Package accuracy holds the rows of docs/accuracy.md: each task with its data, network,
// options and bar in one place, and the page's tables. The command
// "mole-kernel bench accuracy" runs them.
package accuracy
