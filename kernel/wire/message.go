// Package wire holds the messages of the Jupyter protocol as Go values, and turns them
// into signed frames and back. It does no I/O.
//
// A message is made by a Session and, except for the few that have no cause, from its
// parent. Contents are pointers to the structs of this package; a type that the package
// does not know arrives as *Unknown, and a known one with the wrong shape as *Malformed:
// strange messages are data for the caller to answer, not failures of the decoder.
package wire

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"sync/atomic"
	"time"
)

// ProtocolVersion is the version of the messaging protocol that headers carry.
const ProtocolVersion = "5.5"

// Channel names one of the sockets that carry messages.
type Channel int

// The channels of a kernel. Heartbeats carry no messages and have none.
const (
	Shell Channel = iota
	Control
	Stdin
	IOPub
)

// String returns the channel's name in the protocol.
func (c Channel) String() string {
	names := [...]string{"shell", "control", "stdin", "iopub"}
	if c < 0 || int(c) >= len(names) {
		return "channel " + strconv.Itoa(int(c))
	}
	return names[c]
}

// Content is what a message says. Only pointers to the structs of this package have it.
type Content interface {
	MsgType() string
}

// Header identifies a message.
type Header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"` // ISO 8601
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
	Subshell string `json:"subshell_id,omitempty"`
}

// Time is the moment that the sender wrote into the header; false when it wrote none
// that can be read.
func (h Header) Time() (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, h.Date)
	return t, err == nil
}

// Message is one message of the protocol. It is not changed after it was sent or received.
type Message struct {
	Identities [][]byte // the peer's routing prefix; on IOPub the topic
	Header     Header
	Parent     Header          // of the request that caused this message; zero for none
	Metadata   json.RawMessage // a JSON object; nil means {}
	Content    Content
	Buffers    [][]byte

	raw       json.RawMessage // Header as received
	rawParent json.RawMessage // Parent as received, so that its unknown fields survive
}

// CellID is the front end's name for the cell that a request came from, "" for none.
func (m *Message) CellID() string {
	var meta struct {
		ID string `json:"cellId"`
	}
	if m == nil || len(m.Metadata) == 0 || json.Unmarshal(m.Metadata, &meta) != nil {
		return ""
	}
	return meta.ID
}

// Session makes the messages of one sender. Its methods may be called from any goroutine.
type Session struct {
	ID       string
	Username string
	count    atomic.Int64
}

// NewSession returns a session with a random name.
func NewSession(username string) *Session {
	var id [16]byte
	rand.Read(id[:]) // never fails: crypto/rand ends the process instead
	return &Session{ID: hex.EncodeToString(id[:]), Username: username}
}

// New makes a message that nothing caused.
func (s *Session) New(c Content) *Message {
	return &Message{Header: Header{
		ID:       s.ID + "_" + strconv.FormatInt(s.count.Add(1), 10),
		Session:  s.ID,
		Username: s.Username,
		Date:     time.Now().UTC().Format("2006-01-02T15:04:05.000000Z07:00"),
		Type:     c.MsgType(),
		Version:  ProtocolVersion,
	}, Content: c}
}

// Child makes a message caused by parent; a nil parent is none.
func (s *Session) Child(parent *Message, c Content) *Message {
	m := s.New(c)
	if parent != nil {
		m.Parent, m.rawParent = parent.Header, parent.raw
	}
	return m
}

// Reply makes a message caused by parent and addressed to whoever sent it.
func (s *Session) Reply(parent *Message, c Content) *Message {
	m := s.Child(parent, c)
	m.Identities = parent.Identities
	return m
}
