package engine

import (
	"runtime"
	"testing"
)

func TestRunTimeTypesFitThisGoRelease(t *testing.T) {
	if err := selfTest(runtime.GC); err != nil {
		t.Fatal(err)
	}
}
