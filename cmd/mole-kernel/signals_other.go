//go:build !unix

package main

import "os"

// terminating are the signals that end a run.
var terminating = []os.Signal{os.Interrupt}
