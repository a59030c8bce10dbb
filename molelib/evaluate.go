package mole

import (
	"context"
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// Evaluation is what a network gets right and wrong on examples with labels or targets.
type Evaluation struct {
	Dataset  string
	Examples int

	// Of a regression, as means over the targets; see TargetScore.
	R2, RMSE, MAE float64
	PerTarget     []TargetScore // nil with labels

	// Of a classification; all that follows is empty with targets.
	Correct  int
	Accuracy float64 // share of correct examples, in [0, 1]

	// BalancedAccuracy is the mean recall of the classes that have examples: chance is one
	// over their number, however uneven they are. MacroF1 is their mean F1.
	BalancedAccuracy float64
	MacroF1          float64

	// AUC is the area under the ROC curve, the probability that an example of a class has a
	// higher probability of it than one of the others, as the mean over the classes that
	// have examples (one against the rest). It is NaN when there is only one.
	AUC float64

	// LogLoss is the mean of −ln p of the true class, in nats.
	LogLoss float64

	Classes   []string
	Confusion [][]int // Confusion[true class][predicted class] counts examples
	PerClass  []ClassScore
}

// ClassScore is the quality of the predictions for one class. A quotient with nothing
// below it is 0.
type ClassScore struct {
	Class     string
	Examples  int     // examples of the class
	Precision float64 // of those predicted to be of the class, the share that are
	Recall    float64 // of those of the class, the share predicted to be
	F1        float64 // harmonic mean of both
}

// Evaluate compares the classes that the network predicts for the examples of d with
// their labels, or the values with their targets. It panics when d does not fit the network; see EvaluateContext.
func (net *Network) Evaluate(d Examples) *Evaluation {
	return must(net.EvaluateContext(context.Background(), d))
}

// EvaluateContext is Evaluate that stops with the error of ctx, and returns as an error
// what is wrong with d.
func (net *Network) EvaluateContext(ctx context.Context, d Examples) (*Evaluation, error) {
	all, err := net.takes(d, labelledOf)
	if err != nil {
		return nil, err
	}
	if err := net.judges(all); err != nil {
		return nil, err
	}
	logits, err := net.represent(ctx, len(net.Modules)-1, all.flow)
	if err != nil {
		return nil, fmt.Errorf("mole: evaluation on %s stopped: %w", all.name, err)
	}
	return net.score(all, logits), nil
}

// takes returns some of the examples of e, or an error that says why they do not fit the
// network.
func (net *Network) takes(e Examples, some func(Examples) (*labelled, error)) (*labelled, error) {
	if net == nil {
		return nil, errNoNetwork
	}
	if !given(e) {
		return nil, fmt.Errorf("mole: no dataset was given")
	}
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("mole: %w", err)
	}
	d, err := some(e)
	if err != nil {
		return nil, err
	}
	if width := d.flow.x.Cols; width != net.inputs {
		return nil, fmt.Errorf("mole: %s has %d features, but the network takes %d: make it with mole.%s(%d, …)", d.name, width, net.inputs, d.flow.maker(), width)
	}
	return d, net.fits(&d.flow)
}

// score compares outputs with what is known of d.
func (net *Network) score(d *labelled, outputs *tensor.Matrix) *Evaluation {
	if d.regression() {
		return scoreValues(d, net.values(outputs))
	}
	return score(d, outputs)
}

// score compares logits (n×classes) with the labels of d.
func score(d *labelled, logits *tensor.Matrix) *Evaluation {
	predicted, classes := largest(logits), len(d.classes)
	for _, p := range predicted {
		classes = max(classes, p+1) // a network may have outputs for more classes
	}
	e := &Evaluation{Dataset: d.name, Examples: len(d.labels), Confusion: make([][]int, classes)}
	for c := range classes {
		e.Confusion[c] = make([]int, classes)
		name := fmt.Sprint(c)
		if c < len(d.classes) {
			name = d.classes[c]
		}
		e.Classes = append(e.Classes, name)
	}
	for i, p := range predicted {
		e.Confusion[d.labels[i]][p]++
		if p == d.labels[i] {
			e.Correct++
		}
	}
	e.Accuracy = quotient(e.Correct, e.Examples)
	for c := range classes {
		e.PerClass = append(e.PerClass, e.classScore(c))
	}
	e.average()
	e.AUC = meanAUC(logits, d.labels)
	e.LogLoss = nn.CrossEntropy(nil, logits, d.labels)
	return e
}

