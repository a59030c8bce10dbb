package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/mole-kernel/mole-kernel/install"
	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
	"github.com/mole-kernel/mole-kernel/kernel/modules"
	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
	"github.com/mole-kernel/mole-kernel/kernel/transport"
	"github.com/mole-kernel/mole-kernel/kernel/wire"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

// logVariable sets how much the kernel logs: debug, info, warn or error.
const logVariable = "MOLE_LOG"

// logger writes to standard error, which Jupyter shows in the server's terminal.
func logger(sh shell) *slog.Logger {
	level := slog.LevelWarn
	if text := os.Getenv(logVariable); text != "" {
		if err := level.UnmarshalText([]byte(text)); err != nil {
			level = slog.LevelWarn
		}
	}
	return slog.New(slog.NewTextHandler(sh.err, &slog.HandlerOptions{Level: level}))
}

// kernelCommand is what Jupyter starts. Front ends append arguments of their own
// (jupyter run appends the file): they are logged and left alone.
func kernelCommand(sh shell, args []string) (int, error) {
	if len(args) == 1 && (args[0] == "-h" || args[0] == "--help") {
		fmt.Fprintf(sh.out, "usage: mole-kernel kernel -f CONNECTION_FILE\n\nJupyter starts this; mole-kernel install tells Jupyter how.\n")
		return 0, nil
	}
	file, unknown := connectionFile(args)
	if file == "" {
		return 0, usagef("-f CONNECTION_FILE is missing: Jupyter starts this command, mole-kernel install tells it how")
	}
	log := logger(sh)
	if len(unknown) > 0 {
		log.Warn("arguments that this kernel does not know are ignored", "arguments", unknown)
	}
	conn, err := transport.Listen(file, log)
	if err != nil {
		return 0, err
	}
	s, err := newSession("", "", cellsOf(sessionNotebook(), log), log)
	if err != nil {
		return 0, fmt.Errorf("start the worker: %w", err)
	}
	k := kernel.New(kernel.Options{
		Runtime: s, Assistant: s, Conn: conn, Info: kernelInfo(), History: historyFile(log), Logger: log,
	})
	ctx, stop := k.Attach(context.Background())
	defer stop()
	return 0, k.Run(ctx)
}

// connectionFile finds the value of -f and returns all other arguments.
func connectionFile(args []string) (file string, unknown []string) {
	for i := 0; i < len(args); i++ {
		name, value, hasValue := strings.Cut(args[i], "=")
		switch name {
		case "-f", "--f", "-connection-file", "--connection-file":
		default:
			unknown = append(unknown, args[i])
			continue
		}
		if !hasValue {
			if i++; i == len(args) {
				return file, unknown
			}
			value = args[i]
		}
		file = value
	}
	return file, unknown
}

// newSession makes what runs the cells of one notebook in the folder dir ("" for the
// current one). Cells are those of its file, nil where it is not known.
func newSession(dir, memory string, cells func() []string, log *slog.Logger) (*session.Session, error) {
	limit, err := memoryLimit(memory)
	if err != nil {
		return nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return session.New(session.Options{
		Packages: symbols.Packages(), Command: []string{exe, "worker"}, Dir: dir, MemoryLimit: limit, Logger: log,
		NoColour: os.Getenv("NO_COLOR") != "", // see no-color.org
		Modules: session.Modules{
			Builder: modules.NewBuilder(modules.Options{Base: symbols.Packages(), Dir: dir}), Cells: cells,
		},
	})
}

// sessionNotebook is the file that the kernel runs for, as Jupyter tells it; "" when it does not.
func sessionNotebook() string {
	name := os.Getenv("JPY_SESSION_NAME")
	for _, file := range []string{name, filepath.Base(name)} {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && filepath.Ext(file) == ".ipynb" {
			return file
		}
	}
	return ""
}

// cellsOf reads the code cells of a notebook when they are asked for; nil for no notebook.
func cellsOf(file string, log *slog.Logger) func() []string {
	if file == "" {
		return nil
	}
	return func() []string {
		nb, err := nbformat.Read(file)
		if err != nil {
			log.Debug("look for imports in the notebook", "err", err)
			return nil
		}
		var cells []string
		for _, c := range nb.Cells {
			if c.Type == "code" {
				cells = append(cells, c.Source)
			}
		}
		return cells
	}
}

// workerCommand is the process that holds the values.
func workerCommand(sh shell, args []string) (int, error) {
	if len(args) > 0 && isHelp(args[0]) {
		fmt.Fprintf(sh.out, "usage: mole-kernel worker\n\nThe kernel starts this, with pipes to talk to it.\n")
		return 0, nil
	}
	return worker.Main(worker.Tables{Exports: symbols.Exports, Generic: symbols.Generic}), nil
}

// kernelInfo is what front ends learn of the kernel.
func kernelInfo() kernel.Info {
	return kernel.Info{
		Implementation: "mole-kernel",
		Version:        version(),
		Banner: fmt.Sprintf("mole-kernel %s, Go %s: values live between cells; mole, plotting and nb need no import.",
			version(), goVersion()),
		Language: wire.LanguageInfo{
			Name: "go", Version: goVersion(), Mimetype: "text/x-go", FileExtension: ".go",
			PygmentsLexer: "go", CodemirrorMode: "go", NBConvertExporter: "script",
		},
		HelpLinks: []wire.HelpLink{
			{Text: "mole-kernel", URL: "https://github.com/mole-kernel/mole-kernel"},
			{Text: "Go", URL: "https://go.dev/ref/spec"},
			{Text: "Go packages", URL: "https://pkg.go.dev/std"},
		},
	}
}

// historyFile is where inputs outlive the kernel; "" where no folder can be had, which
// costs the history and nothing else.
func historyFile(log *slog.Logger) string {
	dir, err := install.DataDir()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		log.Warn("inputs are not kept between sessions", "err", err)
		return ""
	}
	return filepath.Join(dir, "history.jsonl")
}
