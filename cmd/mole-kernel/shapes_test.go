package main

import (
	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"

	"github.com/mole-kernel/mole-kernel/kernel/nb"
	"github.com/mole-kernel/mole-kernel/plotting"
)

// The rooms do not know each other; they meet through these shapes.
var (
	_ plotting.History = (*mole.Report)(nil)
	_ plotting.Matrix  = (*tensor.Matrix)(nil)
	_ mole.Observer    = (*nb.LiveView)(nil)
)
