package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newCodec(t testing.TB) *Codec {
	t.Helper()
	c, err := NewCodec([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func encode(t testing.TB, c *Codec, m *Message) [][]byte {
	t.Helper()
	frames, err := c.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

func TestMessageSurvivesTheWire(t *testing.T) {
	c := newCodec(t)
	s := NewSession("me")
	n := 3
	for _, content := range []Content{
		&ExecuteRequest{Code: "1 < 2 && \"ü\"", UserExpressions: map[string]string{"a": "b"}},
		&CompleteRequest{Code: "fmt.", CursorPos: &n},
		&Status{State: "busy"},
		&Stream{Name: "stdout", Text: "héllo\n"},
		&ExecuteReply{Reply: Failed(Failure{EName: "E"}), ExecutionCount: 1, Payload: []json.RawMessage{}, UserExpressions: map[string]Expression{}},
		&HistoryReply{Reply: OK(), History: []HistoryItem{{Session: 1, Line: 2, Input: "x"}, {Session: 1, Line: 3, Input: "y", Output: "z", WithOutput: true}}},
		&KernelInfoReply{Reply: OK(), HelpLinks: []HelpLink{}, SupportedFeatures: []string{}},
		&Unknown{Type: "strange_request", Data: json.RawMessage(`{"a":1}`)},
	} {
		m := s.New(content)
		m.Identities = [][]byte{[]byte("peer"), {0, 1}}
		m.Buffers = [][]byte{{1, 2, 3}, {}}
		got, err := c.Decode(encode(t, c, m))
		if err != nil {
			t.Fatalf("%s: %v", content.MsgType(), err)
		}
		if diff := cmp.Diff(m.Content, got.Content); diff != "" {
			t.Errorf("%s (-sent +received):\n%s", content.MsgType(), diff)
		}
		if got.Header != m.Header || !cmp.Equal(got.Identities, m.Identities) || !cmp.Equal(got.Buffers, m.Buffers) {
			t.Errorf("%s: envelope is %+v, want %+v", content.MsgType(), got, m)
		}
	}
}

func TestParentHeaderIsEchoedWithItsUnknownFields(t *testing.T) {
	c := newCodec(t)
	head := []byte(`{"msg_id":"1","msg_type":"kernel_info_request","session":"s","future":[1]}`)
	req, err := c.Decode(signed(c, head, []byte("{}"), []byte("{}"), []byte("{}")))
	if err != nil {
		t.Fatal(err)
	}
	frames := encode(t, c, NewSession("kernel").Reply(req, &KernelInfoReply{Reply: OK()}))
	if got := frames[3]; !bytes.Equal(got, head) {
		t.Errorf("parent header is %s, want %s", got, head)
	}
}

func signed(c *Codec, parts ...[]byte) [][]byte {
	sum := c.sign(parts[:4])
	return append([][]byte{delimiter, []byte(hexString(sum))}, parts...)
}

func hexString(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, x := range b {
		s.WriteByte(digits[x>>4])
		s.WriteByte(digits[x&15])
	}
	return s.String()
}

func TestBadMessagesAreRefused(t *testing.T) {
	head := []byte(`{"msg_id":"1","msg_type":"kernel_info_request"}`)
	none := []byte("{}")
	c := newCodec(t)
	good := signed(c, head, none, none, none)
	flipped := bytes.Clone(good[1])
	flipped[0] ^= 1
	for name, test := range map[string]struct {
		frames [][]byte
		want   error
	}{
		"nothing":           {nil, ErrDelimiter},
		"no delimiter":      {[][]byte{[]byte("a"), []byte("b")}, ErrDelimiter},
		"truncated":         {good[:4], ErrShort},
		"only a delimiter":  {good[:1], ErrShort},
		"wrong signature":   {[][]byte{delimiter, flipped, head, none, none, none}, ErrSignature},
		"empty signature":   {[][]byte{delimiter, {}, head, none, none, none}, ErrSignature},
		"short signature":   {[][]byte{delimiter, []byte("abcd"), head, none, none, none}, ErrSignature},
		"changed content":   {[][]byte{delimiter, good[1], head, none, none, []byte(`{"a":1}`)}, ErrSignature},
		"header is null":    {signed(c, []byte("null"), none, none, none), ErrHeader},
		"header is empty":   {signed(c, none, none, none, none), ErrHeader},
		"header wrong type": {signed(c, []byte(`{"msg_id":1}`), none, none, none), ErrHeader},
		"parent is a list":  {signed(c, head, []byte("[]"), none, none), ErrHeader},
		"metadata is text":  {signed(c, head, none, []byte(`"x"`), none), ErrHeader},
		"header is no JSON": {signed(c, []byte(`{`), none, none, none), ErrHeader},
	} {
		if m, err := c.Decode(test.frames); !errors.Is(err, test.want) || m != nil {
			t.Errorf("%s: message %v, error %v, want %v", name, m, err, test.want)
		}
	}
}

func TestMalformedContentIsData(t *testing.T) {
	c := newCodec(t)
	head := []byte(`{"msg_id":"1","msg_type":"execute_request"}`)
	for _, content := range []string{`{"code":5}`, `null`, `[]`, `{`, ``, `"x"`, `{"code":"a","user_expressions":[1]}`} {
		m, err := c.Decode(signed(c, head, []byte("{}"), []byte("{}"), []byte(content)))
		if err != nil {
			t.Fatalf("%s: %v", content, err)
		}
		if _, ok := m.Content.(*Malformed); !ok || m.Content.MsgType() != "execute_request" {
			t.Errorf("%s: content is %#v, want *Malformed", content, m.Content)
		}
	}
}

func TestSignatureIsAcceptedOnce(t *testing.T) {
	c := newCodec(t)
	frames := encode(t, c, NewSession("me").New(&KernelInfoRequest{}))
	if _, err := c.Decode(frames); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decode(frames); !errors.Is(err, ErrReplay) {
		t.Errorf("second time: %v, want %v", err, ErrReplay)
	}
	upper := append([][]byte{frames[0], bytes.ToUpper(frames[1])}, frames[2:]...)
	if _, err := c.Decode(upper); !errors.Is(err, ErrReplay) {
		t.Errorf("in capitals: %v, want %v", err, ErrReplay)
	}
}

func TestReplayMemoryIsBounded(t *testing.T) {
	r := newReplay(3)
	sum := func(i byte) [32]byte { return [32]byte{i} }
	for i := range byte(10) {
		if !r.first(sum(i)) {
			t.Fatalf("signature %d was not new", i)
		}
	}
	if len(r.seen) != 3 || len(r.order) != 3 {
		t.Errorf("%d signatures remembered in %d places, want 3", len(r.seen), len(r.order))
	}
	if r.first(sum(9)) || r.first(sum(7)) || !r.first(sum(6)) {
		t.Error("want the latest three remembered and older ones forgotten")
	}
}

func TestEmptyKeyIsRefused(t *testing.T) {
	if _, err := NewCodec(nil); err == nil {
		t.Error("no error")
	}
}

func TestErrorReplyCarriesAllItsFields(t *testing.T) {
	b, err := marshal(&ErrorReply{Type: "x_reply", Reply: Failed(Failure{EName: "E"})})
	if want := `{"status":"error","ename":"E","evalue":"","traceback":[]}`; err != nil || string(b) != want {
		t.Errorf("got %s, %v; want %s", b, err, want)
	}
	b, err = marshal(&InterruptReply{Reply: OK()})
	if want := `{"status":"ok"}`; err != nil || string(b) != want {
		t.Errorf("got %s, %v; want %s", b, err, want)
	}
}

func FuzzDecode(f *testing.F) {
	c := newCodec(f)
	s := NewSession("me")
	for _, content := range []Content{
		&ExecuteRequest{Code: "x"}, &HistoryRequest{Access: "tail"}, &InputReply{Value: "x"}, &CommOpen{ID: "1"},
	} {
		frames := encode(f, c, s.New(content))
		f.Add(frames[2], frames[3], frames[4], frames[5], []byte("id"))
	}
	f.Fuzz(func(t *testing.T, header, parent, metadata, content, extra []byte) {
		c := newCodec(t)
		c.Decode([][]byte{extra, delimiter, header, parent, metadata, content})
		m, err := c.Decode(append([][]byte{extra}, signed(c, header, parent, metadata, content, extra)...))
		if err != nil {
			return
		}
		if bytes.Equal(extra, delimiter) {
			t.Fatal("the first delimiter was passed over")
		}
		m.CellID()
		_, _ = m.Header.Time()
		if _, bad := m.Content.(*Malformed); bad {
			return
		}
		again, err := newCodec(t).Decode(encode(t, c, m))
		if err != nil {
			t.Fatalf("decode, encode, decode: %v\n%s", err, content)
		}
		if diff := cmp.Diff(m.Header, again.Header); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkEncodeStatus(b *testing.B) {
	c, s := newCodec(b), NewSession("kernel")
	parent := s.New(&ExecuteRequest{Code: "x"})
	for b.Loop() {
		if _, err := c.Encode(s.Child(parent, &Status{State: "busy"})); err != nil {
			b.Fatal(err)
		}
	}
}
