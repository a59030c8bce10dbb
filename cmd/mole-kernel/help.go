package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// help lists the commands.
func help(w io.Writer) {
	fmt.Fprint(w, "mole-kernel: Go in Jupyter notebooks, with networks trained module by module\n\nusage: mole-kernel COMMAND\n\n")
	for _, c := range commands() {
		if !c.started {
			fmt.Fprintf(w, "  %-10s %s\n", c.name, c.about)
		}
	}
	fmt.Fprint(w, "\nmole-kernel help COMMAND explains one.\n")
}

// explain prints the help of a command: what it does, its flags, examples.
func explain(sh shell, set *flag.FlagSet) {
	for _, c := range commands() {
		if c.name == set.Name() {
			fmt.Fprintf(sh.out, "%s\n\nusage: mole-kernel %s\n", c.about, strings.TrimSpace(c.name+" "+c.args))
		}
	}
	if more := details[set.Name()]; more != "" {
		fmt.Fprintf(sh.out, "\n%s\n", more)
	}
	flags := 0
	set.VisitAll(func(*flag.Flag) { flags++ })
	if flags > 0 {
		fmt.Fprint(sh.out, "\nflags:\n")
		set.SetOutput(sh.out)
		set.PrintDefaults()
	}
	if list := examples[set.Name()]; len(list) > 0 {
		fmt.Fprintf(sh.out, "\nexamples:\n  %s\n", strings.Join(list, "\n  "))
	}
}

// details say what the line in the list of commands leaves open.
var details = map[string]string{
	"install":   "Jupyter's launcher then offers the kernel.",
	"uninstall": "It removes what install wrote with the same flags.",
	"run": `Cells run in the notebook's folder; what they print goes to standard output. The
exit code is 0 when all cells succeeded, 1 when one failed, 130 after Ctrl-C.`,
	"repl": `In a terminal Tab completes, the arrow keys recall earlier cells, Ctrl-C stops a cell or
empties the line, and Ctrl-D ends. From a pipe a cell ends at an empty line where it is
complete, or at a line "// %%"; the exit code is 1 when one fails.`,
	"export": `It writes main.go and go.mod, which need the Go toolchain to run and the command does
not. The program prints what the notebook shows as text; Markdown becomes comments. What
cannot be said in a program is refused with the cell and the reason, or noted.`,
	"fmt": `Without flags the formatted notebook goes to standard output; the notebook "-" is
standard input. Outputs, metadata and the layout of the file stay byte for byte. Cells
that do not parse are left and reported, and the exit code is 1.`,
	"bench": `It trains the networks of the rows module by module and by back-propagation, from the
same weights, and prints the tables in Markdown. Without names all rows are run, which
takes hours; larger data are downloaded, or taken from $MOLE_DATA_MIRROR. After Ctrl-C it
prints what there is, and the same command goes on from there. The exit code is 1 when a
row misses its bar or fails, 130 after Ctrl-C.`,
	"doctor":  "The exit code is 1 when something that is installed does not work.",
	"version": "It prints the version, and that of Go.",
}

// examples are shown with the help of a command.
var examples = map[string][]string{
	"install":   {"mole-kernel install", "mole-kernel install --sys-prefix", "mole-kernel install --name go-1 --display-name \"Go 1\""},
	"uninstall": {"mole-kernel uninstall", "mole-kernel uninstall --name go-1"},
	"run": {
		"mole-kernel run notebook.ipynb", "mole-kernel run notebook.ipynb --out done.ipynb --html page.html",
		"mole-kernel run notebook.ipynb -p epochs=5 -p name=first",
	},
	"repl":   {"mole-kernel repl", "echo 'strings.Fields(\"a b\")' | mole-kernel repl", "mole-kernel repl < cells.txt"},
	"export": {"mole-kernel export notebook.ipynb", "mole-kernel export notebook.ipynb -o program --figures pictures", "mole-kernel export notebook.ipynb -o -"},
	"fmt":    {"mole-kernel fmt -l *.ipynb", "mole-kernel fmt -d notebook.ipynb", "mole-kernel fmt -w notebook.ipynb", "mole-kernel fmt - < notebook.ipynb"},
	"bench": {
		"mole-kernel bench accuracy --list", "mole-kernel bench accuracy digits iris --seeds 1,2,3 --json out.json",
		"mole-kernel bench accuracy digits --write docs/accuracy.md",
	},
	"doctor":  {"mole-kernel doctor"},
	"version": {"mole-kernel version"},
}
