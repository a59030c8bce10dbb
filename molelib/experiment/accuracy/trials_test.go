package accuracy_test

import (
	"context"
	"flag"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/experiment"
)

// The settings of docs/accuracy.md were chosen by these trials, on validation examples that come
// from the training data alone.
//
//	MOLE_DATA_MIRROR=folder go test ./molelib/experiment/accuracy -run TestTrials -trials mutag -seeds 1,2,3,4 -v -timeout 5h
var (
	trialsOf    = flag.String("trials", "", "row of docs/accuracy.md to try settings for: digits, fashion, fashion-cnn, mnist, mutag, proteins")
	trialsOnly  = flag.String("only", "", "regular expression for the names of the settings to try; empty: all")
	trialsSeeds = flag.String("seeds", "1", "seeds to try each setting with")
	trialsFile  = flag.String("results", "", "folder that keeps the results of finished runs, to go on from; empty: none")
)

// trial is what was tried for a row of the table.
type trial struct {
	row      string
	folds    int
	data     func(ctx context.Context) (experiment.Split, error) // for training and validation
	network  func() *mole.Network
	settings []setting
}

// setting is one way to train.
type setting struct {
	name     string
	backprop bool
	changes  []change
}

// change sets something of the network or its training.
type change func(net *mole.Network, o *mole.Options)

func modular(name string, changes ...change) setting { return setting{name, false, changes} }

func backprop(name string, changes ...change) setting { return setting{name, true, changes} }

func (s setting) method() experiment.Method {
	all := func(net *mole.Network, o *mole.Options) {
		for _, c := range s.changes {
			c(net, o)
		}
	}
	if s.backprop {
		return experiment.Method{Name: s.name, Run: experiment.BackpropWith(all)}
	}
	return experiment.Method{Name: s.name, Run: experiment.With(all)}
}

func TestTrials(t *testing.T) {
	if *trialsOf == "" {
		t.Skip("a long measurement: give -trials digits, fashion, fashion-cnn, mnist, mutag or proteins")
	}
	trials := slices.Concat(gridTrials(), graphTrials())
	i := slices.IndexFunc(trials, func(tr trial) bool { return tr.row == *trialsOf })
	if i < 0 {
		t.Fatalf("there are no trials for %q", *trialsOf)
	}
	plan := trials[i].plan(t)
	table, err := experiment.Run(t.Context(), plan)
	if err != nil {
		t.Error(err)
	}
	t.Logf("\n%v", table)
}

func TestSettingsOfTrialsFitTheirNetworks(t *testing.T) {
	for _, tr := range slices.Concat(gridTrials(), graphTrials()) {
		seen := map[string]bool{}
		for _, s := range tr.settings {
			if seen[s.name] {
				t.Errorf("%s: two settings are called %q", tr.row, s.name)
			}
			seen[s.name] = true
			net, outputs := tr.network(), tr.network().Outputs()
			for _, c := range s.changes {
				c(net, new(mole.Options))
			}
			if mole.NewNetwork(net.Modules...); net.Outputs() != outputs {
				t.Errorf("%s: %q has %d outputs, not %d", tr.row, s.name, net.Outputs(), outputs)
			}
		}
	}
}

func (tr trial) plan(t *testing.T) experiment.Plan {
	t.Helper()
	split, err := tr.data(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plan := experiment.Plan{
		Name: "settings for " + tr.row, Data: split, Folds: tr.folds, Network: tr.network, Options: mole.Options{Probe: -1},
	}
	for s := range strings.SplitSeq(*trialsSeeds, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("-seeds %s: %v", *trialsSeeds, err)
		}
		plan.Seeds = append(plan.Seeds, n)
	}
	if *trialsFile != "" {
		plan.File = filepath.Join(*trialsFile, "trials-"+tr.row+".jsonl")
	}
	only, err := regexp.Compile(*trialsOnly)
	if err != nil {
		t.Fatalf("-only %s: %v", *trialsOnly, err)
	}
	for _, s := range tr.settings {
		if !only.MatchString(s.name) {
			continue
		}
		plan.Methods = append(plan.Methods, s.method())
	}
	return plan
}

func objective(i mole.Information) change {
	return func(net *mole.Network, _ *mole.Options) { net.SetObjective(i) }
}

// epochs are those of each hidden module, and of the last one and back-propagation.
func epochs(hidden, last int) change {
	return func(_ *mole.Network, o *mole.Options) { o.Epochs, o.OutputEpochs = hidden, last }
}

func batch(n int) change {
	return func(_ *mole.Network, o *mole.Options) { o.Batch = n }
}

func rate(r float64) change {
	return func(_ *mole.Network, o *mole.Options) { o.Rate = r }
}

func lastRate(r float64) change {
	return func(net *mole.Network, _ *mole.Options) { net.Modules[len(net.Modules)-1].Rate = r }
}

func together(_ *mole.Network, o *mole.Options) { o.Mode = mole.Simultaneous }

func grouped(sizes ...int) change {
	return func(net *mole.Network, _ *mole.Options) { *net = *net.Group(sizes...) }
}
