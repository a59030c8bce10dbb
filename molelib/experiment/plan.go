package experiment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// Plan says what is run: every method on every seed and fold.
type Plan struct {
	Name    string
	Methods []Method

	// Seeds are given to the methods one by one, for weights, order and divisions of the
	// data. nil means 1, 2, 3, and 1 with Folds.
	Seeds []int

	// Folds is the number of parts of cross-validation: every seed is run once for each.
	// 0 means none.
	Folds int

	// OnlyFolds are the folds that are run, counted from 0; nil means all.
	OnlyFolds []int

	Data    Split                // what Trial.Train and Trial.Test are; nil for methods that have their own
	Network func() *mole.Network // what Trial.Network returns, a new one each time; nil likewise
	Options mole.Options         // what Trial.Options are, besides seed, test data and observer

	// Metric is the one that is compared. "" means "accuracy", or "R²" where there is no
	// accuracy, or else the only one besides "seconds".
	Metric string

	// Parallel is the largest number of runs at the same time; 0 means the number of
	// processors. Fewer run where the memory has no room for more.
	Parallel int

	// Memory is what one run needs, in bytes. 0 means an estimate from data and network,
	// and what the runs were seen to take.
	Memory int64

	// File keeps the results of finished runs, one in a line, so that they are not run
	// again; "" means none. One that is there must be of the same plan: name, folds,
	// network, options and Setting. Methods are known by their names: a method that does
	// something new needs a new name.
	File    string
	Setting string // whatever else the results depend on, such as a version

	Observer mole.Observer // is told about progress; see Experiment.Observer
}

// Method is a way to get from a Trial to its metrics.
type Method struct {
	Name string

	// Run does one trial. It runs beside others, so it must not share what it changes. After
	// ctx is cancelled it should return soon, with an error unless it is complete: then the
	// run is open again. Another error, or a panic, is kept as the error of this run; the
	// others go on.
	Run func(ctx context.Context, t *Trial) (Metrics, error)
}

// Metrics are values by name. Those called "accuracy", "balanced accuracy" and "macro F1" are
// shares in [0, 1] and shown in percent. "seconds" is the time that the run took when the
// method does not say otherwise. A metric that is NaN or infinite counts as not measured.
type Metrics map[string]float64

// Part says which division of the data a run gets.
type Part struct {
	Seed  int
	Fold  int // counted from 0; 0 without folds
	Folds int // how many there are; 0 for none
}

// String names the seed and the fold, counted from 1.
func (p Part) String() string {
	if p.Folds == 0 {
		return fmt.Sprintf("seed %d", p.Seed)
	}
	return fmt.Sprintf("seed %d, fold %d of %d", p.Seed, p.Fold+1, p.Folds)
}

// Trial is one run of one method: what it is to be trained on and how.
type Trial struct {
	Part
	Method string

	Train, Test mole.Examples // those of Plan.Data, the same for every method; nil without
	Options     mole.Options  // those of the plan, with Seed, Test and an Observer for the progress

	network func() *mole.Network

	resume    string        // where a training is saved now and then; "" for nowhere
	saveEvery time.Duration // how often
}

// Network returns a new network of the plan. It panics when the plan has none.
func (t *Trial) Network() *mole.Network {
	if t.network == nil {
		panic("experiment: Trial.Network: the plan has no Network")
	}
	return t.network()
}

// resolved returns the plan with its defaults, or what is wrong with it.
func (p Plan) resolved() (Plan, error) {
	if p.Name == "" {
		p.Name = "experiment"
	}
	if len(p.Seeds) == 0 {
		p.Seeds = []int{1, 2, 3}
		if p.Folds > 0 {
			p.Seeds = []int{1}
		}
	}
	if len(p.OnlyFolds) == 0 {
		p.OnlyFolds = []int{0}
		for f := 1; f < p.Folds; f++ {
			p.OnlyFolds = append(p.OnlyFolds, f)
		}
	}
	return p, p.check()
}

func (p Plan) check() error {
	switch {
	case len(p.Methods) == 0:
		return errors.New("experiment: the plan has no methods: give at least one, such as {Name: \"MOLE\", Run: experiment.MOLE}")
	case p.Folds < 0 || p.Folds == 1:
		return fmt.Errorf("experiment: %d folds: give at least 2, or 0 for none", p.Folds)
	case p.Parallel < 0 || p.Memory < 0:
		return errors.New("experiment: Parallel and Memory must not be negative; 0 means the default")
	}
	if f := slices.Max(p.OnlyFolds); slices.Min(p.OnlyFolds) < 0 || f >= max(1, p.Folds) {
		return fmt.Errorf("experiment: OnlyFolds %v: there are %d folds, counted from 0", p.OnlyFolds, p.Folds)
	}
	if v, ok := repeated(p.OnlyFolds); ok {
		return fmt.Errorf("experiment: fold %d is given twice", v)
	}
	if v, ok := repeated(p.Seeds); ok {
		return fmt.Errorf("experiment: seed %d is given twice: it would count the same run twice", v)
	}
	var names []string
	for i, m := range p.Methods {
		if strings.TrimSpace(m.Name) == "" || m.Run == nil {
			return fmt.Errorf("experiment: method %d lacks a name or a function", i)
		}
		names = append(names, m.Name)
	}
	if v, ok := repeated(names); ok {
		return fmt.Errorf("experiment: two methods are called %q: tell them apart", v)
	}
	return nil
}

func repeated[T comparable](values []T) (T, bool) {
	seen := map[T]bool{}
	for _, v := range values {
		if seen[v] {
			return v, true
		}
		seen[v] = true
	}
	var none T
	return none, false
}

// parts lists the divisions in the order in which they are run.
func (p Plan) parts() []Part {
	var parts []Part
	for _, seed := range p.Seeds {
		for _, fold := range p.OnlyFolds {
			parts = append(parts, Part{Seed: seed, Fold: fold, Folds: p.Folds})
		}
	}
	return parts
}
