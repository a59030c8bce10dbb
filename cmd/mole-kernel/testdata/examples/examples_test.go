package examples_test

import (
	"fmt"

	"github.com/mole-kernel/mole-kernel/cmd/mole-kernel/testdata/examples"
)

func ExampleShown() {
	fmt.Println(examples.Shown(), examples.Shown().Size())
	// Output: square 4
}

// It never runs.
func ExampleSilent() {
	examples.Silent()
}
