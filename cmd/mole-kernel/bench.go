package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/experiment"
	"github.com/mole-kernel/mole-kernel/molelib/experiment/accuracy"
)

// benchFlags are the flags of mole-kernel bench accuracy.
type benchFlags struct {
	list, fresh, quiet   bool
	seeds                []int
	folds, parallel      int
	json, write, results string
}

func (f *benchFlags) declare(set *flag.FlagSet) {
	set.BoolVar(&f.list, "list", false, "list the rows and their bars, and run nothing")
	set.Func("seeds", "the seeds to run each row with, e.g. `1,2,3` (the default; 1 for rows with folds)", func(text string) (err error) {
		f.seeds, err = numbers(text)
		return err
	})
	set.IntVar(&f.folds, "folds", 0, "run only the first `N` folds of rows with folds")
	set.IntVar(&f.parallel, "parallel", 0, "run at most `N` trainings at the same time (default: as many as there are processors)")
	set.StringVar(&f.json, "json", "", "write everything that was measured to `FILE`")
	set.StringVar(&f.write, "write", "", "put the rows into the tables of the page `FILE`, such as docs/accuracy.md")
	set.StringVar(&f.results, "results", "", "keep the results of finished trainings in `DIR` until all rows are complete (default: in the user's cache)")
	set.BoolVar(&f.fresh, "fresh", false, "forget the results of an interrupted run")
	set.BoolVar(&f.quiet, "q", false, "tell nothing of the progress")
}

// numbers reads whole numbers with commas between them.
func numbers(text string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("%q is not a whole number", part)
		}
		out = append(out, n)
	}
	return out, nil
}

// benchCommand measures what docs/accuracy.md holds. The exit code is 1 when a row misses its
// bar or fails, 130 after Ctrl-C.
func benchCommand(sh shell, args []string) (int, error) {
	set := flags("bench")
	var f benchFlags
	f.declare(set)
	rest, err := parse(sh, set, args)
	if err != nil {
		return 0, err
	}
	if len(rest) == 0 || rest[0] != "accuracy" {
		return 0, usagef("say what to measure: accuracy")
	}
	tasks, err := chosenTasks(rest[1:])
	if err != nil {
		return 0, err
	}
	if f.list {
		listTasks(sh, tasks)
		return 0, nil
	}
	if f.folds < 0 || f.parallel < 0 {
		return 0, usagef("--folds and --parallel must be positive")
	}
	if f.write != "" { // An hour later would be too late to find out.
		if err := f.page(nil); err != nil {
			return 0, err
		}
	}
	ctx, stop := interruptible()
	defer stop()
	return f.bench(ctx, sh, tasks, f.command(rest[1:]))
}

// command is what measures the same again.
func (f *benchFlags) command(names []string) string {
	parts := append([]string{"mole-kernel bench accuracy"}, names...)
	if f.seeds != nil {
		parts = append(parts, "--seeds "+strings.Trim(strings.ReplaceAll(fmt.Sprint(f.seeds), " ", ","), "[]"))
	}
	if f.folds > 0 {
		parts = append(parts, fmt.Sprintf("--folds %d", f.folds))
	}
	return strings.Join(parts, " ")
}

