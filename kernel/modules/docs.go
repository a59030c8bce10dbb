package modules

import (
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/mole-kernel/mole-kernel/kernel/describe"
)

// readDocs returns the documentation in Go files. What cannot be read is left out:
// documentation is an extra.
func readDocs(files []string) map[string]string {
	var read []*ast.File
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil {
			read = append(read, file)
		}
	}
	return describe.Docs(read...)
}
