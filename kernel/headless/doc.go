// Package headless runs a notebook from first cell to last through the kernel core, with
// no sockets, no Jupyter and no Python, and writes what Jupyter would have written.
package headless
