package accuracy_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/experiment/accuracy"
)

func ExampleTasks() {
	for _, task := range accuracy.Tasks() {
		if task.Bar.Least > 95 {
			fmt.Println(task.Name, task.Network, task.Bar)
		}
	}
	// Output:
	// digits 64-128-64-10 ≥ 98.0, level
	// mnist 784-512-256-10 ≥ 98.5, −0.1
}

// A row that nobody trained for.
func ExampleMarkdown() {
	reached := func(value float64) func(context.Context, *experiment.Trial) (experiment.Metrics, error) {
		return func(context.Context, *experiment.Trial) (experiment.Metrics, error) {
			return experiment.Metrics{"accuracy": value}, nil
		}
	}
	table, err := experiment.Run(context.Background(), experiment.Plan{Methods: []experiment.Method{
		{Name: accuracy.MOLE, Run: reached(0.985)}, {Name: accuracy.Backprop, Run: reached(0.98)},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	row := accuracy.Row{Task: accuracy.Tasks()[0], Table: table, Measured: accuracy.Here("v1", "by hand")}
	fmt.Println(row.Verdict())
	fmt.Println(strings.Split(accuracy.Markdown([]accuracy.Row{row}), "\n")[2])
	// Output:
	// passes
	// | `digits` | digits 8×8, stratified 80/20 split by seed | 64-128-64-10 | **98.50 ± 0.00** | 98.00 ± 0.00 | +0.50 ± 0.00 | ≥ 98.0, level | passes |
}

func ExampleUpdate() {
	_, err := accuracy.Update("a page of something else", nil)
	fmt.Println(strings.Split(err.Error(), "\n")[0])
	// Output: the page lacks the marks between which the tables stand:
}
