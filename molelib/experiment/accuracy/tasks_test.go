package accuracy_test

import (
	"context"
	"os"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/experiment/accuracy"
)

// named returns the plan of a task.
func named(t *testing.T, name string) (accuracy.Task, experiment.Plan) {
	t.Helper()
	for _, task := range accuracy.Tasks() {
		if task.Name != name {
			continue
		}
		plan, err := task.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return task, plan
	}
	t.Fatalf("there is no task %q", name)
	return accuracy.Task{}, experiment.Plan{}
}

// means runs a plan and returns the mean accuracies in %.
func means(t *testing.T, plan experiment.Plan) (modular, backprop float64) {
	t.Helper()
	table, err := experiment.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v", table)
	return 100 * table.Summary(accuracy.MOLE).Mean, 100 * table.Summary(accuracy.Backprop).Mean
}

func TestTasksAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, task := range accuracy.Tasks() {
		if task.Name == "" || task.Title == "" || task.Network == "" || seen[task.Name] {
			t.Errorf("task %+v lacks something, or its name is taken", task)
		}
		seen[task.Name] = true
		plan, err := task.Plan(canceled())
		if err != nil {
			continue // its data are not at hand
		}
		if m := plan.Methods; plan.Name != task.Name || len(m) != 2 || m[0].Name != accuracy.MOLE || m[1].Name != accuracy.Backprop {
			t.Errorf("the plan of %s is called %s, its methods are %v", task.Name, plan.Name, m)
		}
	}
	for _, name := range []string{"digits", "iris", "wine", "cancer", "fashion"} {
		if !seen[name] {
			t.Errorf("there is no task %s", name)
		}
	}
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// TestDigitsReachTheBar holds the promise of the README with fewer epochs than the task has:
// MOLE at least 96.5 % on the digits, and not more than half a point below back-propagation.
func TestDigitsReachTheBar(t *testing.T) {
	if testing.Short() {
		t.Skip("trains six networks")
	}
	_, plan := named(t, "digits")
	plan.Options.Epochs, plan.Options.Probe = 20, -1
	if modular, backprop := means(t, plan); modular < 96.5 || modular < backprop-0.5 {
		t.Errorf("MOLE %.2f %%, back-propagation %.2f %%", modular, backprop)
	}
}

// TestFashionSubsetIsLevelWithBackpropagation is the short form of the measurement on
// Fashion-MNIST, where the data are at hand.
func TestFashionSubsetIsLevelWithBackpropagation(t *testing.T) {
	if testing.Short() || os.Getenv(data.MirrorVariable) == "" {
		t.Skipf("trains two networks on data from a mirror: set %s", data.MirrorVariable)
	}
	_, plan := named(t, "fashion")
	whole := plan.Data
	plan.Data = func(ctx context.Context, p experiment.Part) (mole.Examples, mole.Examples, error) {
		train, test, err := whole(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		return train.(*data.Dataset).Head(4000), test.(*data.Dataset).Head(2000), nil
	}
	plan.Network = func() *mole.Network { return mole.MLP(784, 128, 64, 10) }
	plan.Seeds, plan.Options = []int{1}, mole.Options{Epochs: 10, Probe: -1}
	// Two thousand test examples have a standard error of 0.8 points.
	if modular, backprop := means(t, plan); modular < 81 || modular < backprop-2 {
		t.Errorf("MOLE %.2f %%, back-propagation %.2f %%", modular, backprop)
	}
}
