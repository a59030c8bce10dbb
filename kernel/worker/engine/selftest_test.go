package engine

import "testing"

func TestRunTimeTypesFitThisGoRelease(t *testing.T) {
	if err := selfTest(); err != nil {
		t.Fatal(err)
	}
}
