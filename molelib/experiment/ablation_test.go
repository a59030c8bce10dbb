package experiment_test

import (
	"flag"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/mi"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// The ablations of docs/mole.md, on validation data: what one choice of the recipe does when
// everything else stays as it is.
//
//	go test ./molelib/experiment -run TestAblations -ablation width -on digits -v
//	MOLE_DATA_MIRROR=folder go test ./molelib/experiment -run TestAblations -ablation all -on fashion -v -timeout 5h
var (
	ablated       = flag.String("ablation", "", "choices to ablate for docs/mole.md, with commas between them, or all")
	ablationData  = flag.String("on", "digits", "data to ablate on: digits, fashion (the first 6,000)")
	ablationSeeds = flag.String("seeds", "1,2,3", "seeds to train each variant with")
	ablationFile  = flag.String("results", "", "folder that keeps the results of finished runs, to go on from; empty: none")
)

// variant is one setting of a choice.
type variant struct {
	name   string
	change func(net *mole.Network, o *mole.Options)
}

// with gives every hidden module the objective.
func with(name string, objective mole.Objective) variant {
	return variant{name, func(net *mole.Network, _ *mole.Options) { net.SetObjective(objective) }}
}

// recipe is what each variant differs from in one thing.
var recipe = variant{"recipe", func(*mole.Network, *mole.Options) {}}

var ablations = []struct {
	name     string
	variants []variant
}{
	{"width", []variant{
		recipe, // adaptive, c = 0.7
		with("c = 0.35", mole.Information{Scale: 0.35}),
		with("c = 0.5", mole.Information{Scale: 0.5}),
		with("c = 1", mole.Information{Scale: 1}),
		with("c = 1.4", mole.Information{Scale: 1.4}),
		with("not differentiated, c = 0.7", detached{projection: 128, scale: 0.7}),
		with("not differentiated, no projection", detached{scale: 1}),
		with("fixed σ = 1", mole.Information{Width: 1}),
		with("fixed σ = 5", mole.Information{Width: 5}),
		with("fixed σ = 20", mole.Information{Width: 20}),
	}},
	{"projection", []variant{
		recipe, // 128
		with("none", mole.Information{Projection: -1}),
		with("none, c = 0.7", mole.Information{Projection: -1, Scale: 0.7}),
		with("32", mole.Information{Projection: 32}),
		with("64", mole.Information{Projection: 64}),
		with("256", mole.Information{Projection: 256}),
	}},
	{"alpha", []variant{
		recipe, // 1.01
		with("α = 0.5", mole.Information{Alpha: 0.5}),
		with("α = 1", mole.Information{Alpha: 1}),
		with("α = 1.5", mole.Information{Alpha: 1.5}),
		with("α = 2", mole.Information{Alpha: 2}),
		with("α = 5", mole.Information{Alpha: 5}),
		with("α = ∞", mole.Information{Alpha: math.Inf(1)}),
	}},
	{"objective", []variant{
		recipe,
		with("NMI", mole.Information{Normalized: true}),
		with("I(T;Y) + 0.1·I(T;X)", mole.Information{Decoder: 1, Encoder: 0.1}),
		with("I(T;Y) + 0.3·I(T;X)", mole.Information{Decoder: 1, Encoder: 0.3}),
		with("I(T;Y) − 0.1·I(T;X)", mole.Bottleneck(0.1)),
		with("I(T;X), no labels", mole.MutualInformationX()),
		with("CKA", mole.Dependence{}),
		with("HSIC", mole.Dependence{Measure: mole.HSIC}),
		with("Cauchy–Schwarz", mole.Dependence{Measure: mole.CauchySchwarz}),
		with("cross-entropy of a local readout", readout{}),
	}},
	{"batch", []variant{
		recipe, // 128
		{"32", func(_ *mole.Network, o *mole.Options) { o.Batch = 32 }},
		{"64", func(_ *mole.Network, o *mole.Options) { o.Batch = 64 }},
		{"256", func(_ *mole.Network, o *mole.Options) { o.Batch = 256 }},
		{"512", func(_ *mole.Network, o *mole.Options) { o.Batch = 512 }},
	}},
	{"grouping", []variant{
		recipe, // one layer a module
		with("one layer, no projection", mole.Information{Projection: -1}),
		{"two layers", func(net *mole.Network, _ *mole.Options) { *net = *net.Group(2, 1) }},
		{"two layers, no projection", func(net *mole.Network, _ *mole.Options) {
			*net = *net.Group(2, 1)
			net.SetObjective(mole.Information{Projection: -1})
		}},
	}},
	{"schedule", []variant{
		recipe, // sequential
		{"simultaneous", func(_ *mole.Network, o *mole.Options) { o.Mode = mole.Simultaneous }},
		{"simultaneous, no projection", func(net *mole.Network, o *mole.Options) {
			o.Mode = mole.Simultaneous
			net.SetObjective(mole.Information{Projection: -1})
		}},
	}},
}

func TestAblations(t *testing.T) {
	if *ablated == "" {
		t.Skip("a long measurement: give -ablation width, projection, alpha, objective, batch, grouping, schedule, or all")
	}
	split, network := ablationTask(t, *ablationData)
	found := 0
	for _, a := range ablations {
		if *ablated != "all" && !strings.Contains(","+*ablated+",", ","+a.name+",") {
			continue
		}
		found++
		plan := experiment.Plan{
			Name: a.name + " on " + *ablationData, Data: split, Network: network, Seeds: numbers(t, *ablationSeeds),
			Options: mole.Options{Probe: -1}, Parallel: 1,
		}
		if *ablationFile != "" {
			plan.File = filepath.Join(*ablationFile, a.name+"-"+*ablationData+".jsonl")
		}
		for _, v := range a.variants {
			plan.Methods = append(plan.Methods, experiment.Method{Name: v.name, Run: experiment.With(v.change)})
		}
		if a.name == "schedule" {
			plan.Methods = append(plan.Methods, experiment.Method{Name: "back-propagation", Run: experiment.Backprop})
		}
		table, err := experiment.Run(t.Context(), plan)
		if err != nil {
			t.Error(err)
		}
		t.Logf("\n%v", table)
	}
	if found == 0 {
		t.Fatalf("there is no ablation %q", *ablated)
	}
}

// ablationTask returns training and validation data, which come from the training data alone, and
// the network.
func ablationTask(t *testing.T, name string) (experiment.Split, func() *mole.Network) {
	t.Helper()
	switch name {
	case "digits":
		split := experiment.Validation(experiment.HoldOut(data.Digits(), 0.2), 0.25)
		return split, func() *mole.Network { return mole.MLP(64, 128, 64, 10) }
	case "fashion":
		all, _, err := data.FashionMNIST(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rows := make([]int, 6000)
		for i := range rows {
			rows[i] = 6000 + i
		}
		split := experiment.Fixed(all.Head(6000), all.Subset(rows))
		return split, func() *mole.Network { return mole.MLP(784, 256, 128, 10) }
	}
	t.Fatalf("there are no data called %q: give -on digits or fashion", name)
	return nil, nil
}

func numbers(t *testing.T, list string) []int {
	t.Helper()
	var out []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

// detached is I(T;Y) with an adaptive width that counts as a constant: what a program gets that
// computes the width outside of its automatic differentiation.
type detached struct {
	projection int // 0: none
	scale      float64
}

func (detached) Name() string { return "I(T;Y), width not differentiated" }

func (o detached) Bind(width, _ int, rng *rand.Rand) mole.Criterion {
	e := mi.NewEstimator(mi.Options{Rule: mi.MedianDistance, Scale: o.scale})
	c := &local{loss: func(dU, u *tensor.Matrix, y []int) float64 {
		information := e.Labels(dU, u, y).Information
		for i := range dU.Data {
			dU.Data[i] = -dU.Data[i]
		}
		return -information
	}}
	if o.projection > 0 {
		// The widths fit by construction.
		c.stack, _ = nn.NewStack(width, nn.Dense(width, o.projection), nn.ReLU())
		c.stack.Init(rng)
	}
	return c
}

// readout is the local classifier of other methods of local learning (Nøkland, Eidnes 2019): the
// cross-entropy of a linear readout that is trained with the module and thrown away.
type readout struct{}

func (readout) Name() string { return "cross-entropy of a readout" }

func (readout) Bind(width, classes int, rng *rand.Rand) mole.Criterion {
	c := &local{loss: nn.CrossEntropy}
	// The widths fit by construction.
	c.stack, _ = nn.NewStack(width, nn.Dense(width, classes))
	c.stack.Init(rng)
	return c
}

// local is a loss of auxiliary layers on a module.
type local struct {
	stack *nn.Stack // nil: none
	loss  func(dU, u *tensor.Matrix, y []int) float64
}

func (c *local) Params() []*nn.Param {
	if c.stack == nil {
		return nil
	}
	return c.stack.Params()
}

func (c *local) Loss(dT *tensor.Matrix, batch mole.Batch) float64 {
	if c.stack == nil {
		return c.loss(dT, batch.T, batch.Y)
	}
	u := c.stack.Forward(batch.T)
	dU := tensor.NewMatrix(u.Rows, u.Cols)
	loss := c.loss(dU, u, batch.Y)
	c.stack.Backward(dT, dU)
	return loss
}
