package modules

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Request is what a notebook wants to have compiled into its worker. The zero Request
// wants nothing.
type Request struct {
	Imports   []string          // import paths, as Set.Resolve returns them
	Versions  map[string]string // of modules: "v1.2.3", "latest", a branch
	Instances []Instance        // of generic functions and types of these packages
	Cells     []Compiled        // compiled cells
}

// An Instance is a generic function or type with its type arguments.
type Instance struct {
	Path, Name string
	Args       []string          // as Go source
	Imports    map[string]string // of the packages that Args name, alias to path
	IsType     bool
}

// A Compiled is a package made of the declarations of a cell.
type Compiled struct {
	Name   string            // last part of its import path, from its content
	Source string            // the file, without the table of its functions
	Funcs  map[string]string // what the worker asks for → Go expression of the function
}

// Empty tells whether the kernel's own worker will do.
func (r Request) Empty() bool {
	return len(r.Imports)+len(r.Versions)+len(r.Instances)+len(r.Cells) == 0
}

// Clone returns a copy that shares nothing which may change.
func (r Request) Clone() Request {
	return Request{slices.Clone(r.Imports), maps.Clone(r.Versions), slices.Clone(r.Instances), slices.Clone(r.Cells)}
}

// Add adds what is not in the request yet and tells whether there was anything.
func (r *Request) Add(more Request) bool {
	before := r.text()
	for _, path := range more.Imports {
		if !slices.Contains(r.Imports, path) {
			r.Imports = append(r.Imports, path)
		}
	}
	for module, version := range more.Versions {
		if r.Versions == nil {
			r.Versions = map[string]string{}
		}
		r.Versions[module] = version
	}
	for _, inst := range more.Instances {
		if !slices.ContainsFunc(r.Instances, func(i Instance) bool { return i.text() == inst.text() }) {
			r.Instances = append(r.Instances, inst)
		}
	}
	for _, c := range more.Cells {
		if !slices.ContainsFunc(r.Cells, func(d Compiled) bool { return d.Name == c.Name }) {
			r.Cells = append(r.Cells, c)
		}
	}
	return r.text() != before
}

// text spells the request, the same for what asks for the same.
func (r Request) text() string {
	var lines []string
	for _, path := range r.Imports {
		lines = append(lines, "import "+path)
	}
	for module, version := range r.Versions {
		lines = append(lines, "get "+module+"@"+version)
	}
	for _, i := range r.Instances {
		lines = append(lines, "instance "+i.text())
	}
	for _, c := range r.Cells {
		lines = append(lines, fmt.Sprintf("cell %s %x", c.Name, sha256.Sum256([]byte(c.Source))))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (i Instance) text() string {
	args := strings.Join(i.Args, ", ")
	for _, alias := range slices.Sorted(maps.Keys(i.Imports)) {
		args += fmt.Sprintf(" %s=%s", alias, i.Imports[alias])
	}
	return fmt.Sprintf("%s.%s[%s]", i.Path, i.Name, args)
}
