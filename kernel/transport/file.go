package transport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
)

// File is the content of a connection file: where a kernel listens, and the key that
// signs its messages.
type File struct {
	Transport   string `json:"transport"` // "tcp" or "ipc"
	IP          string `json:"ip"`        // for ipc the beginning of the sockets' paths; "*" is all interfaces
	ShellPort   int    `json:"shell_port"`
	ControlPort int    `json:"control_port"`
	StdinPort   int    `json:"stdin_port"`
	IOPubPort   int    `json:"iopub_port"`
	HBPort      int    `json:"hb_port"`
	Key         string `json:"key"`
	Scheme      string `json:"signature_scheme"`
	CurveKey    string `json:"curve_publickey,omitempty"`
}

// ReadFile reads and checks a connection file. Its errors are one line and say what to do.
func ReadFile(path string) (File, error) {
	var f File
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, fmt.Errorf("connection file %s does not exist: Jupyter writes it, so start the kernel from Jupyter", path)
	}
	if err != nil {
		return f, fmt.Errorf("read connection file: %w", err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("connection file %s is not what Jupyter writes: %w", path, err)
	}
	if err := f.check(); err != nil {
		return f, fmt.Errorf("connection file %s: %w", path, err)
	}
	return f, nil
}

func (f *File) check() error {
	if f.Transport == "" {
		f.Transport = "tcp"
	}
	switch {
	case f.Transport != "tcp" && f.Transport != "ipc":
		return fmt.Errorf("transport %q is not supported, use tcp or ipc", f.Transport)
	case f.IP == "":
		return errors.New("ip is missing")
	case f.Scheme != "" && f.Scheme != "hmac-sha256":
		return fmt.Errorf("signature_scheme %q is not supported, use hmac-sha256", f.Scheme)
	case f.Key == "":
		return errors.New("key is empty: only signed messages are accepted")
	case f.CurveKey != "":
		return errors.New("encryption is not supported, set KernelManager.transport_encryption to disabled or auto")
	}
	for name, port := range map[string]int{
		"shell": f.ShellPort, "control": f.ControlPort, "stdin": f.StdinPort, "iopub": f.IOPubPort, "hb": f.HBPort,
	} {
		if port < 0 || port > 65535 {
			return fmt.Errorf("%s_port is %d", name, port)
		}
	}
	return nil
}

// listen opens the socket of one channel.
func (f *File) listen(port int) (net.Listener, error) {
	if f.Transport == "ipc" {
		return listenUnix(f.IP + "-" + strconv.Itoa(port))
	}
	host := f.IP
	if host == "*" {
		host = ""
	}
	return net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}

// listenUnix opens a socket that only its owner can connect to. A file that a dead
// kernel left behind is replaced.
func listenUnix(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("%s is in use by another process", path)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSocket != 0 {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}
