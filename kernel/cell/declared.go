package cell

// Declared tells whether a committed cell has declared a name or imported a package by it.
func (n *Notebook) Declared(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.live[name] != nil
}
