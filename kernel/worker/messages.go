package worker

import (
	"encoding/base64"
	"encoding/json"
	"sort"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel"
)

// The bodies of the frames that the supervisor sends.
type (
	// startBody is the first frame.
	startBody struct {
		Nonce       string // in every marker, so that no text can be taken for one
		MemoryLimit int64  // bytes; 0 for none
	}
	// loadBody has the encoded program as its attachment; loadedBody answers it.
	loadBody struct{ Program uint64 }
	// runBody runs a loaded program ("run"), or the one that is its attachment ("execute");
	// doneBody answers it.
	runBody struct {
		Program    uint64
		Cell       int
		AllowInput bool
		Measure    bool // answer with the Usage
	}
	interruptBody struct{ Program uint64 }
	answerBody    struct {
		Question uint64
		Text     string
		Error    string
	}
	// barrierBody asks for a passedBody behind everything printed and shown so far.
	barrierBody struct{ Barrier uint64 }
)

// The bodies of the frames that the worker sends.
type (
	readyBody  struct{ Error string }
	loadedBody struct {
		Program uint64
		Error   string
	}
	begunBody struct{ Program uint64 } // the program of an "execute" is loaded and starts
	doneBody  struct {
		Program uint64
		Value   *parts
		Failure *Failure
		Usage   *Usage

		LoadError string `json:",omitempty"` // why the program of an "execute" did not run
	}
	passedBody  struct{ Barrier uint64 }
	displayBody struct {
		Cell   int
		ID     string
		Update bool
		Shown  parts
	}
	clearBody struct {
		Cell int
		Wait bool
	}
	withdrawBody struct{ Question uint64 } // the answer is no longer wanted
	questionBody struct {
		Question uint64
		Cell     int
		Prompt   string
		Password bool
	}
)

// Failure is why a cell's code did not come to its end.
type Failure struct {
	Name   string // Panic, Interrupted, Exit
	Value  string // one line or more, without positions
	Frames []Frame
	Note   string // what the user should know or do; "" for nothing
	Left   bool   // something of the cell still runs
}

// Frame is a place in a cell that the failed code was in, innermost first.
type Frame struct {
	Cell, Line, Column int
	Function           string // with the values of its parameters: g(k = 7); "" at the top of a cell and where it is not known
}

// parts describes a bundle whose texts and binary data travel as attachments.
type parts struct {
	Mimes    []string                   // one for each attachment
	Binary   []bool                     // whether the attachment becomes base64
	Values   map[string]json.RawMessage // representations that are JSON values
	Metadata map[string]any
}

// pack takes a bundle apart. A representation that JSON cannot hold is left out.
func pack(data, metadata map[string]any) (parts, [][]byte) {
	p := parts{Metadata: metadata}
	if _, err := json.Marshal(metadata); err != nil {
		p.Metadata = nil
	}
	var attachments [][]byte
	mimes := make([]string, 0, len(data))
	for mime := range data {
		mimes = append(mimes, mime)
	}
	sort.Strings(mimes)
	for _, mime := range mimes {
		switch v := data[mime].(type) {
		case string:
			attachments = append(attachments, []byte(v))
			p.Mimes, p.Binary = append(p.Mimes, mime), append(p.Binary, false)
		case []byte:
			attachments = append(attachments, v)
			p.Mimes, p.Binary = append(p.Mimes, mime), append(p.Binary, !isText(mime))
		default:
			if encoded, err := json.Marshal(v); err == nil {
				if p.Values == nil {
					p.Values = map[string]json.RawMessage{}
				}
				p.Values[mime] = encoded
			}
		}
	}
	return p, attachments
}

// isText tells of a MIME type whose representation is a string in the Jupyter protocol.
func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || strings.HasSuffix(mime, "+xml") || mime == "application/javascript"
}

// unpack makes the bundle of the Jupyter protocol.
func (p parts) unpack(attachments [][]byte) kernel.Bundle {
	b := kernel.Bundle{Data: map[string]any{}, Metadata: p.Metadata}
	for i, mime := range p.Mimes {
		switch {
		case i >= len(attachments) || i >= len(p.Binary):
		case p.Binary[i]:
			b.Data[mime] = base64.StdEncoding.EncodeToString(attachments[i])
		default:
			b.Data[mime] = strings.ToValidUTF8(string(attachments[i]), "\uFFFD")
		}
	}
	for mime, v := range p.Values {
		b.Data[mime] = v
	}
	return b
}
