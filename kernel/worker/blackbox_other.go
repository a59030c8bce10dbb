//go:build !linux

package worker

import (
	"os"

	"github.com/mole-kernel/mole-kernel/kernel/worker/engine"
)

func newBlackbox() *blackbox { return nil }

func mapBlackbox(*os.File) *engine.BlackBox { return nil }
