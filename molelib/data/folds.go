package data

import "fmt"

// Fold is one division of a Dataset for cross-validation.
type Fold struct {
	Train, Test *Dataset
}

// Folds shuffles d by seed and divides it into k parts that all have the same share of
// every class, as far as whole examples allow (stratified; without labels the parts are
// drawn by chance alone). Fold i tests on part i and trains on the others, so that every
// example is tested once. k must lie between 2 and the number of examples.
func (d *Dataset) Folds(k, seed int) []Fold {
	d.mustFit("Folds")
	if k < 2 || k > d.Len() {
		panic(fmt.Sprintf("data: Folds(%d): give a number between 2 and the %d examples of %s", k, d.Len(), d.Name))
	}
	strata, counts := d.strata()
	part := deal(strata, len(counts), k, seed)
	folds := make([]Fold, k)
	for f := range folds {
		var train, test []int
		for i, p := range part {
			if p == f {
				test = append(test, i)
			} else {
				train = append(train, i)
			}
		}
		folds[f] = Fold{d.Subset(train), d.Subset(test)}
	}
	return folds
}

// deal gives each of the shuffled examples one of k parts, class by class, like cards: the
// parts differ by at most one example, in all and in every class.
func deal(labels []int, classes, k, seed int) []int {
	byClass := make([][]int, classes)
	for _, i := range permutation(len(labels), seed) {
		byClass[labels[i]] = append(byClass[labels[i]], i)
	}
	part, next := make([]int, len(labels)), 0
	for _, rows := range byClass {
		for _, i := range rows {
			part[i] = next % k
			next++
		}
	}
	return part
}
