package wire

import "testing"

func TestEveryTypeDecodesIntoItsOwnContent(t *testing.T) {
	for _, msgType := range []string{
		"execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request",
		"kernel_info_request", "connect_request", "comm_info_request", "shutdown_request", "interrupt_request",
		"debug_request", "input_reply", "comm_open", "comm_msg", "comm_close",
		"execute_reply", "complete_reply", "inspect_reply", "is_complete_reply", "history_reply", "kernel_info_reply",
		"connect_reply", "comm_info_reply", "shutdown_reply", "interrupt_reply", "debug_reply",
		"status", "stream", "execute_input", "execute_result", "display_data", "update_display_data", "clear_output",
		"error", "input_request", "iopub_welcome",
	} {
		c := decodeContent(msgType, []byte("{}"))
		if c.MsgType() != msgType {
			t.Errorf("%s decodes into %T of type %s", msgType, c, c.MsgType())
		}
		if _, unknown := c.(*Unknown); unknown {
			t.Errorf("%s is not known", msgType)
		}
	}
	if c := decodeContent("usage_request", []byte("{}")); c.MsgType() != "usage_request" {
		t.Errorf("an unknown type decodes into %T of type %s", c, c.MsgType())
	}
}

func TestChannelsHaveTheNamesOfTheProtocol(t *testing.T) {
	for ch, want := range map[Channel]string{Shell: "shell", Control: "control", Stdin: "stdin", IOPub: "iopub", 7: "channel 7"} {
		if got := ch.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
