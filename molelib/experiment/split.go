package experiment

import (
	"context"
	"errors"
	"fmt"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// Split gives the examples to train and to test on; test is nil for a *data.Graph, which
// holds its own test nodes. It is called once for every Part, and the methods share what it
// returns, so they must not change it.
type Split func(ctx context.Context, p Part) (train, test mole.Examples, err error)

// HoldOut divides a *data.Dataset or *data.GraphSet by the seed: the share of the examples, in
// (0, 1), is for testing; see data.Dataset.Split. It is for plans without folds.
func HoldOut(d mole.Examples, share float64) Split {
	return func(_ context.Context, p Part) (mole.Examples, mole.Examples, error) {
		if p.Folds > 0 {
			return nil, nil, fmt.Errorf("experiment: HoldOut makes no folds, and the plan has %d: use CrossValidation", p.Folds)
		}
		return divide(d, share, p.Seed)
	}
}

// divide takes a share of the examples away from the others.
func divide(d mole.Examples, share float64, seed int) (train, test mole.Examples, err error) {
	switch d := d.(type) {
	case *data.Dataset:
		train, test := d.Split(share, seed)
		return train, test, nil
	case *data.GraphSet:
		train, test := d.Split(share, seed)
		return train, test, nil
	case *data.Graph:
		return nil, nil, fmt.Errorf("experiment: %s has its own training and test nodes: use Fixed(graph, nil)", d.Name)
	}
	return nil, nil, fmt.Errorf("experiment: there is no division of %T: give a *data.Dataset or *data.GraphSet, or a Split of your own", d)
}

// CrossValidation divides a *data.Dataset or *data.GraphSet into Plan.Folds parts, each of which
// is tested on once: by the seed, or as a set of graphs has them already.
func CrossValidation(d mole.Examples) Split {
	return func(_ context.Context, p Part) (mole.Examples, mole.Examples, error) {
		if p.Folds == 0 {
			return nil, nil, errors.New("experiment: CrossValidation needs Plan.Folds, such as 10")
		}
		switch d := d.(type) {
		case *data.Dataset:
			fold := d.Folds(p.Folds, p.Seed)[p.Fold]
			return fold.Train, fold.Test, nil
		case *data.GraphSet:
			if len(d.Folds) != p.Folds {
				d = d.WithFolds(p.Folds, p.Seed)
			}
			train, test := d.Fold(p.Fold)
			return train, test, nil
		}
		return nil, nil, fmt.Errorf("experiment: there are no folds of %T: give a *data.Dataset or *data.GraphSet", d)
	}
}

// Fixed gives the same examples to every seed. test is nil for a *data.Graph.
func Fixed(train, test mole.Examples) Split {
	return func(_ context.Context, p Part) (mole.Examples, mole.Examples, error) {
		if p.Folds > 0 {
			return nil, nil, fmt.Errorf("experiment: Fixed makes no folds, and the plan has %d: use CrossValidation", p.Folds)
		}
		return train, test, nil
	}
}

// Standardized standardizes the datasets that s gives by the training examples alone; see
// data.Standardize.
func Standardized(s Split) Split {
	return func(ctx context.Context, p Part) (mole.Examples, mole.Examples, error) {
		train, test, err := s(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		a, ok := train.(*data.Dataset)
		b, too := test.(*data.Dataset)
		if !ok || !too {
			return nil, nil, fmt.Errorf("experiment: Standardized is for datasets, not for %T and %T", train, test)
		}
		a, b = data.Standardize(a, b)
		return a, b, nil
	}
}

// Validation is for choosing settings: it takes a share of the training examples of s, in
// (0, 1), to test on, and leaves the test examples of s alone. Of a *data.Graph it takes the
// nodes in Validation, whatever the share.
func Validation(s Split, share float64) Split {
	return func(ctx context.Context, p Part) (mole.Examples, mole.Examples, error) {
		train, _, err := s(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		g, ok := train.(*data.Graph)
		if !ok {
			return divide(train, share, p.Seed)
		}
		if len(g.Validation) == 0 {
			return nil, nil, fmt.Errorf("experiment: %s names no nodes for validation: set its Validation", g.Name)
		}
		return g.ForValidation(), nil, nil
	}
}
