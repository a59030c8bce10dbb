package wire

// Status tells that the kernel begins or ends to work on the parent request.
type Status struct {
	State string `json:"execution_state"` // "busy", "idle" or "starting"
}

// Stream is text that a cell printed.
type Stream struct {
	Name string `json:"name"` // "stdout" or "stderr"
	Text string `json:"text"`
}

// ExecuteInput shows all clients what runs.
type ExecuteInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// ExecuteResult is the value of a cell.
type ExecuteResult struct {
	ExecutionCount int            `json:"execution_count"`
	Data           map[string]any `json:"data"`
	Metadata       map[string]any `json:"metadata"`
}

// DisplayData shows a value in the middle of a cell.
type DisplayData struct {
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Transient Transient      `json:"transient"`
}

// UpdateDisplayData replaces the displays that carry the same id.
type UpdateDisplayData struct {
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Transient Transient      `json:"transient"`
}

// Transient is what belongs to a display but is not stored with it.
type Transient struct {
	DisplayID string `json:"display_id,omitempty"`
}

// ClearOutput removes what the cell has shown.
type ClearOutput struct {
	Wait bool `json:"wait"` // until there is something new to show
}

// Error shows why a cell failed.
type Error struct {
	Failure
}

// InputRequest asks the user, on the stdin channel, for a line.
type InputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

// Welcome greets a new subscriber of IOPub: from now on it misses nothing.
type Welcome struct {
	Subscription string `json:"subscription"`
}

// MsgType returns the protocol's name of the message, as for all contents.
func (*Status) MsgType() string            { return "status" }
func (*Stream) MsgType() string            { return "stream" }
func (*ExecuteInput) MsgType() string      { return "execute_input" }
func (*ExecuteResult) MsgType() string     { return "execute_result" }
func (*DisplayData) MsgType() string       { return "display_data" }
func (*UpdateDisplayData) MsgType() string { return "update_display_data" }
func (*ClearOutput) MsgType() string       { return "clear_output" }
func (*Error) MsgType() string             { return "error" }
func (*InputRequest) MsgType() string      { return "input_request" }
func (*Welcome) MsgType() string           { return "iopub_welcome" }

// blank returns an empty content of the given type, nil for a type not known.
func blank(msgType string) Content {
	if c := blankRequest(msgType); c != nil {
		return c
	}
	if c := blankReply(msgType); c != nil {
		return c
	}
	switch msgType {
	case "status":
		return new(Status)
	case "stream":
		return new(Stream)
	case "execute_input":
		return new(ExecuteInput)
	case "execute_result":
		return new(ExecuteResult)
	case "display_data":
		return new(DisplayData)
	case "update_display_data":
		return new(UpdateDisplayData)
	case "clear_output":
		return new(ClearOutput)
	case "error":
		return new(Error)
	case "input_request":
		return new(InputRequest)
	case "iopub_welcome":
		return new(Welcome)
	}
	return nil
}

func blankRequest(msgType string) Content {
	switch msgType {
	case "execute_request":
		return new(ExecuteRequest)
	case "complete_request":
		return new(CompleteRequest)
	case "inspect_request":
		return new(InspectRequest)
	case "is_complete_request":
		return new(IsCompleteRequest)
	case "history_request":
		return new(HistoryRequest)
	case "kernel_info_request":
		return new(KernelInfoRequest)
	case "connect_request":
		return new(ConnectRequest)
	case "comm_info_request":
		return new(CommInfoRequest)
	case "shutdown_request":
		return new(ShutdownRequest)
	case "interrupt_request":
		return new(InterruptRequest)
	case "debug_request":
		return new(DebugRequest)
	case "input_reply":
		return new(InputReply)
	case "comm_open":
		return new(CommOpen)
	case "comm_msg":
		return new(CommMsg)
	case "comm_close":
		return new(CommClose)
	}
	return nil
}

func blankReply(msgType string) Content {
	switch msgType {
	case "execute_reply":
		return new(ExecuteReply)
	case "complete_reply":
		return new(CompleteReply)
	case "inspect_reply":
		return new(InspectReply)
	case "is_complete_reply":
		return new(IsCompleteReply)
	case "history_reply":
		return new(HistoryReply)
	case "kernel_info_reply":
		return new(KernelInfoReply)
	case "connect_reply":
		return new(ConnectReply)
	case "comm_info_reply":
		return new(CommInfoReply)
	case "shutdown_reply":
		return new(ShutdownReply)
	case "interrupt_reply":
		return new(InterruptReply)
	case "debug_reply":
		return new(DebugReply)
	}
	return nil
}
