package mole

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
)

// String is a table with a line a module: epochs done, the latest values (or those of the
// best epoch, see Best), seconds, memory of a step.
func (r *Report) String() string {
	var s strings.Builder
	s.WriteString(r.headline() + "\n")
	width := columnOf(14, r.names)
	fmt.Fprintf(&s, "%-*s %7s %8s %8s %9s %9s %7s %7s\n", width, "module", "epochs", MetricITX, MetricITY, r.qualityMetric(), MetricLoss, "s", "MB")
	for k, name := range r.names {
		fmt.Fprintf(&s, "%-*s", width, name)
		for i, cell := range r.cells(k) {
			fmt.Fprintf(&s, " %*s", []int{7, 8, 8, 9, 9, 7, 7}[i], cell)
		}
		s.WriteString("\n")
	}
	return s.String()
}

// MIMEBundle shows the table as HTML and as text.
func (r *Report) MIMEBundle() (map[string]any, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "<p><b>%s</b></p>", html.EscapeString(r.headline()))
	rows := [][]string{{"module", "epochs", "I(T;X), bits", "I(T;Y), bits", r.qualityMetric(), MetricLoss, "seconds", "MB"}}
	for k, name := range r.names {
		rows = append(rows, append([]string{name}, r.cells(k)...))
	}
	htmltable.Write(&s, rows, 1, nil)
	if bits := r.ClassEntropy(); bits > 0 {
		fmt.Fprintf(&s, "<p><small>I(T;Y) is at most S(Y) = %.2f bits. The %s before the last module is that of a linear readout.</small></p>", bits, r.qualityMetric())
	}
	return map[string]any{"text/html": s.String(), "text/plain": r.String()}, nil
}

func (r *Report) headline() string {
	done, total, status := r.Progress()
	line := fmt.Sprintf("%s on %s: ", r.method, r.dataset)
	if done < total {
		return line + fmt.Sprintf("%d of %d steps, %s", done, total, status)
	}
	switch e := r.Evaluation(); {
	case e != nil && r.regression:
		line += fmt.Sprintf("test R² %.4f, RMSE %.4g, ", e.R2, e.RMSE)
	case e != nil:
		line += fmt.Sprintf("test accuracy %.2f %%, ", 100*e.Accuracy)
	case math.IsNaN(r.Accuracy()):
	case !r.predicts && r.regression:
		line += fmt.Sprintf("R² of a linear readout %.4f, ", r.Accuracy())
	case !r.predicts:
		line += fmt.Sprintf("accuracy of a linear readout %.2f %%, ", 100*r.Accuracy())
	case r.regression:
		line += fmt.Sprintf("R² %.4f without test predictions, ", r.Accuracy())
	default:
		line += fmt.Sprintf("accuracy on training data %.2f %%, ", 100*r.Accuracy())
	}
	return line + fmt.Sprintf("trained in %s", r.Duration().Round(10*time.Millisecond))
}

func (r *Report) cells(k int) []string {
	all := r.Epochs(k)
	if len(all) == 0 {
		return []string{"0", "–", "–", "–", "–", "–", "–"}
	}
	epochs := strconv.Itoa(all[len(all)-1].Epoch)
	if best := r.Best(k); best > 0 {
		epochs = fmt.Sprintf("%d/%s", best, epochs)
	}
	return []string{
		epochs, number(r.kept(k, MetricITX), 3), number(r.kept(k, MetricITY), 3),
		r.shownQuality(k), number(r.kept(k, MetricLoss), 4),
		number(r.Seconds(k), 2), number(float64(r.Memory(k))/1e6, 2),
	}
}

func (r *Report) shownQuality(k int) string {
	if r.regression {
		return number(r.kept(k, MetricR2), 3)
	}
	return percentOf(r.kept(k, MetricAccuracy))
}

func number(v float64, digits int) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

func percentOf(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return percent(v)
}

// columnOf returns the width of a column of texts, at least the given one.
func columnOf(least int, texts []string) int {
	for _, t := range texts {
		least = max(least, utf8.RuneCountInString(t))
	}
	return least
}
