package nb_test

import (
	"errors"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel/nb"
)

func TestCheckPanicsWithTheError(t *testing.T) {
	nb.Check(nil)
	want := errors.New("no data")
	defer func() {
		if got := recover(); got != want {
			t.Errorf("nb.Check(%v) panicked with %v", want, got)
		}
	}()
	nb.Check(want)
	t.Error("nb.Check returned")
}
