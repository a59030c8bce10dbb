package magic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// changeDir changes the directory of the cells: "" for the home directory, "-" for the
// one before.
func changeDir(ctx context.Context, c *Call) (kernel.Result, error) {
	around, err := c.Notebook.Change(ctx, c, Change{})
	if err != nil {
		return kernel.Result{}, err
	}
	dir := unquote(c.Args)
	switch dir {
	case "":
		dir = "~"
	case "-":
		if dir = around.get("OLDPWD"); dir == "" {
			return kernel.Result{}, c.Usage("there is no directory to go back to")
		}
	}
	dir = around.path(dir)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return kernel.Result{}, c.Usage("%s is a file, not a directory", dir)
	} else if errors.Is(err, fs.ErrNotExist) {
		return kernel.Result{}, c.Usage("there is no directory %s", dir)
	}
	now, err := c.Notebook.Change(ctx, c, Change{Dir: dir, Set: map[string]string{"OLDPWD": around.Dir, "PWD": dir}})
	if err != nil {
		return kernel.Result{}, err
	}
	c.say("%s\n", now.Dir)
	return kernel.Result{}, nil
}

// printDir prints the directory of the cells.
func printDir(ctx context.Context, c *Call) (kernel.Result, error) {
	if c.Args != "" {
		return kernel.Result{}, c.Usage("%s takes no arguments", c.Magic.Title())
	}
	around, err := c.Notebook.Change(ctx, c, Change{})
	if err == nil && around.Dir == "" {
		err = errNowhere
	}
	if err == nil {
		c.say("%s\n", around.Dir)
	}
	return kernel.Result{}, err
}

// say prints to the cell's standard output.
func (c *Call) say(format string, args ...any) {
	c.Out.Stream("stdout", fmt.Appendf(nil, format, args...))
}

// path makes a path of the cells absolute; "~" is the home directory.
func (s Surroundings) path(path string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		if home, err := os.UserHomeDir(); err == nil {
			path = home + path[1:]
		}
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(s.Dir, path)
}

func (s Surroundings) get(name string) string {
	for _, line := range s.Env {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// unquote takes the quotes off a path that has them because of its spaces.
func unquote(text string) string {
	if n := len(text); n > 1 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}

// writeFile writes its body to a file.
func writeFile(ctx context.Context, c *Call) (kernel.Result, error) {
	name, add := c.Args, false
	if rest, ok := strings.CutPrefix(name, "-a "); ok {
		name, add = strings.TrimSpace(rest), true
	}
	if name == "" || strings.HasPrefix(name, "-") {
		return kernel.Result{}, c.Usage("%s needs the path of a file", c.Magic.Title())
	}
	around, err := c.Notebook.Change(ctx, c, Change{})
	if err != nil {
		return kernel.Result{}, err
	}
	path := around.path(unquote(name))
	body := c.Body
	if body != "" && !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	flags, verb := os.O_WRONLY|os.O_CREATE|os.O_TRUNC, "wrote"
	if add {
		flags, verb = os.O_WRONLY|os.O_CREATE|os.O_APPEND, "appended to"
	} else if _, err := os.Stat(path); err == nil {
		verb = "overwrote"
	}
	file, err := os.OpenFile(path, flags, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return kernel.Result{}, c.Usage("there is no folder %s: make it first", filepath.Dir(path))
	}
	if err != nil {
		return kernel.Result{}, fmt.Errorf("write the cell to a file: %w", err)
	}
	_, err = file.WriteString(body)
	if err = errors.Join(err, file.Close()); err != nil {
		return kernel.Result{}, fmt.Errorf("write the cell to a file: %w", err)
	}
	c.say("%s %s (%s)\n", verb, name, size(uint64(len(body))))
	return kernel.Result{}, nil
}

// maxLoaded bounds what is put into a cell.
const maxLoaded = 1 << 20

// load puts the text of a file or an address in place of its cell.
func load(ctx context.Context, c *Call) (kernel.Result, error) {
	name := unquote(c.Args)
	if name == "" {
		return kernel.Result{}, c.Usage("%s needs the path of a file or an address", c.Magic.Title())
	}
	if c.Line > 1 && strings.TrimSpace(firstLines(c.Cell.Code, c.Line-1)) != "" {
		return kernel.Result{}, c.Usage("%s replaces its cell: put it into a cell of its own", c.Magic.Title())
	}
	source, err := c.open(ctx, name)
	if err != nil {
		return kernel.Result{}, err
	}
	defer source.Close()
	text, err := io.ReadAll(io.LimitReader(source, maxLoaded+1))
	switch {
	case err != nil:
		return kernel.Result{}, fmt.Errorf("load %s: %w", name, err)
	case len(text) > maxLoaded:
		return kernel.Result{}, c.Usage("%s is larger than 1 MB", name)
	case !utf8.Valid(text) || strings.ContainsRune(string(text), 0):
		return kernel.Result{}, c.Usage("%s is no text", name)
	}
	return kernel.Result{NextInput: &kernel.NextInput{
		Text: "// %load " + c.Args + "\n" + strings.ReplaceAll(string(text), "\r\n", "\n"), Replace: true,
	}}, nil
}

func firstLines(text string, n int) string {
	end := 0
	for range n {
		end = min(lineEnd(text, end)+1, len(text))
	}
	return text[:end]
}

func (c *Call) open(ctx context.Context, name string) (io.ReadCloser, error) {
	if !strings.HasPrefix(name, "http://") && !strings.HasPrefix(name, "https://") {
		around, err := c.Notebook.Change(ctx, c, Change{})
		if err != nil {
			return nil, err
		}
		file, err := os.Open(around.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, c.Usage("there is no file %s", around.path(name))
		}
		return file, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, name, nil)
	if err != nil {
		return nil, c.Usage("%s is no address: %v", name, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("load %s: the server answers %s", name, answer.Status)
	}
	return answer.Body, nil
}
