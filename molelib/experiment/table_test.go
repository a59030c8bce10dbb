package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// example is an experiment of three seeds, in which one run fails.
func example(t *testing.T) *Table {
	t.Helper()
	a := map[int]float64{1: 0.90, 2: 0.94, 3: 0.98}
	b := map[int]float64{1: 0.88, 2: 0.94}
	table, err := Run(t.Context(), Plan{Name: "example <1>", Methods: []Method{
		{Name: "a & b", Run: func(_ context.Context, t *Trial) (Metrics, error) {
			return Metrics{"accuracy": a[t.Seed], "AUC": 0.5, "seconds": 2}, nil
		}},
		{Name: "c", Run: func(_ context.Context, t *Trial) (Metrics, error) {
			if v, ok := b[t.Seed]; ok {
				return Metrics{"accuracy": v, "AUC": math.NaN(), "seconds": 4}, nil
			}
			return nil, errors.New("no seed 3")
		}},
	}})
	if err == nil {
		t.Fatal("seed 3 of c gives no error")
	}
	return table
}

func TestTheTableHasMeansDeviationsAndPairedDifferences(t *testing.T) {
	want := `example <1>: 6 of 6 runs, 1 failed
method  runs   accuracy, %  against a & b    seconds
a & b      3  94.00 ± 4.00                 2.0 ± 0.0
c          2  91.00 ± 4.24   −1.00 ± 1.41  4.0 ± 0.0

method              AUC
a & b   0.5000 ± 0.0000
c                     –

experiment: c, seed 3: no seed 3
`
	if diff := cmp.Diff(want, example(t).String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheDifferenceIsTakenRunByRun(t *testing.T) {
	d := example(t).Difference("a & b", "c")
	// Differences 0.02 and 0: half the interval is t₁(0.975)·s/√2 = 12.7062·0.0141421/1.41421.
	for name, pair := range map[string][2]float64{
		"mean": {d.Mean, 0.01}, "std": {d.Std, 0.02 / math.Sqrt2}, "low": {d.Low, 0.01 - 0.127062}, "high": {d.High, 0.01 + 0.127062},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-6 {
			t.Errorf("%s = %v, want %v", name, pair[0], pair[1])
		}
	}
	if d.Runs != 2 {
		t.Errorf("%d pairs, want the two seeds that both have", d.Runs)
	}
	if d := example(t).Difference("a & b", "nobody"); d.Runs != 0 || !math.IsNaN(d.Mean) {
		t.Errorf("against a method that is not there: %+v", d)
	}
}

func TestTheNotebookShowsTheTableAndEveryRun(t *testing.T) {
	bundle, err := example(t).MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	page := bundle["text/html"].(string)
	for _, want := range []string{
		"<b>example &lt;1&gt;: 6 of 6 runs, 1 failed</b>", `a &amp; b</td><td style="text-align:right;white-space:nowrap">3</td><td style="text-align:right;white-space:nowrap">94.00 ± 4.00</td>`, ">−1.00 ± 1.41</td>",
		`text-align:left">seed 3</td><td style="text-align:right;white-space:nowrap">98.00</td><td style="text-align:right;white-space:nowrap">failed</td>`, "experiment: c, seed 3: no seed 3",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if bundle["text/plain"] != example(t).String() {
		t.Errorf("as text:\n%v", bundle["text/plain"])
	}
}

func TestATableIsWrittenAsCSVAndJSON(t *testing.T) {
	table := example(t)
	var text strings.Builder
	if err := table.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	want := "method,seed,fold,accuracy,AUC,seconds,error\na & b,1,,0.9,0.5,2,\nc,1,,0.88,,4,\na & b,2,,0.94,0.5,2,\nc,2,,0.94,,4,\na & b,3,,0.98,0.5,2,\nc,3,,,,,no seed 3\n"
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
	content, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Name, Metric string
		Runs         int
		Methods      []struct {
			Name       string
			Summary    map[string]struct{ Mean, Std *float64 }
			Difference *struct{ To string }
		}
		Results []struct {
			Method, Error string
			Metrics       Metrics
		}
	}
	if err := json.Unmarshal(content, &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "example <1>" || got.Metric != "accuracy" || got.Runs != 6 || len(got.Results) != 6 || got.Results[5].Error != "no seed 3" ||
		*got.Methods[1].Summary["accuracy"].Mean != table.Summary("c").Mean || got.Methods[1].Summary["AUC"].Mean != nil || got.Methods[1].Difference.To != "a & b" {
		t.Errorf("JSON: %s", content)
	}
}

func TestATableThatGrowsShowsWhatIsGoingOn(t *testing.T) {
	p := irises()
	p.Parallel = 1
	e, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	if text := e.Table().String(); !strings.Contains(text, "irises: 0 of 6 runs, ready") {
		t.Errorf("before it runs:\n%s", text)
	}
	seen := false
	e.Observer = observer(func(done, _ int, _ string) {
		if seen || done < 100 {
			return
		}
		seen = true
		bundle, err := e.Table().MIMEBundle()
		if err != nil {
			t.Error(err)
		}
		if page := bundle["text/html"].(string); !strings.Contains(page, " % done</td>") || !strings.Contains(page, "seed 1: hidden 1: epoch") {
			t.Errorf("in the midst:\n%s", page)
		}
	})
	if _, err := e.Run(t.Context()); err != nil || !seen {
		t.Errorf("looked at: %v, %v", seen, err)
	}
}

func TestTheMetricOfARegressionIsR2(t *testing.T) {
	table, err := Run(t.Context(), Plan{
		Data:    HoldOut(line(t), 0.25),
		Network: func() *mole.Network { return mole.MLP(1, 8, 1) },
		Options: mole.Options{Epochs: 5, OutputEpochs: 5, Probe: -1},
		Seeds:   []int{1},
		Methods: []Method{{Name: "MOLE", Run: MOLE}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if table.Metric() != "R²" || len(table.Values("MOLE")) != 1 || table.SummaryOf("MOLE", "RMSE").Runs != 1 {
		t.Errorf("%s is compared:\n%v", table.Metric(), table)
	}
}

// line are examples with the target y = 2x.
func line(t *testing.T) *data.Dataset {
	t.Helper()
	x, y := tensor.NewMatrix(40, 1), tensor.NewMatrix(40, 1)
	for i := range 40 {
		x.Data[i], y.Data[i] = float32(i), float32(2*i)
	}
	d, err := data.NewRegression(x, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDivisionsFitTheKindOfExamples(t *testing.T) {
	club := data.Karate()
	club.Validation = []int{1, 2}
	part, folds := Part{Seed: 1}, Part{Seed: 1, Folds: 3, Fold: 1}
	train, test, err := Validation(Fixed(club, nil), 0.5)(t.Context(), part)
	if g, ok := train.(*data.Graph); err != nil || !ok || len(g.Test) != 2 || test != nil {
		t.Errorf("validation on a graph: %v, %v, %v", train, test, err)
	}
	train, test, err = Validation(HoldOut(data.Iris(), 0.2), 0.25)(t.Context(), part)
	if err != nil || train.(*data.Dataset).Len() != 90 || test.(*data.Dataset).Len() != 30 {
		t.Errorf("validation on iris: %v, %v, %v", train, test, err)
	}
	train, test, err = CrossValidation(data.Iris())(t.Context(), folds)
	if err != nil || train.(*data.Dataset).Len() != 100 || test.(*data.Dataset).Len() != 50 {
		t.Errorf("three folds of iris: %v, %v, %v", train, test, err)
	}
	for want, s := range map[string]struct {
		split Split
		part  Part
	}{
		"its own training and test nodes": {HoldOut(club, 0.2), part},
		"no folds of *data.Graph":         {CrossValidation(club), folds},
		"needs Plan.Folds":                {CrossValidation(data.Iris()), part},
		"HoldOut makes no folds":          {HoldOut(data.Iris(), 0.2), folds},
		"Fixed makes no folds":            {Fixed(data.Iris(), nil), folds},
		"names no nodes for validation":   {Validation(Fixed(data.Karate(), nil), 0.2), part},
		"Standardized is for datasets":    {Standardized(Fixed(club, nil)), part},
	} {
		if _, _, err := s.split(t.Context(), s.part); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}
