package magic

// Standard returns the magics that every session has. The caller may add to it.
func Standard() Table {
	return append(lines(), cells()...)
}

func lines() Table {
	return Table{
		{Name: "help", Args: "[magic]", Help: "lists the magics, or explains one", Example: "%help %%bash", Words: Magics, Run: help},
		{
			Name: "time", Args: "code", Help: "runs Go code, shows its value and what it took", Example: "%time f(10)",
			Holds: GoArgs, Run: timed,
			More: "Wall time is that of the code alone, without its compilation. CPU time and allocations are those of the whole worker process.",
		},
		{
			Name: "bench", Args: "code", Help: "runs Go code again and again: time and allocations of one run", Example: "%bench f(10)",
			Holds: GoArgs, Run: bench,
			More: "As a benchmark of package testing with half a second of running time. The code is interpreted, what it calls in packages is compiled; the time of the loop is taken off.",
		},
		{Name: "who", Help: "lists the variables: name, type, value, size", Run: who},
		{
			Name: "reset", Help: "drops all declarations and values; a fresh worker", Run: reset, Renews: true,
			More: "It asks nothing. The directory and the environment stay.",
		},
		{Name: "doc", Args: "name", Help: "shows the documentation of a package or a name in it", Example: "%doc strings.Cut", Words: NamesOfGo, Run: document},
		{
			Name: "env", Args: "[name[=value]]", Help: "lists the environment, shows a variable, or sets it", Example: "%env GOMAXPROCS=2", Words: Environment, Run: env,
			More: "Cells and shells have the same environment. A list hides values that look like secrets.",
		},
		{Name: "unset", Args: "name ...", Help: "takes variables out of the environment", Example: "%unset HTTP_PROXY", Words: Environment, Run: unsetEnv},
		{
			Name: "cd", Args: "[directory]", Help: "changes the directory of cells and shells", Example: "%cd ../data", Words: Folders, Run: changeDir,
			More: "Without a directory it goes home, with `-` back to the one before.",
		},
		{Name: "pwd", Help: "prints the directory of cells and shells", Run: printDir},
		{
			Name: "load", Args: "file or address", Help: "puts a text in place of the cell", Example: "%load main.go", Words: Files, Run: load,
		},
		{
			Kind: Shell, Args: "command", Help: "runs a command line", Example: "!ls -l", Words: Files, Run: shellLine,
			More: "By bash, by sh where there is none, by cmd on Windows. Output appears while the command runs; its standard input is empty. " +
				"A command that fails is an error of the cell. A line that ends with `\\` goes on in the next. " +
				"`!x` is Go where `x` is a name of the notebook.",
		},
	}
}

func cells() Table {
	return Table{
		{Name: "time", Kind: Cell, Help: "runs the cell and shows what it took", Holds: GoBody, Run: timed},
		{
			Name: "bash", Kind: Cell, Args: "[arguments]", Help: "runs the cell as a shell script", Run: shellCell,
			More: "By bash; by sh where there is none, on Windows by cmd. See `!`.",
		},
		{Name: "sh", Kind: Cell, Args: "[arguments]", Help: "runs the cell as a script of sh", Run: shellCell},
		{
			Name: "writefile", Kind: Cell, Args: "[-a] path", Help: "writes the cell to a file; -a appends", Example: "%%writefile notes.txt",
			Words: Files, Run: writeFile,
		},
		{Name: "markdown", Kind: Cell, Help: "shows the cell as Markdown", Run: show("text/markdown")},
		{Name: "html", Kind: Cell, Help: "shows the cell as HTML", Run: show("text/html")},
		{Name: "latex", Kind: Cell, Help: "shows the cell as LaTeX", Run: show("text/latex")},
		{Name: "svg", Kind: Cell, Help: "shows the cell as a drawing", Run: show("image/svg+xml")},
	}
}
