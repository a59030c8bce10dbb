package kernel

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"sync"

	"github.com/mole-kernel/mole-kernel/kernel/wire"
)

const (
	historyLimit  = 10_000  // entries kept in memory
	historyOutput = 1 << 16 // bytes kept of an output
	historyFile   = 1 << 20 // bytes of the file above which its earlier half is dropped
)

// history keeps the inputs of this session and, with a file, of earlier ones. A file
// holds one JSON object a line; lines that cannot be read are skipped. The file is opened
// behind the first cell or for the first question, and decoded for the first question: it
// may be large, and most sessions never ask.
type history struct {
	log    *slog.Logger
	path   string
	once   sync.Once
	opened chan struct{} // closed when the file has been opened
	asked  sync.Once     // earlier sessions have been decoded

	mu      sync.Mutex
	known   bool // the session's number is known, and the file is open
	session int
	entries []historyEntry // oldest first
	file    *os.File       // nil for none
	before  int64          // bytes of the file that earlier sessions wrote
}

type historyEntry struct {
	Session int    `json:"session"`
	Line    int    `json:"line"`
	Input   string `json:"input"`
	Output  string `json:"output,omitempty"`
}

// openHistory returns the history in a file; "" keeps it in memory. A file that cannot be
// used is logged and done without.
func openHistory(path string, log *slog.Logger) *history {
	return &history{session: 1, log: log, path: path, opened: make(chan struct{})}
}

// open opens the file once, and writes what was added meanwhile.
func (h *history) open() {
	h.once.Do(func() {
		defer close(h.opened)
		file, before, session := h.openFile()
		h.mu.Lock()
		defer h.mu.Unlock()
		now := h.entries
		h.file, h.before, h.session, h.entries, h.known = file, before, session, nil, true
		for _, e := range now {
			h.keep(e)
		}
	})
	<-h.opened
}

// openFile returns the file, its size and the number of the next session.
func (h *history) openFile() (*os.File, int64, int) {
	if h.path == "" {
		return nil, 0, 1
	}
	if err := trim(h.path, historyFile); err != nil {
		h.log.Warn("history was not shortened", "err", err)
	}
	f, err := os.OpenFile(h.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		h.log.Warn("history is kept in memory only", "err", err)
		return nil, 0, 1
	}
	text, err := io.ReadAll(f)
	if err != nil {
		h.log.Warn("history was not read to its end", "file", h.path, "err", err)
	}
	latest := 0
	for line := range bytes.Lines(text) {
		latest = max(latest, sessionOf(line))
	}
	return f, int64(len(text)), latest + 1
}

// sessionOf reads the session of a line as keep writes it, which is all that a kernel has to
// know of most lines; 0 for another line.
func sessionOf(line []byte) int {
	rest, ok := bytes.CutPrefix(line, []byte(`{"session":`))
	if !ok {
		return 0
	}
	digits := rest[:max(0, bytes.IndexByte(rest, ','))]
	session, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return session
}

