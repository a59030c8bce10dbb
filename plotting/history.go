package plotting

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// History is what a training run tells of itself. Its methods may be called while
// the run goes on, from another goroutine.
//
// Values returns a metric of one module: the epochs of the module's training, and a
// value for each of them (NaN: not measured); both are the caller's to keep. Metrics
// whose names begin with "I(" are information in bits; those with "accuracy" in their
// names are shares in [0, 1], and those with "R²" shares of variance, which stand in the
// place of accuracies where a run has them.
//
// Two more methods are used where a History has them: Sequential() bool says whether
// the modules were trained one after another, so that they are drawn in this order;
// without it they count as trained together when all have the same number of epochs.
// ClassEntropy() float64 is the most that I(T;Y) can be, in bits; it becomes a line.
type History interface {
	ModuleNames() []string
	Metrics() []string
	Values(module int, metric string) (epochs, values []float64)
}

// Training returns the panel to watch a training run by: information to the left,
// accuracy to the right, a colour for each module. Shown live, it draws what h
// holds at that moment.
func Training(h History) *Figure {
	return &Figure{Title: "Training", Width: 900, Height: 340, compose: func() (*sheet, error) {
		r := record(h)
		s := &sheet{}
		for _, k := range []kind{information, r.quality()} {
			s.panels = append(s.panels, panel{plot: r.plot(k), keys: r.metricKeys(k), share: 1})
			s.words = append(s.words, r.inWords(k)...)
		}
		s.keys = r.moduleKeys()
		return s, nil
	}}
}

// Information returns the curves of mutual information by module and epoch, in bits.
func Information(h History) *Figure { return curves("Mutual information", h, information) }

// Accuracy returns the curves of accuracy (or R²) by module and epoch, in percent.
func Accuracy(h History) *Figure { return curves("Accuracy", h, record(h).quality()) }

// Loss returns the curves of every metric with "loss" in its name.
func Loss(h History) *Figure { return curves("Loss", h, loss) }

func curves(title string, h History, k kind) *Figure {
	return &Figure{Title: title, Width: 560, Height: 340, compose: func() (*sheet, error) {
		r := record(h)
		p := panel{plot: r.plot(k), keys: r.metricKeys(k), share: 1}
		return &sheet{panels: []panel{p}, keys: r.moduleKeys(), words: r.inWords(k)}, nil
	}}
}

// kind is a family of metrics that share an axis.
type kind struct {
	label  string // of the y axis
	unit   string
	scale  float64 // from the metric to the axis
	limit  float64 // of the axis; 0: none
	has    func(metric string) bool
	format string // of a value on the axis' scale
}

var (
	information = kind{"information (bits)", " bits", 1, 0, func(m string) bool { return strings.HasPrefix(m, "I(") }, "%.2f"}
	accuracy    = kind{"accuracy (%)", " %", 100, 100, func(m string) bool { return strings.Contains(strings.ToLower(m), "accuracy") }, "%.1f"}
	explained   = kind{"explained variance R² (%)", " %", 100, 100, func(m string) bool { return strings.Contains(m, "R²") }, "%.1f"}
	loss        = kind{"loss", "", 1, 0, func(m string) bool { return strings.Contains(strings.ToLower(m), "loss") }, "%.3g"}
)

// quality is the kind of metric that says how good predictions are: R² of a regression, and
// otherwise accuracy.
func (r *run) quality() kind {
	if slices.ContainsFunc(r.metrics, explained.has) {
		return explained
	}
	return accuracy
}

// metricsOf returns the metrics of one kind that have values, in the run's order but
// the one to look at last: information about the target, accuracy on test data.
func (r *run) metricsOf(k kind) []string {
	var others, main []string
	for _, m := range r.metrics {
		if !k.has(m) || !slices.ContainsFunc(r.series, func(s series) bool { return s.metric == m }) {
			continue
		}
		if strings.HasSuffix(m, ";Y)") || strings.Contains(strings.ToLower(m), "test") {
			main = append(main, m)
		} else {
			others = append(others, m)
		}
	}
	return append(others, main...)
}

