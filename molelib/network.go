package mole

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

// Module is a group of layers that is trained on its own: only its own objective's
// gradient reaches its parameters.
type Module struct {
	Name   string // shown in reports; "" is replaced by "module 1", …
	Layers []nn.Layer

	// Objective is what the module optimizes. nil means the recipe: MutualInformationY
	// for every module but the last, and CrossEntropy for the last, or SquaredError where
	// the data have targets in place of labels.
	Objective Objective

	Optimizer optim.Optimizer // nil means optim.Adam{}
	Rate      float64         // learning rate; 0 means that of Options
	Epochs    int             // 0 means that of Options

	// Readout makes one row of the nodes of each graph, on which the objective is
	// evaluated when graphs are the examples: nn.SumReadout(), which nil means too,
	// nn.MeanReadout() or nn.MaxReadout(). A module that has a readout among its layers hands
	// on rows of graphs.
	Readout nn.GraphLayer

	// Hops is the number of times that the output on the nodes of a graph is averaged over
	// neighbours (T ← Â·T, as graph convolutions do) before the objective is evaluated on
	// it. The next module gets T as it is. An objective that looks as far as the modules
	// that follow will teaches a module what it needs for nodes that are that far from the
	// ones with labels: by the data-processing inequality I(Â·T;Y) ≤ I(T;Y).
	Hops int

	// Jumping makes the module take the representations of the examples after every
	// module before it, side by side, in place of the rows of the last one (jumping
	// knowledge, Xu et al. 2018): of graphs their readouts.
	Jumping bool
}

// Network is a sequence of modules; each takes the output of the one before. It must
// not be used from other goroutines while it is trained.
type Network struct {
	Modules []Module

	inputs int   // width of the data
	widths []int // of every module's output

	// units are mean and deviation of the targets that the network was trained for: its
	// outputs are standardized. nil: it was not trained for any.
	units *data.Scaler
}

// NewNetwork returns the network of the given modules, with weights initialized from
// seed 0. The first layer must be one with a width of its own (nn.Dense, nn.GCN), perhaps behind
// nn.Dropout.
// It panics when layers do not fit together, and says which.
func NewNetwork(modules ...Module) *Network {
	net := &Network{Modules: modules}
	if len(modules) == 0 || len(modules[0].Layers) == 0 {
		panic("mole: NewNetwork: a network needs at least one module with a layer")
	}
	for k, m := range modules {
		for i, l := range m.Layers {
			if l == nil {
				panic(fmt.Sprintf("mole: NewNetwork: layer %d of module %d is nil", i, k+1))
			}
		}
	}
	mustNotShare(modules)
	net.inputs = inputsOf(modules[0].Layers)
	for k := range modules {
		m := &modules[k]
		if m.Name == "" {
			m.Name = fmt.Sprintf("module %d", k+1)
		}
		stack, err := nn.NewStack(net.taken(k), m.Layers...)
		if err != nil {
			panic(fmt.Sprintf("mole: NewNetwork: module %q, %v", m.Name, err))
		}
		net.widths = append(net.widths, stack.Outputs())
		if width, err := net.readout(k).Outputs(stack.Outputs()); err != nil || width != stack.Outputs() || !nn.Pools(net.readout(k)) {
			panic(fmt.Sprintf("mole: NewNetwork: module %q: its Readout, %s, must make one row of each graph, as wide as a node's", m.Name, m.Readout.Name()))
		}
	}
	net.checkOrder()
	net.Init(0)
	return net
}

// mustNotShare panics when a parameter is in two modules: training one would change the other.
func mustNotShare(modules []Module) {
	owner := make(map[*nn.Param]int)
	for k, m := range modules {
		for _, l := range m.Layers {
			for _, p := range l.Params() {
				if j, taken := owner[p]; taken && j != k {
					panic(fmt.Sprintf("mole: NewNetwork: %s of module %d is in module %d, too: give each a layer of its own, or use Clone", l.Name(), k+1, j+1))
				}
				owner[p] = k
			}
		}
	}
}

