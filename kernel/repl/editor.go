package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/mole-kernel/mole-kernel/kernel/client"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

// The prompts, of one width.
const (
	prompt = "go> "
	more   = "... "
)

// errCancelled says that Ctrl-C threw the line away.
var errCancelled = errors.New("cancelled")

// editor reads cells from a terminal, which is in raw mode only meanwhile.
type editor struct {
	file    *os.File
	keys    *keys
	term    *term.Terminal
	client  *client.Client
	history history
	before  string // the lines of the cell above the one that is edited
}

func newEditor(file *os.File, in io.Reader, out io.Writer, c *client.Client) *editor {
	k := &keys{in: in}
	e := &editor{file: file, keys: k, client: c, term: term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{k, out}, prompt)}
	e.term.History = &e.history
	return e
}

// cell reads a cell: lines up to the one that completes it. After Ctrl-C it is empty; the
// error is io.EOF after Ctrl-D.
func (e *editor) cell(ctx context.Context) (string, error) {
	e.before = ""
	e.term.SetPrompt(prompt)
	for {
		line, err := e.readLine(ctx)
		switch {
		case errors.Is(err, errCancelled):
			return "", nil
		case err != nil:
			return "", err
		}
		code := e.before + line
		status, indent := isComplete(ctx, e.client, code)
		if strings.TrimSpace(code) == "" || status != "incomplete" {
			e.history.add(code)
			return code, nil
		}
		e.before = code + "\n"
		e.term.SetPrompt(more + strings.ReplaceAll(indent, "\t", "  "))
	}
}

// readLine reads one line of Go; a line recalled from the history may stand for several.
func (e *editor) readLine(ctx context.Context) (string, error) {
	e.term.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		return e.complete(ctx, line, pos)
	}
	defer func() { e.term.AutoCompleteCallback = nil }()
	line, err := e.raw(e.term.ReadLine)
	return strings.ReplaceAll(line, newLine, "\n"), err
}

// answer asks the user for a line.
func (e *editor) answer(question string, password bool) (string, error) {
	e.history.off = true
	defer func() { e.history.off = false }()
	if password {
		return e.raw(func() (string, error) { return e.term.ReadPassword(question) })
	}
	e.term.SetPrompt(question)
	return e.raw(e.term.ReadLine)
}

// raw reads with the terminal in raw mode, where Ctrl-C is a key.
func (e *editor) raw(read func() (string, error)) (string, error) {
	fd := int(e.file.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("set up the terminal: %w", err)
	}
	e.term.SetBracketedPasteMode(true)
	defer func() {
		e.term.SetBracketedPasteMode(false)
		term.Restore(fd, state)
	}()
	if width, height, err := term.GetSize(fd); err == nil && width > 0 {
		e.term.SetSize(width, height) // a size that cannot be had leaves 80 columns
	}
	line, err := read()
	if e.keys.cancelled {
		e.keys.cancelled = false
		return "", errCancelled
	}
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	return line, err
}

// keys turns Ctrl-C into keys that empty the line and end it: the terminal of x/term would
// take it for the end of the input.
type keys struct {
	in        io.Reader
	cancelled bool
	rest      []byte
}

const clearLine = "\x05\x15\r" // to the end, delete all before, enter

func (k *keys) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		buf := make([]byte, max(len(p)-len(clearLine), 1))
		n, err := k.in.Read(buf)
		if n == 0 {
			return 0, err
		}
		k.rest = buf[:n]
		if at := strings.IndexByte(string(k.rest), 3); at >= 0 {
			k.cancelled = true
			k.rest = append([]byte(clearLine), k.rest[at+1:]...)
		}
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

// patience is how long the user waits for candidates.
const patience = 2 * time.Second

// complete answers the Tab key: it inserts what all candidates have in common, or lists
// them. At the beginning of a line it indents.
func (e *editor) complete(ctx context.Context, line string, pos int) (string, int, bool) {
	if strings.TrimSpace(line[:pos]) == "" && !strings.Contains(e.before, "%%") {
		return line[:pos] + "  " + line[pos:], pos + 2, true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cursor := utf8.RuneCountInString(e.before + line[:pos])
	answer, err := e.client.Ask(ctx, &wire.CompleteRequest{Code: e.before + line, CursorPos: &cursor})
	reply, ok := answer.(*wire.CompleteReply)
	if err != nil || !ok || len(reply.Matches) == 0 {
		return line, pos, true
	}
	start := reply.CursorStart - utf8.RuneCountInString(e.before)
	if start < 0 {
		return line, pos, true
	}
	typed := string([]rune(line[:pos])[start:])
	insert := common(reply.Matches)
	if len(insert) <= len(typed) && len(reply.Matches) > 1 {
		io.WriteString(e.term, list(reply))
		return line, pos, true
	}
	head := string([]rune(line[:pos])[:start]) + insert
	return head + line[pos:], len(head), true
}

// common is the longest beginning of all texts.
func common(texts []string) string {
	prefix := texts[0]
	for _, text := range texts {
		for !strings.HasPrefix(text, prefix) {
			_, size := utf8.DecodeLastRuneInString(prefix)
			prefix = prefix[:len(prefix)-size]
		}
	}
	return prefix
}

// shownCandidates bounds how many candidates are listed.
const shownCandidates = 20

// list shows candidates with their types.
func list(reply *wire.CompleteReply) string {
	var b strings.Builder
	types := reply.Metadata.Types
	for i, match := range reply.Matches {
		if i == shownCandidates {
			fmt.Fprintf(&b, "… %d more\n", len(reply.Matches)-i)
			break
		}
		line := match
		if i < len(types) {
			line = fmt.Sprintf("%-24s %-10s %s", match, types[i].Type, types[i].Signature)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
