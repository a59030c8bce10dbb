package data

// Dims returns the number of examples and the number of features of each.
func (d *Dataset) Dims() (examples, features int) { return d.Len(), d.Width() }

// Dims returns the number of nodes and the number of features of each; without features
// each node stands for itself, and there are as many as nodes.
func (g *Graph) Dims() (nodes, features int) {
	if g.X == nil {
		return g.Nodes, g.Nodes
	}
	return g.Nodes, g.X.Cols
}

// Dims returns the number of nodes of all graphs together and the number of features of
// each node.
func (s *GraphSet) Dims() (nodes, features int) { return s.Nodes(), s.Width() }

// ForValidation returns g with the nodes of Validation as those to predict in place of
// Test: what is chosen by their accuracy is chosen without a look at the test nodes.
func (g *Graph) ForValidation() *Graph {
	v := *g
	v.Test, v.Validation = g.Validation, nil
	return &v
}
