package data

import (
	"fmt"
	"slices"
)

// Split returns g with its nodes divided anew: the share testShare of them becomes Test, the
// share validationShare (0 for none) Validation, the rest Train. The nodes are shuffled by
// seed and every class keeps its share in each part, as far as whole nodes allow; nodes
// without labels are divided by chance alone. The shares must be in [0, 1), that of the test
// above 0, and their sum below 1. See SplitByClass for a few labels of each class.
func (g *Graph) Split(validationShare, testShare float64, seed int) *Graph {
	if !(validationShare >= 0 && testShare > 0 && validationShare+testShare < 1) {
		panic("data: Split: the shares of validation and test nodes must lie between 0 and 1, and their sum below 1")
	}
	g.mustFit("Split")
	of, counts := g.Y, g.ClassCounts()
	if g.Y == nil {
		of, counts = make([]int, g.Nodes), []int{g.Nodes}
	}
	out := *g
	out.Train, out.Test = splitRows(of, counts, testShare, seed)
	out.Validation = nil
	if validationShare > 0 {
		rest, left := make([]int, len(out.Train)), make([]int, len(counts))
		for k, i := range out.Train {
			rest[k] = of[i]
			left[of[i]]++
		}
		train, validation := splitRows(rest, left, validationShare/(1-testShare), seed)
		out.Train, out.Validation = at(out.Train, train), at(out.Train, validation)
	}
	slices.Sort(out.Train)
	slices.Sort(out.Validation)
	slices.Sort(out.Test)
	return &out
}

// SplitByClass returns g with its nodes divided anew, as the Planetoid graphs are: Train gets
// perClass nodes of each class, all of a smaller one; of the others, shuffled by seed,
// Validation gets the first ones and Test the next, fewer where there are no more. The usual
// numbers are 20, 500 and 1,000.
func (g *Graph) SplitByClass(perClass, validation, test, seed int) *Graph {
	if perClass < 1 || validation < 0 || test < 1 {
		panic(fmt.Sprintf("data: SplitByClass(%d, %d, %d): give at least one node of a class and one to test", perClass, validation, test))
	}
	g.mustFit("SplitByClass")
	if g.Y == nil {
		panic("data: SplitByClass: the nodes of " + g.Name + " have no classes: see Split")
	}
	out := *g
	out.Train = nil
	var rest []int
	taken := make([]int, len(g.Classes))
	for _, i := range permutation(g.Nodes, seed) {
		if taken[g.Y[i]] < perClass {
			taken[g.Y[i]]++
			out.Train = append(out.Train, i)
		} else {
			rest = append(rest, i)
		}
	}
	validation = min(validation, len(rest))
	out.Validation = slices.Clone(rest[:validation])
	out.Test = slices.Clone(rest[validation:min(validation+test, len(rest))])
	slices.Sort(out.Train)
	slices.Sort(out.Validation)
	slices.Sort(out.Test)
	return &out
}

// mustFit panics in the name of a method when g is nil or its labels do not fit.
func (g *Graph) mustFit(method string) {
	if g == nil {
		panic("data: " + method + ": the graph is nil: look at the error of loading it")
	}
	if g.Y != nil && len(g.Y) != g.Nodes {
		panic(fmt.Sprintf("data: %s: %s has %d nodes but %d labels", method, g.Name, g.Nodes, len(g.Y)))
	}
	for i, y := range g.Y {
		if y < 0 || y >= len(g.Classes) {
			panic(fmt.Sprintf("data: %s: %s, node %d: label %d is outside the %d classes", method, g.Name, i, y, len(g.Classes)))
		}
	}
}

// at returns the values in the given places.
func at(values, places []int) []int {
	out := make([]int, len(places))
	for k, i := range places {
		out[k] = values[i]
	}
	return out
}
