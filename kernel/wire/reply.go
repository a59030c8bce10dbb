package wire

import "encoding/json"

// Reply is what all replies begin with.
type Reply struct {
	Status string `json:"status"` // "ok", "error" or "aborted"
	*Failure
}

// Failure says what went wrong; its fields are present in a reply with status "error".
type Failure struct {
	EName     string   `json:"ename"`
	EValue    string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// OK is the beginning of a reply to a request that succeeded.
func OK() Reply { return Reply{Status: "ok"} }

// Failed is the beginning of a reply to a request that failed.
func Failed(f Failure) Reply {
	if f.Traceback == nil {
		f.Traceback = []string{}
	}
	return Reply{Status: "error", Failure: &f}
}

// ExecuteReply ends an ExecuteRequest.
type ExecuteReply struct {
	Reply
	ExecutionCount  int                   `json:"execution_count"`
	Payload         []json.RawMessage     `json:"payload"` // never nil
	UserExpressions map[string]Expression `json:"user_expressions"`
}

// Expression is the outcome of one user expression.
type Expression struct {
	Reply
	Data     map[string]any `json:"data,omitempty"`
	Metadata map[string]any `json:"metadata,omitempty"`
}

// CompleteReply answers a CompleteRequest. Offsets are code points.
type CompleteReply struct {
	Reply
	Matches     []string         `json:"matches"`
	CursorStart int              `json:"cursor_start"`
	CursorEnd   int              `json:"cursor_end"`
	Metadata    CompleteMetadata `json:"metadata"`
}

// CompleteMetadata describes the matches, one entry for each.
type CompleteMetadata struct {
	Types []CompletionType `json:"_jupyter_types_experimental,omitempty"`
}

// CompletionType tells front ends what kind of thing a match is.
type CompletionType struct {
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature,omitempty"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
}

// InspectReply answers an InspectRequest.
type InspectReply struct {
	Reply
	Found    bool           `json:"found"`
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
}

// IsCompleteReply answers an IsCompleteRequest; its status is not that of a Reply.
type IsCompleteReply struct {
	Status string `json:"status"` // "complete", "incomplete", "invalid" or "unknown"
	Indent string `json:"indent,omitempty"`
}

// HistoryReply answers a HistoryRequest.
type HistoryReply struct {
	Reply
	History []HistoryItem `json:"history"`
}

// HistoryItem is one earlier input. It travels as the array [session, line, input] or,
// with an output, as [session, line, [input, output]].
type HistoryItem struct {
	Session, Line int
	Input, Output string
	WithOutput    bool
}

// MarshalJSON writes the item as an array.
func (h HistoryItem) MarshalJSON() ([]byte, error) {
	if !h.WithOutput {
		return marshal([]any{h.Session, h.Line, h.Input})
	}
	var out *string
	if h.Output != "" {
		out = &h.Output
	}
	return marshal([]any{h.Session, h.Line, []any{h.Input, out}})
}

// UnmarshalJSON reads the array that MarshalJSON writes.
func (h *HistoryItem) UnmarshalJSON(b []byte) error {
	var last json.RawMessage
	parts := []any{&h.Session, &h.Line, &last}
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	if len(last) == 0 || last[0] != '[' {
		h.WithOutput = false
		return unmarshalOr(last, &h.Input)
	}
	h.WithOutput = true
	pair := []any{&h.Input, &h.Output}
	return json.Unmarshal(last, &pair)
}

func unmarshalOr(b []byte, to any) error {
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, to)
}

// KernelInfoReply answers a KernelInfoRequest.
type KernelInfoReply struct {
	Reply
	ProtocolVersion       string       `json:"protocol_version"`
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	LanguageInfo          LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	Debugger              bool         `json:"debugger"`
	HelpLinks             []HelpLink   `json:"help_links"`
	SupportedFeatures     []string     `json:"supported_features"`
}

// LanguageInfo describes the language of the cells.
type LanguageInfo struct {
	Name              string `json:"name"`
	Version           string `json:"version"`
	Mimetype          string `json:"mimetype"`
	FileExtension     string `json:"file_extension"`
	PygmentsLexer     string `json:"pygments_lexer,omitempty"`
	CodemirrorMode    string `json:"codemirror_mode,omitempty"`
	NBConvertExporter string `json:"nbconvert_exporter,omitempty"`
}

// HelpLink is an entry of the front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// ConnectReply answers a ConnectRequest.
type ConnectReply struct {
	Reply
	ShellPort   int `json:"shell_port"`
	IOPubPort   int `json:"iopub_port"`
	StdinPort   int `json:"stdin_port"`
	ControlPort int `json:"control_port"`
	HBPort      int `json:"hb_port"`
}

// CommInfoReply answers a CommInfoRequest: the open comms by id.
type CommInfoReply struct {
	Reply
	Comms map[string]CommTarget `json:"comms"`
}

// CommTarget is the target of an open comm.
type CommTarget struct {
	TargetName string `json:"target_name"`
}

// ShutdownReply answers a ShutdownRequest.
type ShutdownReply struct {
	Reply
	Restart bool `json:"restart"`
}

// InterruptReply answers an InterruptRequest.
type InterruptReply struct {
	Reply
}

// DebugReply answers a DebugRequest with a response of the Debug Adapter Protocol.
type DebugReply struct {
	Type       string `json:"type"` // "response"
	RequestSeq int    `json:"request_seq"`
	Success    bool   `json:"success"`
	Command    string `json:"command"`
	Message    string `json:"message,omitempty"`
}

// ErrorReply refuses a request of any type.
type ErrorReply struct {
	Type string `json:"-"` // e.g. "complete_reply"
	Reply
}

// MsgType returns the protocol's name of the message, as for all contents.
func (*ExecuteReply) MsgType() string    { return "execute_reply" }
func (*CompleteReply) MsgType() string   { return "complete_reply" }
func (*InspectReply) MsgType() string    { return "inspect_reply" }
func (*IsCompleteReply) MsgType() string { return "is_complete_reply" }
func (*HistoryReply) MsgType() string    { return "history_reply" }
func (*KernelInfoReply) MsgType() string { return "kernel_info_reply" }
func (*ConnectReply) MsgType() string    { return "connect_reply" }
func (*CommInfoReply) MsgType() string   { return "comm_info_reply" }
func (*ShutdownReply) MsgType() string   { return "shutdown_reply" }
func (*InterruptReply) MsgType() string  { return "interrupt_reply" }
func (*DebugReply) MsgType() string      { return "debug_reply" }
func (e *ErrorReply) MsgType() string    { return e.Type }
