// Package symbols is what cells may import: the standard library, gonum's matrices and
// statistics, gonum/plot, and our own packages, each as an interpreter table, types and
// documentation. It works on machines without a Go toolchain, and costs nothing until
// a package is asked for: the tables are data that the linker laid out, types and
// documentation are compressed archives, read one package at a time.
//
// Three things are asked of it:
//
//	symbols.Packages()                                // types and documentation, for the checker
//	symbols.Exports("fmt")                            // values, for the interpreter
//	symbols.Generic("slices", "Sort", "[]int", "int") // compiled instances of generic functions
//
// The engine has the same functions over reflection, for all other types.
//
// # What is generated, and how to add a package
//
// The command in gen type-checks all packages from their sources, for every platform that the
// kernel is built for, and writes
//
//   - internal/std, internal/lib, internal/mole: the tables, a file for each package, or one for each
//     platform where the package's names or untyped constants differ (syscall);
//   - internal/instances: generic functions instantiated with basic types;
//   - data/common and data/<platform>: zip files of export data ("types/fmt") and documentation ("doc/fmt");
//   - data_<platform>.go and version.go.
//
// To add a package: add its import path to groups in gen/packages.go, run
//
//	go generate ./kernel/symbols
//
// and commit what it wrote. To see whether what is committed is up to date, as CI does, run
//
//	go run ./kernel/symbols/gen -check
//
// The same Go version writes the same bytes on every machine; another Go version may not, so
// generate with the one in version.go or commit the change of version by itself. A package
// that must exist on every platform but does not, or does not type-check, stops the
// generator before it writes anything. Import effects count: a package that registers
// handlers or flags when it is imported does so in every worker, so leave it out.
//
// What the tables leave out: generic functions and types, and interfaces that are only
// constraints. Their types are in the export data all the same, so cells that use them check.
package symbols

//go:generate go run ./gen