func (r *run) plot(k kind) *plot.Plot {
	p := newPlot("epoch", k.label)
	p.X.Tick.Marker = roundTicks{most: 9, integer: true}
	p.Y.Tick.Marker = roundTicks{most: 8, limit: k.limit}
	shown := r.of(k)
	stretches := r.stretches()
	if len(shown) == 0 {
		empty(p)
		return p
	}
	p.Add(stretches)
	palette, metrics := colours(len(r.modules)), r.metricsOf(k)
	for _, s := range shown {
		p.Add(&curve{x: s.x, y: s.y, style: metricStyle(line(palette[s.module], 1.7), slices.Index(metrics, s.metric), len(metrics))})
	}
	p.X.Min, p.X.Max = r.epochs()
	p.Y.Min, p.Y.Max = valueRange(k, shown)
	if k.label == information.label && r.nearCeiling(shown) {
		p.Add(ceiling{r.entropy, "S(Y)"})
		p.Y.Max = max(p.Y.Max, 1.06*r.entropy)
	}
	if len(stretches) > 0 && stretches[0].name != "" {
		// Room for the modules' names above the curves.
		p.Y.Max += 0.09 * (p.Y.Max - p.Y.Min)
	}
	return p
}

// nearCeiling says whether I(T;Y) comes so near to S(Y) that a line there does not
// press the curves together.
func (r *run) nearCeiling(shown []series) bool {
	for _, s := range shown {
		if s.metric == "I(T;Y)" && slices.Max(s.y) > 0.7*r.entropy {
			return r.entropy > 0
		}
	}
	return false
}

// metricStyle tells the metrics of one panel apart: the last, which is the one to
// look at, is drawn through.
func metricStyle(style draw.LineStyle, index, count int) draw.LineStyle {
	switch count - 1 - index {
	case 0:
	case 1:
		style.Dashes, style.Width = dashes, 1.2
	default:
		style.Dashes, style.Width = dots, 1.2
	}
	return style
}

func valueRange(k kind, shown []series) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range shown {
		for _, y := range s.y {
			if finite(y) {
				low, high = min(low, y), max(high, y)
			}
		}
	}
	if k.limit > 0 && high-low > 30 {
		low = max(low, lowest(shown, high))
	}
	room := 0.06 * (high - low)
	if room == 0 {
		room = max(0.05*math.Abs(high), 1e-3)
	}
	if low >= 0 && low-room < 0 || k.scale == 1 && low >= 0 && low < 0.5*high {
		low = room // Zero belongs to the axis.
	}
	return low - room, high + room
}

// lowest is where an axis of accuracies begins that would span most of the percents:
// the first epochs, when a network still guesses, leave the picture, so that the
// differences in the end can be read.
func lowest(shown []series, high float64) float64 {
	floor := math.Inf(1)
	for _, s := range shown {
		if y := slices.DeleteFunc(slices.Clone(s.y), func(v float64) bool { return !finite(v) }); len(y) > 0 {
			slices.Sort(y)
			floor = min(floor, y[len(y)/2])
		}
	}
	return min(high-15, floor-(high-floor))
}

// moduleKeys returns the legend of the modules' colours where no band names them.
func (r *run) moduleKeys() []key {
	if bs := r.stretches(); len(bs) > 0 && bs[0].name != "" {
		return nil
	}
	var out []key
	palette := colours(len(r.modules))
	for m, name := range r.modules {
		if slices.ContainsFunc(r.series, func(s series) bool { return s.module == m }) {
			out = append(out, key{name: name, line: line(palette[m], 2)})
		}
	}
	return out
}

// metricKeys returns the legend of the line styles of one kind.
func (r *run) metricKeys(k kind) []key {
	var out []key
	metrics := r.metricsOf(k)
	if len(metrics) > 1 { // A single one is named by the axis.
		for i, m := range metrics {
			out = append(out, key{name: m, line: metricStyle(line(ink, 1.4), i, len(metrics))})
		}
	}
	if k.label == information.label && r.entropy > 0 && metrics != nil {
		entropy := key{name: fmt.Sprintf("S(Y) = %.2f bits", r.entropy)}
		if r.nearCeiling(r.of(k)) {
			entropy.line = ceilingStyle
		}
		out = append(out, entropy)
	}
	return out
}

// inWords says the last value of every series of a kind.
func (r *run) inWords(k kind) []string {
	var out []string
	for _, s := range r.of(k) {
		last := len(s.y) - 1
		for last > 0 && !finite(s.y[last]) {
			last--
		}
		out = append(out, fmt.Sprintf("%s: %s "+k.format+"%s (epoch %g)", r.modules[s.module], s.metric, s.y[last], k.unit, s.x[last]-r.starts[s.module]))
	}
	if out == nil {
		out = []string{strings.TrimSuffix(k.label, " (bits)") + ": no data yet"}
	}
	return out
}