func inputsOf(first []nn.Layer) int {
	for _, l := range first {
		if sized, ok := l.(nn.Sized); ok && sized.Inputs() > 0 {
			return sized.Inputs()
		}
		if _, ok := l.(*nn.DropoutLayer); !ok {
			break
		}
	}
	panic("mole: NewNetwork: the first layer, " + first[0].Name() + ", has no width of its own: begin with nn.Dense")
}

// taken returns the width of what enters module k.
func (net *Network) taken(k int) int {
	switch {
	case k == 0:
		return net.inputs
	case !net.Modules[k].Jumping:
		return net.widths[k-1]
	}
	sum := 0
	for _, width := range net.widths[:k] {
		sum += width
	}
	return sum
}

// jumps reports whether module k is followed by a module that takes the representations
// of all.
func (net *Network) jumps(k int) bool {
	return slices.ContainsFunc(net.Modules[k+1:], func(m Module) bool { return m.Jumping })
}

// readout returns what makes one row of each graph behind module k.
func (net *Network) readout(k int) nn.GraphLayer {
	if r := net.Modules[k].Readout; r != nil {
		return r
	}
	return nn.SumReadout()
}

// MLP returns a multilayer perceptron of the given widths, from the features of the
// data to the number of classes: MLP(64, 128, 64, 10) has three modules, two of a dense
// layer and a ReLU each ("hidden 1", "hidden 2") and a dense one for the classes
// ("output"), with the objectives of the default recipe. It panics with fewer than two
// widths.
func MLP(widths ...int) *Network {
	if len(widths) < 2 {
		panic("mole: MLP: give at least the number of features and of classes")
	}
	var modules []Module
	for i := 1; i < len(widths)-1; i++ {
		modules = append(modules, Module{
			Name:   fmt.Sprintf("hidden %d", i),
			Layers: []nn.Layer{nn.Dense(widths[i-1], widths[i]), nn.ReLU()},
		})
	}
	last := len(widths) - 1
	modules = append(modules, Module{Name: "output", Layers: []nn.Layer{nn.Dense(widths[last-1], widths[last])}})
	return NewNetwork(modules...)
}

// Encoder returns a multilayer perceptron without a head, for label-free training: modules
// of a dense layer and a ReLU, each with the objective I(T;X). See LinearProbe for what its
// representations tell. It panics with fewer than two widths.
func Encoder(widths ...int) *Network {
	if len(widths) < 2 {
		panic("mole: Encoder: give the number of features and at least one width")
	}
	var modules []Module
	for i := 1; i < len(widths); i++ {
		modules = append(modules, Module{
			Name:   fmt.Sprintf("hidden %d", i),
			Layers: []nn.Layer{nn.Dense(widths[i-1], widths[i]), nn.ReLU()}, Objective: MutualInformationX(),
		})
	}
	return NewNetwork(modules...)
}

// Init draws new weights by seed. Module k gets the same ones whatever the objectives,
// so that training methods can be compared from the same start. NewTrainer does it with
// Options.Seed, unless Options.Continue is set.
func (net *Network) Init(seed int) {
	for k, m := range net.Modules {
		rng := stream(seed, streamInit, k)
		for _, l := range m.Layers {
			l.Init(rng)
		}
	}
}

// Inputs returns the number of features that the network takes.
func (net *Network) Inputs() int { return net.inputs }

// Outputs returns the number of classes, or of targets: the width of the last module.
func (net *Network) Outputs() int { return net.widths[len(net.widths)-1] }

// Width returns the width of the representation after module k, counted from 0.
func (net *Network) Width(k int) int { return net.widths[k] }

// Parameters returns the number of trainable values.
func (net *Network) Parameters() int {
	n := 0
	for k := range net.Modules {
		for _, p := range net.Modules[k].params() {
			n += len(p.Value.Data)
		}
	}
	return n
}

func (m *Module) params() []*nn.Param {
	var params []*nn.Param
	for _, l := range m.Layers {
		params = append(params, l.Params()...)
	}
	return params
}

// SetObjective gives every module but the last the objective o. An Information without a Grid
// keeps the one that the module's Information had, so that convolutions go on with means of
// their maps.
func (net *Network) SetObjective(o Objective) *Network {
	for k := range net.Modules[:len(net.Modules)-1] {
		m := &net.Modules[k]
		before, _ := m.Objective.(Information)
		m.Objective = o
		if after, ok := o.(Information); ok && after.Grid == (nn.Grid{}) {
			after.Grid = before.Grid
			m.Objective = after
		}
	}
	return net
}

