package magic

// Standard returns the magics that every session has. The caller may add to it.
func Standard() Table {
	return Table{
		{
			Name: "help", Help: "lists the magics", Example: "%help", Run: help,
			Args: "[magic]",
		},
		{
			Name: "markdown", Kind: Cell, Help: "shows the cell as Markdown", Run: show("text/markdown"),
		},
		{
			Name: "html", Kind: Cell, Help: "shows the cell as HTML", Run: show("text/html"),
		},
		{
			Name: "latex", Kind: Cell, Help: "shows the cell as LaTeX", Run: show("text/latex"),
		},
		{
			Name: "svg", Kind: Cell, Help: "shows the cell as a drawing", Run: show("image/svg+xml"),
		},
	}
}
