package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// What may be wrong with received frames; errors.Is tells them apart.
var (
	ErrDelimiter = errors.New("no <IDS|MSG> delimiter")
	ErrShort     = errors.New("too few frames")
	ErrSignature = errors.New("wrong signature")
	ErrReplay    = errors.New("signature seen before")
	ErrHeader    = errors.New("malformed header")
)

var delimiter = []byte("<IDS|MSG>")

// Codec signs and encodes messages, and decodes and verifies received ones. It accepts
// a signature once: a captured message that is sent again is refused (the latest 65,536
// signatures are remembered). Its methods may be called from any goroutine.
type Codec struct {
	key  []byte
	seen *replay
}

// NewCodec returns a codec for HMAC-SHA256 with the given key. An empty key is refused:
// without one any process of the machine could run code.
func NewCodec(key []byte) (*Codec, error) {
	if len(key) == 0 {
		return nil, errors.New("no signing key: only signed messages are accepted, set \"key\" in the connection file")
	}
	return &Codec{key: bytes.Clone(key), seen: newReplay(1 << 16)}, nil
}

// Encode returns the frames of m: identities, delimiter, signature, four JSON parts, buffers.
func (c *Codec) Encode(m *Message) ([][]byte, error) {
	parts, err := m.parts()
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.Header.Type, err)
	}
	sum := c.sign(parts[:])
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, delimiter, []byte(hex.EncodeToString(sum)))
	frames = append(frames, parts[:]...)
	return append(frames, m.Buffers...), nil
}

func (m *Message) parts() (p [4][]byte, err error) {
	if p[0], err = marshal(m.Header); err != nil {
		return p, err
	}
	switch {
	case m.rawParent != nil:
		p[1] = m.rawParent
	case m.Parent == (Header{}):
		p[1] = []byte("{}")
	default:
		if p[1], err = marshal(m.Parent); err != nil {
			return p, err
		}
	}
	p[2] = m.Metadata
	if len(p[2]) == 0 {
		p[2] = []byte("{}")
	}
	p[3], err = marshal(m.Content)
	return p, err
}

// marshal leaves <, > and & as they are: nothing here is embedded in HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (c *Codec) sign(parts [][]byte) []byte {
	h := hmac.New(sha256.New, c.key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// Decode verifies and decodes frames. The message keeps parts of them, so the caller
// must not change them afterwards. Content that is wrong in itself is no error: it
// arrives as *Malformed.
func (c *Codec) Decode(frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, ErrDelimiter
	}
	if len(frames) < at+6 {
		return nil, fmt.Errorf("%w: %d after the delimiter, want at least 5", ErrShort, len(frames)-at-1)
	}
	parts := frames[at+2 : at+6]
	if err := c.verify(frames[at+1], parts); err != nil {
		return nil, err
	}
	m := &Message{Identities: frames[:at:at], Buffers: frames[at+6:]}
	if err := m.decode(parts); err != nil {
		return nil, err
	}
	return m, nil
}

func (c *Codec) verify(signature []byte, parts [][]byte) error {
	var got [sha256.Size]byte
	if len(signature) != 2*len(got) {
		return ErrSignature
	}
	if _, err := hex.Decode(got[:], signature); err != nil {
		return ErrSignature
	}
	if !hmac.Equal(got[:], c.sign(parts)) {
		return ErrSignature
	}
	if !c.seen.first(got) {
		return ErrReplay
	}
	return nil
}

func (m *Message) decode(parts [][]byte) error {
	if err := object(parts[0], &m.Header); err != nil {
		return fmt.Errorf("%w: %w", ErrHeader, err)
	}
	if m.Header.ID == "" || m.Header.Type == "" {
		return fmt.Errorf("%w: msg_id or msg_type is missing", ErrHeader)
	}
	if err := object(parts[1], &m.Parent); err != nil {
		return fmt.Errorf("%w: parent: %w", ErrHeader, err)
	}
	var meta map[string]json.RawMessage
	if err := object(parts[2], &meta); err != nil {
		return fmt.Errorf("%w: metadata: %w", ErrHeader, err)
	}
	m.raw, m.rawParent, m.Metadata = parts[0], parts[1], parts[2]
	m.Content = decodeContent(m.Header.Type, parts[3])
	return nil
}

func decodeContent(msgType string, data []byte) Content {
	c := blank(msgType)
	if c == nil {
		var fields map[string]json.RawMessage
		if err := object(data, &fields); err != nil {
			return &Malformed{Type: msgType, Err: err}
		}
		return &Unknown{Type: msgType, Data: data}
	}
	if err := object(data, c); err != nil {
		return &Malformed{Type: msgType, Err: err}
	}
	return c
}

// object decodes a JSON object; json.Unmarshal alone takes null as well.
func object(data []byte, to any) error {
	if first := bytes.TrimLeft(data, " \t\r\n"); len(first) == 0 || first[0] != '{' {
		return errors.New("not a JSON object")
	}
	return json.Unmarshal(data, to)
}