// Group returns a network of the same layers (shared, not copied) in larger modules:
// sizes[i] modules are joined to module i, with the objective of the last of them.
// MLP(64, 128, 64, 10).Group(2, 1) trains the two hidden layers as one module. It
// panics unless the sizes add up to the number of modules, and when a module behind the
// larger ones is Jumping.
func (net *Network) Group(sizes ...int) *Network {
	var modules []Module
	from := 0
	for _, size := range sizes {
		if size < 1 || from+size > len(net.Modules) {
			panic(fmt.Sprintf("mole: Group%v: the sizes do not divide %d modules", sizes, len(net.Modules)))
		}
		joined := net.Modules[from+size-1]
		if size > 1 && (joined.Jumping || net.jumps(from)) {
			panic(fmt.Sprintf("mole: Group%v: a module takes the representations after each of the modules that would be joined", sizes))
		}
		joined.Layers = nil
		var names []string
		for _, m := range net.Modules[from : from+size] {
			joined.Layers = append(joined.Layers, m.Layers...)
			names = append(names, m.Name)
		}
		joined.Name = strings.Join(names, " + ")
		modules = append(modules, joined)
		from += size
	}
	if from != len(net.Modules) {
		panic(fmt.Sprintf("mole: Group%v: the sizes do not divide %d modules", sizes, len(net.Modules)))
	}
	return &Network{Modules: modules, inputs: net.inputs, widths: net.groupedWidths(sizes), units: net.units}
}

func (net *Network) groupedWidths(sizes []int) []int {
	var widths []int
	at := -1
	for _, size := range sizes {
		at += size
		widths = append(widths, net.widths[at])
	}
	return widths
}

// Clone returns a network with a copy of all weights.
func (net *Network) Clone() *Network {
	c := &Network{inputs: net.inputs, widths: net.widths, units: net.units}
	for _, m := range net.Modules {
		layers := m.Layers
		m.Layers = nil
		for _, l := range layers {
			m.Layers = append(m.Layers, l.Clone())
		}
		c.Modules = append(c.Modules, m)
	}
	return c
}

// String lists the modules with their layers and objectives.
func (net *Network) String() string {
	var names, layers []string
	for _, m := range net.Modules {
		var inside []string
		for _, l := range m.Layers {
			inside = append(inside, l.Name())
		}
		names, layers = append(names, m.Name), append(layers, strings.Join(inside, ", "))
	}
	var s strings.Builder
	fmt.Fprintf(&s, "network of %d modules, %d parameters\n", len(net.Modules), net.Parameters())
	nameWidth, layersWidth := columnOf(12, names), columnOf(32, layers)
	for k := range net.Modules {
		fmt.Fprintf(&s, "  %d  %-*s %-*s %s\n", k, nameWidth, names[k], layersWidth, layers[k], net.objective(k, net.units != nil).Name())
	}
	return s.String()
}

// objective returns the objective of module k on data with labels or targets (regression),
// by the recipe when it has none.
func (net *Network) objective(k int, regression bool) Objective {
	switch o := net.Modules[k].Objective.(type) {
	case nil:
	case *Information: // as good as its value
		return *o
	case *Dependence:
		return *o
	default:
		return o
	}
	switch {
	case k == len(net.Modules)-1 && regression:
		return SquaredError()
	case k == len(net.Modules)-1:
		return CrossEntropy()
	}
	return MutualInformationY()
}

// Purposes of random streams: each has numbers of its own, so that one more draw in
// one place changes nothing elsewhere.
const (
	streamInit = iota + 1
	streamShuffle
	streamProbe
	streamObjective
	streamAugment
)

// stream returns the random numbers for a purpose and an index below 2³².
func stream(seed, purpose, index int) *rand.Rand { return rand.New(source(seed, purpose, index)) }

func source(seed, purpose, index int) *rand.PCG {
	return rand.NewPCG(uint64(seed), uint64(purpose)<<32|uint64(index))
}
