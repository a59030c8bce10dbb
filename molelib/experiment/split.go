package experiment

import (
	"context"
	"fmt"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

// Split gives the examples to train and to test on. It is called once for every Part, and
// the methods share what it returns, so they must not change it.
type Split func(ctx context.Context, p Part) (train, test *data.Dataset, err error)

// HoldOut divides d by the seed: the share of the examples, in (0, 1), is for testing; see
// data.Dataset.Split. It is for plans without folds.
func HoldOut(d *data.Dataset, share float64) Split {
	return func(_ context.Context, p Part) (*data.Dataset, *data.Dataset, error) {
		if p.Folds > 0 {
			return nil, nil, fmt.Errorf("experiment: HoldOut makes no folds, and the plan has %d: use CrossValidation", p.Folds)
		}
		train, test := d.Split(share, p.Seed)
		return train, test, nil
	}
}

// CrossValidation divides d by the seed into Plan.Folds parts, each of which is tested on
// once; see data.Dataset.Folds.
func CrossValidation(d *data.Dataset) Split {
	return func(_ context.Context, p Part) (*data.Dataset, *data.Dataset, error) {
		if p.Folds == 0 {
			return nil, nil, fmt.Errorf("experiment: CrossValidation needs Plan.Folds, such as 10")
		}
		fold := d.Folds(p.Folds, p.Seed)[p.Fold]
		return fold.Train, fold.Test, nil
	}
}

// Fixed gives the same training and test data to every seed.
func Fixed(train, test *data.Dataset) Split {
	return func(_ context.Context, p Part) (*data.Dataset, *data.Dataset, error) {
		if p.Folds > 0 {
			return nil, nil, fmt.Errorf("experiment: Fixed makes no folds, and the plan has %d: use CrossValidation", p.Folds)
		}
		return train, test, nil
	}
}

// Standardized standardizes what s gives by the training examples alone; see data.Standardize.
func Standardized(s Split) Split {
	return func(ctx context.Context, p Part) (*data.Dataset, *data.Dataset, error) {
		train, test, err := s(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		train, test = data.Standardize(train, test)
		return train, test, nil
	}
}

// Validation is for choosing settings: it takes a share of the training examples of s,
// in (0, 1), to test on, and leaves the test examples of s alone.
func Validation(s Split, share float64) Split {
	return func(ctx context.Context, p Part) (*data.Dataset, *data.Dataset, error) {
		train, _, err := s(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		train, validation := train.Split(share, p.Seed)
		return train, validation, nil
	}
}