// load puts the entries of earlier sessions before those of this one, once.
func (h *history) load() {
	h.open()
	h.asked.Do(func() {
		h.mu.Lock()
		f, before := h.file, h.before
		h.mu.Unlock()
		if f == nil {
			return
		}
		earlier, err := decodeHistory(io.NewSectionReader(f, 0, before))
		if err != nil {
			h.log.Warn("history was not read to its end", "file", h.path, "err", err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.entries = append(earlier, h.entries...)
	})
}

func decodeHistory(r io.Reader) ([]historyEntry, error) {
	var entries []historyEntry
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 16<<20)
	for scan.Scan() {
		var e historyEntry
		if json.Unmarshal(scan.Bytes(), &e) == nil && e.Session > 0 {
			entries = append(entries, e)
		}
	}
	return entries, scan.Err()
}

// trim keeps the later half of a file that is larger than limit bytes, from the beginning of
// a line. Another kernel that has the file open goes on in the old one: what it adds is lost
// with it.
func trim(path string, limit int64) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() <= limit {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text = text[max(0, len(text)-int(limit/2)):]
	text = text[bytes.IndexByte(text, '\n')+1:]
	// A file of its own until it is whole: the history is not lost half way.
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Close writes what is left and closes the file.
func (h *history) Close() error {
	h.mu.Lock()
	unused := !h.known && len(h.entries) == 0
	h.mu.Unlock()
	if unused {
		return nil
	}
	h.open()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	err := h.file.Close()
	h.file = nil
	if err != nil {
		return fmt.Errorf("close history: %w", err)
	}
	return nil
}

// add remembers a cell.
func (h *history) add(line int, input, output string) {
	if len(output) > historyOutput {
		output = output[:wholeRunes([]byte(output[:historyOutput]))]
	}
	e := historyEntry{Line: line, Input: input, Output: output}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.known {
		h.entries = append(h.entries, e)
		go h.open()
		return
	}
	h.keep(e)
}

// keep takes an entry of this session; the caller holds mu and the file has been read.
func (h *history) keep(e historyEntry) {
	e.Session = h.session
	h.append(e)
	if h.file == nil {
		return
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(e); err != nil {
		h.log.Warn("history was not written", "err", err)
		return
	}
	// One write for a line: other kernels append to the same file.
	if _, err := h.file.Write(b.Bytes()); err != nil {
		h.log.Warn("history was not written", "err", err)
	}
}

func (h *history) append(e historyEntry) {
	h.entries = append(h.entries, e)
	if len(h.entries) > 2*historyLimit {
		h.entries = append([]historyEntry(nil), h.entries[len(h.entries)-historyLimit:]...)
	}
}

// answer finds what a request asks for.
func (h *history) answer(r *wire.HistoryRequest) wire.Content {
	h.load()
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []historyEntry
	switch r.Access {
	case "range":
		found = h.between(r)
	case "tail", "":
		found = last(h.entries, r.N)
	case "search":
		found = last(h.matching(r.Pattern, r.Unique), r.N)
	default:
		return &wire.ErrorReply{Type: "history_reply", Reply: wire.Failed(wire.Failure{
			EName: "ProtocolError", EValue: fmt.Sprintf("hist_access_type is %q, want range, tail or search", r.Access),
		})}
	}
	reply := &wire.HistoryReply{Reply: wire.OK(), History: make([]wire.HistoryItem, len(found))}
	for i, e := range found {
		item := wire.HistoryItem{Session: e.Session, Line: e.Line, Input: e.Input}
		if r.Output {
			item.Output, item.WithOutput = e.Output, true
		}
		reply.History[i] = item
	}
	return reply
}

func (h *history) between(r *wire.HistoryRequest) []historyEntry {
	session := r.Session
	if session <= 0 {
		session += h.session
	}
	var found []historyEntry
	for _, e := range h.entries {
		if e.Session == session && e.Line >= r.Start && (r.Stop == nil || e.Line < *r.Stop) {
			found = append(found, e)
		}
	}
	return found
}

// matching returns the entries whose input matches a glob, with unique only the latest
// of equal inputs.
func (h *history) matching(pattern string, unique bool) []historyEntry {
	if pattern == "" {
		pattern = "*"
	}
	latest := make(map[string]int)
	for i, e := range h.entries {
		latest[e.Input] = i
	}
	var found []historyEntry
	for i, e := range h.entries {
		if glob(pattern, e.Input) && (!unique || latest[e.Input] == i) {
			found = append(found, e)
		}
	}
	return found
}

func last(all []historyEntry, n *int) []historyEntry {
	if n == nil || *n < 0 || *n >= len(all) {
		return all
	}
	return all[len(all)-*n:]
}

// glob matches all of text; * stands for any text and ? for one character.
func glob(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
		case star >= 0: // let the latest star take one character more
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
