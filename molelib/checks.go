package mole

import (
	"fmt"
	"math"
	"slices"
)

// answersTo returns an error when the network has not the outputs for what is known of d.
func (net *Network) answersTo(d *labelled) error {
	switch outputs := net.Outputs(); {
	case !net.predicts():
	case len(d.classes) > outputs:
		return fmt.Errorf("mole: %s has %d classes, but the last module has %d outputs: give it a width of %d", d.name, len(d.classes), outputs, len(d.classes))
	case d.regression() && d.targets.Cols != outputs:
		return fmt.Errorf("mole: %s has %d targets, but the last module has %d outputs: give it a width of %d", d.name, d.targets.Cols, outputs, d.targets.Cols)
	}
	return nil
}

// judges returns an error that says why the predictions of the network cannot be compared
// with what is known of d.
func (net *Network) judges(d *labelled) error {
	if err := net.answersTo(d); err != nil {
		return err
	}
	switch {
	case !d.answered():
		return fmt.Errorf("mole: %s has neither labels nor targets to compare with", d.name)
	case !net.predicts():
		last := len(net.Modules) - 1
		return fmt.Errorf("mole: module %q is trained for %s and predicts nothing: see what its output tells with LinearProbe", net.Modules[last].Name, net.objective(last, false).Name())
	case net.units != nil && !d.regression():
		return fmt.Errorf("mole: the network is trained for targets, and %s has none", d.name)
	}
	return nil
}

// checkTraining returns what is wrong with the objectives of the modules, and with them on
// the data.
func (net *Network) checkTraining(d *examples, o Options) error {
	parts := []struct {
		role string
		*labelled
	}{{"", d.train}, {"test data: ", d.test}, {"validation data: ", d.validation}}
	for _, p := range parts {
		if p.labelled == nil {
			continue
		}
		if p.answered() != d.train.answered() || p.regression() != d.train.regression() {
			return fmt.Errorf("%smole: %s and %s must both have labels, targets or neither", p.role, d.train.name, p.name)
		}
		if err := net.answersTo(p.labelled); err != nil {
			return fmt.Errorf("%s%w", p.role, err)
		}
	}
	labels := false
	for k := range net.Modules {
		err := net.Modules[k].checkSettings()
		if err == nil {
			err = net.checkObjective(k, d.train)
		}
		if err != nil {
			return fmt.Errorf("mole: module %q: %w", net.Modules[k].Name, err)
		}
		labels = labels || needOf(net.objective(k, d.train.regression())) != needsNothing
	}
	if labels && !d.train.regression() {
		return net.checkClasses(d.train, o)
	}
	return nil
}

// checkClasses returns an error when the network has outputs for more classes than there are,
// as where the last module was forgotten, or when a class has no examples to learn from, as
// where a part was taken of examples that are sorted.
func (net *Network) checkClasses(train *labelled, o Options) error {
	if outputs := net.Outputs(); net.predicts() && outputs > len(train.classes) {
		return fmt.Errorf("mole: %s has %d classes, but the last module has %d outputs: give the network one more of width %d, or name all the classes that there will be in Classes",
			train.name, len(train.classes), outputs, len(train.classes))
	}
	counts := make([]int, len(train.classes))
	for _, y := range train.labels {
		counts[y]++
	}
	c := slices.Index(counts, 0)
	if c < 0 || o.EmptyClasses {
		return nil
	}
	remedy := "shuffle or split what is sorted by class before you take a part of it"
	if c == 0 {
		remedy = "labels count from 0"
	}
	return fmt.Errorf("mole: %s has no example of class %d (%s) to learn from: %s; if that is meant, set Options.EmptyClasses", train.name, c, train.classes[c], remedy)
}

// checkSettings returns what is wrong with the way a module is trained.
func (m *Module) checkSettings() error {
	switch {
	case !(m.Rate >= 0) || math.IsInf(m.Rate, 0):
		return fmt.Errorf("learning rate %v: it must be positive; 0 means that of the options", m.Rate)
	case m.Epochs < 0:
		return fmt.Errorf("%d epochs: they must not be negative; 0 means those of the options", m.Epochs)
	}
	return check(m.Optimizer)
}

// check returns what is wrong with an optimizer, a schedule or an objective that can tell.
func check(settings any) error {
	if checked, ok := settings.(interface{ Check() error }); ok {
		return checked.Check()
	}
	return nil
}

// checkObjective returns what is wrong with the objective of module k on the data.
func (net *Network) checkObjective(k int, train *labelled) error {
	o := net.objective(k, train.regression())
	if err := check(o); err != nil {
		return err
	}
	if sized, ok := o.(interface{ fits(width int) error }); ok {
		if err := sized.fits(net.Width(k)); err != nil {
			return err
		}
	}
	switch need := needOf(o); {
	case need == needsNothing:
		return nil
	case !train.answered():
		return fmt.Errorf("%s needs labels or targets, and %s has none: set its Objective to mole.MutualInformationX()", o.Name(), train.name)
	case need == needsLabels && train.regression():
		return fmt.Errorf("%s needs labels, and %s has targets: set its Objective to mole.SquaredError()", o.Name(), train.name)
	}
	return train.differ(o)
}

// differ returns an error when all examples have the same answer, so that an objective
// cannot tell them apart.
func (d *labelled) differ(o Objective) error {
	if d.regression() {
		for i := range d.targets.Data {
			if d.targets.Data[i] != d.targets.Data[i%d.targets.Cols] {
				return nil
			}
		}
		return fmt.Errorf("%s has nothing to learn: the targets of all %d examples of %s are the same, %v", o.Name(), d.flow.len(), d.name, d.targets.Row(0))
	}
	for _, y := range d.labels {
		if y != d.labels[0] {
			return nil
		}
	}
	return fmt.Errorf("%s has nothing to tell apart: all %d examples of %s are of class %d (%s)", o.Name(), len(d.labels), d.name, d.labels[0], d.classes[d.labels[0]])
}
