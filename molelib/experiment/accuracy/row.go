package accuracy

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/experiment"
)

// Row is a task with what was measured.
type Row struct {
	Task     Task
	Table    *experiment.Table
	Measured Measured
}

// Verdict says whether a row reaches its bar.
type Verdict int

// The verdicts. Open is that of a row without a bar, and of one that is not measured.
const (
	Open Verdict = iota
	Passes
	Misses
)

// String is the word in the table.
func (v Verdict) String() string { return []string{"–", "passes", "misses"}[v] }

// Verdict compares the means over the runs that are over with the bar.
func (r Row) Verdict() Verdict {
	modular, gap := r.Table.Summary(MOLE).Mean, r.Table.Difference(MOLE, Backprop).Mean
	bar := r.Task.Bar
	switch {
	case bar == Bar{}:
		return Open
	case math.IsNaN(modular) || !bar.Alone && math.IsNaN(gap):
		return Open
	// The small constant keeps a mean of shares from missing the bar that it equals.
	case 100*modular < bar.Least-1e-9 || !bar.Alone && 100*gap < -bar.Below-1e-9:
		return Misses
	}
	return Passes
}

// String writes what MOLE has to reach: accuracy in %, and points against back-propagation.
func (b Bar) String() string {
	if (b == Bar{}) {
		return "–"
	}
	text := "≥ " + strconv.FormatFloat(b.Least, 'f', 1, 64)
	switch {
	case b.Alone:
		return text
	case b.Below == 0:
		return text + ", level"
	}
	return text + ", −" + strconv.FormatFloat(b.Below, 'f', 1, 64)
}

// cells are those of the table of results, behind the name.
func (r Row) cells() []string {
	return []string{
		r.Task.Title, r.Task.Network,
		bold(r.points(MOLE)), r.points(Backprop),
		r.gap(), r.Task.Bar.String(), r.Verdict().String(),
	}
}

func bold(text string) string {
	if text == "–" {
		return text
	}
	return "**" + text + "**"
}

// points is mean ± standard deviation in %.
func (r Row) points(method string) string {
	s := r.Table.Summary(method)
	if s.Runs == 0 {
		return "–"
	}
	return withStd(fmt.Sprintf("%.2f", 100*s.Mean), s.Std)
}

func (r Row) gap() string {
	d := r.Table.Difference(MOLE, Backprop)
	if d.Runs == 0 {
		return "–"
	}
	return withStd(strings.Replace(fmt.Sprintf("%+.2f", 100*d.Mean), "-", "−", 1), d.Std)
}

func withStd(mean string, std float64) string {
	if math.IsNaN(std) {
		return mean
	}
	return fmt.Sprintf("%s ± %.2f", mean, 100*std)
}

// details are the cells of the table of runs, behind the name.
func (r Row) details() []string {
	return []string{r.runs(), r.each(MOLE), r.each(Backprop), r.seconds()}
}

// runs names the seeds and folds of which there are results.
func (r Row) runs() string {
	var seeds, folds []string
	all := 0
	for _, result := range r.Table.Results() {
		all = result.Folds
		if s := strconv.Itoa(result.Seed); !slices.Contains(seeds, s) {
			seeds = append(seeds, s)
		}
		if f := strconv.Itoa(result.Fold + 1); !slices.Contains(folds, f) {
			folds = append(folds, f)
		}
	}
	text := "seed " + strings.Join(seeds, ", ")
	if len(seeds) > 1 {
		text = "seeds " + strings.Join(seeds, ", ")
	}
	switch {
	case len(seeds) == 0:
		return "none"
	case all > 0 && len(folds) < all:
		return fmt.Sprintf("%s, fold %s of %d", text, strings.Join(folds, ", "), all)
	case all > 0:
		return fmt.Sprintf("%s, %d folds", text, all)
	}
	return text
}

func (r Row) each(method string) string {
	var values []string
	for _, v := range r.Table.Values(method) {
		values = append(values, fmt.Sprintf("%.2f", 100*v))
	}
	if values == nil {
		return "–"
	}
	return strings.Join(values, " ")
}

func (r Row) seconds() string {
	var parts []string
	for _, method := range []string{MOLE, Backprop} {
		part := "–"
		if s := r.Table.SummaryOf(method, "seconds"); s.Runs > 0 {
			part = strconv.FormatFloat(s.Mean, 'g', 2, 64)
			if s.Mean >= 10 {
				part = strconv.FormatFloat(s.Mean, 'f', 0, 64)
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " / ")
}

// MarshalJSON writes the row with its bar, verdict and table.
func (r Row) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name     string            `json:"name"`
		Title    string            `json:"title"`
		Network  string            `json:"network"`
		Bar      string            `json:"bar"`
		Verdict  string            `json:"verdict"`
		Measured Measured          `json:"measured"`
		Table    *experiment.Table `json:"table"`
	}{r.Task.Name, r.Task.Title, r.Task.Network, r.Task.Bar.String(), r.Verdict().String(), r.Measured, r.Table})
}
