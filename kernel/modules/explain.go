package modules

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
)

var exeSuffix = map[string]string{"windows": ".exe"}[runtime.GOOS]

// An Error says why packages cannot be had, in the user's terms.
type Error struct {
	Path string // the import that is to blame; "" for none in particular
	Text string
	Hint string // what to do; "" when the text says it
}

func (e *Error) Error() string {
	text := e.Text
	if e.Path != "" {
		text = fmt.Sprintf("import %q: %s", e.Path, text)
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// explain words a failed run of the go command.
func (w *workspace) explain(err error) error {
	var failed *goError
	if errors.Is(err, context.Canceled) || !errors.As(err, &failed) {
		return err
	}
	text := strings.TrimSpace(w.tidy(failed.output))
	e := reason(text)
	for _, name := range w.request.Imports {
		if strings.Contains(text, name) {
			e.Path = name
			break
		}
	}
	return e
}

// explainPackage words what go list says of a package.
func (w *workspace) explainPackage(name, text string) error {
	e := reason(strings.TrimSpace(w.tidy(text)))
	e.Path = name
	return e
}

// tidy shortens what the go command writes to what the user can know.
func (w *workspace) tidy(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "go: downloading ") || strings.HasPrefix(line, "go: finding module ") || strings.HasPrefix(line, "go: found ") ||
			strings.HasPrefix(line, "go: added ") || strings.HasPrefix(line, "go: upgraded ") || line == "" {
			continue
		}
		if w.project.root == "" {
			line = strings.ReplaceAll(line, w.root, w.project.notebook)
		}
		lines = append(lines, line)
	}
	const most = 25
	if len(lines) > most {
		lines = append(lines[:most], fmt.Sprintf("… %d more lines", len(lines)-most))
	}
	return strings.Join(lines, "\n")
}

// reason recognizes what went wrong in the go command's words.
func reason(text string) *Error {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("dial tcp", "no such host", "connection refused", "i/o timeout", "network is unreachable", "TLS handshake", "proxyconnect"):
		return &Error{Text: "the network or the module proxy cannot be reached\n" + text,
			Hint: "modules that were downloaded before work offline: name their versions in a go.mod beside the notebook, or set GOPROXY"}
	case has("module lookup disabled by GOPROXY=off", "GOFLAGS=-mod=vendor"):
		return &Error{Text: "downloads are switched off and the module is not in the cache\n" + text,
			Hint: "allow downloads (GOPROXY), or name a version in a go.mod beside the notebook that is in the module cache"}
	case has("terminal prompts disabled", "could not read Username", "Permission denied (publickey)", "401 Unauthorized", "403 Forbidden"):
		return &Error{Text: "there is no such module, or it is private\n" + text,
			Hint: "for a private module set GOPRIVATE to its path and give git its credentials"}
	case has("use of internal package"):
		return &Error{Text: "it is an internal package, which only packages of its own module may import\n" + text}
	case has("is a program, not an importable package"):
		return &Error{Text: "it is a program (package main), not a package to import"}
	case has("does not contain package"):
		return &Error{Text: "the module has no such package\n" + text, Hint: "look at https://pkg.go.dev for its packages"}
	case has("unknown revision", "no matching versions", "invalid version"):
		return &Error{Text: "there is no such version\n" + text, Hint: "`%get module@latest` takes the newest"}
	case has("404 Not Found", "410 Gone", "not found: module", "cannot find module", "unrecognized import path", "malformed module path"):
		return &Error{Text: "there is no such module\n" + text, Hint: "look at https://pkg.go.dev for its path"}
	case has("build constraints exclude all Go files"):
		return &Error{Text: "it has no Go files for " + runtime.GOOS + "/" + runtime.GOARCH + " in this configuration\n" + text,
			Hint: "a package with C code needs a C compiler (gcc or clang) and CGO_ENABLED=1"}
	case has(`executable file not found in $PATH`, "C compiler"):
		return &Error{Text: "it contains C code, and there is no C compiler\n" + text, Hint: "install gcc or clang"}
	case has("requires go >=", "requires go 1.", "toolchain not available"):
		return &Error{Text: "the Go toolchain is too old\n" + text, Hint: "install a newer Go, or leave GOTOOLCHAIN at auto so that go fetches it"}
	case has("conflicting", "inconsistent", "module declares its path as"):
		return &Error{Text: "the versions of the modules do not go together\n" + text}
	}
	return &Error{Text: "it does not build\n" + text}
}
