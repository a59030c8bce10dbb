package wire

import "encoding/json"

// ExecuteRequest asks the kernel to run code.
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    *bool             `json:"store_history,omitempty"` // nil means !Silent
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      *bool             `json:"allow_stdin,omitempty"`   // nil means true
	StopOnError     *bool             `json:"stop_on_error,omitempty"` // nil means true
}

// Stores says whether the cell counts and enters the history.
func (r *ExecuteRequest) Stores() bool {
	return !r.Silent && (r.StoreHistory == nil || *r.StoreHistory)
}

// AllowsStdin says whether the front end answers input requests.
func (r *ExecuteRequest) AllowsStdin() bool { return r.AllowStdin == nil || *r.AllowStdin }

// StopsOnError says whether an error aborts the requests that wait behind this one.
func (r *ExecuteRequest) StopsOnError() bool { return r.StopOnError == nil || *r.StopOnError }

// CompleteRequest asks for what may stand at the cursor.
type CompleteRequest struct {
	Code      string `json:"code"`
	CursorPos *int   `json:"cursor_pos,omitempty"` // in code points; nil is the end of Code
}

// InspectRequest asks what is known of the name under the cursor.
type InspectRequest struct {
	Code        string `json:"code"`
	CursorPos   *int   `json:"cursor_pos,omitempty"` // in code points; nil is the end of Code
	DetailLevel int    `json:"detail_level"`
}

// IsCompleteRequest asks whether code could be run as it stands.
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// HistoryRequest asks for earlier inputs.
type HistoryRequest struct {
	Output  bool   `json:"output"`
	Raw     bool   `json:"raw"`
	Access  string `json:"hist_access_type"` // "range", "tail" or "search"
	Session int    `json:"session"`          // range: 0 is this one, negative counts back
	Start   int    `json:"start"`
	Stop    *int   `json:"stop,omitempty"` // range: exclusive; nil is the end
	N       *int   `json:"n,omitempty"`    // tail, search: at most so many; nil is no limit
	Pattern string `json:"pattern"`        // search: a glob with * and ?
	Unique  bool   `json:"unique"`
}

// KernelInfoRequest asks what kernel this is.
type KernelInfoRequest struct{}

// ConnectRequest asks for the ports.
type ConnectRequest struct{}

// CommInfoRequest asks which comms are open.
type CommInfoRequest struct {
	TargetName string `json:"target_name,omitempty"`
}

// ShutdownRequest asks the kernel to end.
type ShutdownRequest struct {
	Restart bool `json:"restart"`
}

// InterruptRequest asks the kernel to stop the running cell.
type InterruptRequest struct{}

// DebugRequest carries a message of the Debug Adapter Protocol.
type DebugRequest struct {
	Seq     int    `json:"seq"`
	Type    string `json:"type"`
	Command string `json:"command"`
}

// InputReply is the front end's answer to an InputRequest. It is a message of its own,
// although its name says otherwise, and carries no status.
type InputReply struct {
	Value string `json:"value"`
}

// CommOpen begins a conversation between two objects; either side may send it.
type CommOpen struct {
	ID     string          `json:"comm_id"`
	Target string          `json:"target_name"`
	Data   json.RawMessage `json:"data"`
}

// CommMsg continues a conversation.
type CommMsg struct {
	ID   string          `json:"comm_id"`
	Data json.RawMessage `json:"data"`
}

// CommClose ends a conversation.
type CommClose struct {
	ID   string          `json:"comm_id"`
	Data json.RawMessage `json:"data"`
}

// Unknown is the content of a message whose type this package does not know.
type Unknown struct {
	Type string
	Data json.RawMessage
}

// Malformed is content that does not have the shape its type calls for.
type Malformed struct {
	Type string
	Err  error
}

// MsgType returns the protocol's name of the message, as for all contents.
func (*ExecuteRequest) MsgType() string    { return "execute_request" }
func (*CompleteRequest) MsgType() string   { return "complete_request" }
func (*InspectRequest) MsgType() string    { return "inspect_request" }
func (*IsCompleteRequest) MsgType() string { return "is_complete_request" }
func (*HistoryRequest) MsgType() string    { return "history_request" }
func (*KernelInfoRequest) MsgType() string { return "kernel_info_request" }
func (*ConnectRequest) MsgType() string    { return "connect_request" }
func (*CommInfoRequest) MsgType() string   { return "comm_info_request" }
func (*ShutdownRequest) MsgType() string   { return "shutdown_request" }
func (*InterruptRequest) MsgType() string  { return "interrupt_request" }
func (*DebugRequest) MsgType() string      { return "debug_request" }
func (*InputReply) MsgType() string        { return "input_reply" }
func (*CommOpen) MsgType() string          { return "comm_open" }
func (*CommMsg) MsgType() string           { return "comm_msg" }
func (*CommClose) MsgType() string         { return "comm_close" }
func (u *Unknown) MsgType() string         { return u.Type }
func (m *Malformed) MsgType() string       { return m.Type }

// MarshalJSON writes the data as it came.
func (u *Unknown) MarshalJSON() ([]byte, error) {
	if len(u.Data) == 0 {
		return []byte("{}"), nil
	}
	return u.Data, nil
}
