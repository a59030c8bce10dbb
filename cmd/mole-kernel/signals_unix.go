//go:build unix

package main

import (
	"os"
	"syscall"
)

// terminating are the signals that end a run.
var terminating = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