// average takes the means over the classes that have examples.
func (e *Evaluation) average() {
	present := 0
	for _, c := range e.PerClass {
		if c.Examples > 0 {
			present++
			e.BalancedAccuracy += c.Recall
			e.MacroF1 += c.F1
		}
	}
	e.BalancedAccuracy /= float64(max(1, present))
	e.MacroF1 /= float64(max(1, present))
}

func (e *Evaluation) classScore(c int) ClassScore {
	actual, predicted, hits := 0, 0, e.Confusion[c][c]
	for k := range e.Confusion {
		actual += e.Confusion[c][k]
		predicted += e.Confusion[k][c]
	}
	return ClassScore{
		Class: e.Classes[c], Examples: actual,
		Precision: quotient(hits, predicted), Recall: quotient(hits, actual), F1: quotient(2*hits, actual+predicted),
	}
}

func quotient(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// String returns the accuracy and a table by class, or R² and a table by target.
func (e *Evaluation) String() string {
	if e.PerTarget != nil {
		return e.valuesString()
	}
	var s strings.Builder
	fmt.Fprintf(&s, "%s: accuracy %s (%d of %d)\n", e.Dataset, percent(e.Accuracy), e.Correct, e.Examples)
	fmt.Fprintf(&s, "balanced %s, macro F1 %s, AUC %s, log loss %.4f\n",
		percent(e.BalancedAccuracy), percent(e.MacroF1), number(e.AUC, 4), e.LogLoss)
	width := columnOf(14, e.Classes)
	fmt.Fprintf(&s, "%-*s %8s %9s %8s %8s\n", width, "class", "examples", "precision", "recall", "F1")
	for _, c := range e.PerClass {
		fmt.Fprintf(&s, "%-*s %8d %9s %8s %8s\n", width, c.Class, c.Examples, percent(c.Precision), percent(c.Recall), percent(c.F1))
	}
	return s.String()
}

// MIMEBundle shows the table, of classes with the confusion matrix.
func (e *Evaluation) MIMEBundle() (map[string]any, error) {
	if e.PerTarget != nil {
		return map[string]any{"text/html": e.valuesHTML(), "text/plain": e.String()}, nil
	}
	var s strings.Builder
	fmt.Fprintf(&s, "<p><b>%s</b>: accuracy <b>%s</b> (%d of %d), balanced %s, macro F1 %s, AUC %s, log loss %.4f</p>", html.EscapeString(e.Dataset),
		percent(e.Accuracy), e.Correct, e.Examples, percent(e.BalancedAccuracy), percent(e.MacroF1), number(e.AUC, 4), e.LogLoss)
	rows := [][]string{{"true class", "examples", "precision", "recall", "F1"}}
	counts := len(rows[0])        // of the confusion matrix begin in this column
	shown := len(e.Classes) <= 20 // wider matrices are for plotting.Confusion
	if shown {
		for _, c := range e.Classes {
			rows[0] = append(rows[0], "→ "+c)
		}
	}
	for k, c := range e.PerClass {
		row := []string{c.Class, strconv.Itoa(c.Examples), percent(c.Precision), percent(c.Recall), percent(c.F1)}
		for j := 0; shown && j < len(e.Classes); j++ {
			row = append(row, strconv.Itoa(e.Confusion[k][j]))
		}
		rows = append(rows, row)
	}
	htmltable.Write(&s, rows, 1, func(row, column int, cell string) string {
		switch j := column - counts; {
		case j < 0:
			return cell
		case e.Confusion[row-1][j] == 0:
			return `<span style="opacity:.35">0</span>`
		case j == row-1:
			return "<b>" + cell + "</b>"
		}
		return cell
	})
	return map[string]any{"text/html": s.String(), "text/plain": e.String()}, nil
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
