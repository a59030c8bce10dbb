package kernel_test

import (
	"io"
	"os"
	"testing"
)

// TestMain lets a test start this binary as a process that lives until its stdin ends.
func TestMain(m *testing.M) {
	if os.Getenv("KERNELTEST_WAIT") != "" {
		io.Copy(io.Discard, os.Stdin)
		return
	}
	os.Exit(m.Run())
}