// chosenTasks returns the tasks of the given names, in the order of the table; all without names.
func chosenTasks(names []string) ([]accuracy.Task, error) {
	all := accuracy.Tasks()
	if len(names) == 0 {
		return all, nil
	}
	known := make([]string, len(all))
	for i, task := range all {
		known[i] = task.Name
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, usagef("there is no row %q: the rows are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(all, func(t accuracy.Task) bool { return !slices.Contains(names, t.Name) }), nil
}

func listTasks(sh shell, tasks []accuracy.Task) {
	for _, t := range tasks {
		fmt.Fprintf(sh.out, "%-12s %-16s %s; %s\n", t.Name, t.Bar, t.Title, t.Network)
	}
}

// bench runs the tasks one after the other and prints what came out, also after an error.
func (f *benchFlags) bench(ctx context.Context, sh shell, tasks []accuracy.Task, command string) (int, error) {
	dir, err := f.resultsDir()
	if err != nil {
		return 0, err
	}
	build, err := buildID()
	if err != nil {
		return 0, err
	}
	here := accuracy.Here(version(), command)
	var rows []accuracy.Row
	var failed error
	for _, task := range tasks {
		if ctx.Err() != nil {
			break
		}
		table, err := f.row(ctx, sh, task, filepath.Join(dir, task.Name+".jsonl"), build)
		if table != nil {
			rows = append(rows, accuracy.Row{Task: task, Table: table, Measured: here})
		}
		if err != nil && ctx.Err() == nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", task.Name, err))
		}
	}
	fmt.Fprint(sh.out, accuracy.Markdown(rows))
	if err := f.save(sh, rows); err != nil {
		return 0, errors.Join(failed, err)
	}
	if ctx.Err() != nil {
		return interruptedCode, fmt.Errorf("interrupted: the same command goes on from the results in %s", dir)
	}
	if failed == nil {
		failed = f.forget(dir, tasks)
	}
	return 0, errors.Join(failed, missed(rows))
}

// missed is the error of the rows that miss their bars.
func missed(rows []accuracy.Row) error {
	var names []string
	for _, r := range rows {
		if r.Verdict() == accuracy.Misses {
			names = append(names, r.Task.Name)
		}
	}
	if names == nil {
		return nil
	}
	return fmt.Errorf("below the bar: %s", strings.Join(names, ", "))
}

// row runs one task, or what is missing of it.
func (f *benchFlags) row(ctx context.Context, sh shell, task accuracy.Task, file, build string) (*experiment.Table, error) {
	plan, err := task.Plan(ctx)
	if err != nil {
		return nil, err
	}
	plan.File, plan.Setting, plan.Parallel = file, build, f.parallel
	if f.seeds != nil {
		plan.Seeds = f.seeds
	}
	for fold := range min(f.folds, plan.Folds) {
		plan.OnlyFolds = append(plan.OnlyFolds, fold)
	}
	if f.fresh {
		if err := experiment.Discard(file); err != nil {
			return nil, err
		}
	}
	e, err := experiment.New(plan)
	if errors.Is(err, experiment.ErrOtherPlan) {
		// Another build may compute other things: its results must not be mixed with these.
		if err = experiment.Discard(file); err == nil {
			e, err = experiment.New(plan)
		}
	}
	if err != nil {
		return nil, err
	}
	if !f.quiet {
		watch := &benchWatch{w: sh.err, width: terminalWidth(sh.err), table: e.Table()}
		watch.begin()
		defer watch.end()
		e.Observer = watch
	}
	return e.Run(ctx)
}

// save writes the files that were asked for. A page gets complete rows only.
func (f *benchFlags) save(sh shell, rows []accuracy.Row) error {
	if f.json != "" {
		text, err := json.MarshalIndent(struct {
			Rows []accuracy.Row `json:"rows"`
		}{rows}, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(f.json, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	if f.write == "" {
		return nil
	}
	var complete []accuracy.Row
	for _, r := range rows {
		if r.Table.Complete() {
			complete = append(complete, r)
		} else {
			fmt.Fprintf(sh.err, "%s: not complete, so that the row of %s stays as it is\n", r.Task.Name, f.write)
		}
	}
	return f.page(complete)
}

// page puts rows into the page.
func (f *benchFlags) page(rows []accuracy.Row) error {
	page, err := os.ReadFile(f.write)
	if err != nil {
		return err
	}
	text, err := accuracy.Update(string(page), rows)
	if err != nil {
		return fmt.Errorf("%s: %w", f.write, err)
	}
	if text == string(page) {
		return nil
	}
	return os.WriteFile(f.write, []byte(text), 0o644)
}

// resultsDir is where results are kept until all rows are complete.
func (f *benchFlags) resultsDir() (string, error) {
	dir := f.results
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the user's cache: %w: name a folder by --results", err)
		}
		dir = filepath.Join(cache, "mole-kernel", "accuracy")
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// forget removes the results: the next run measures again.
func (f *benchFlags) forget(dir string, tasks []accuracy.Task) error {
	for _, task := range tasks {
		if err := experiment.Discard(filepath.Join(dir, task.Name+".jsonl")); err != nil {
			return err
		}
	}
	return nil
}
