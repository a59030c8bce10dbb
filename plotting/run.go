package plotting

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// run is a copy of a History at one moment.
type run struct {
	modules []string
	metrics []string
	series  []series  // only those with values
	starts  []float64 // by module: where on the x axis its epochs count from
	entropy float64   // S(Y) in bits; 0: not known
}

type series struct {
	module int
	metric string
	x, y   []float64 // x: place on the axis, in epochs of the run
}

// shownPoints bounds the points of a curve: more cannot be told apart.
const shownPoints = 400

func record(h History) *run {
	r := &run{}
	if missing(h) {
		return r
	}
	r.modules, r.metrics = h.ModuleNames(), h.Metrics()
	r.starts = make([]float64, len(r.modules))
	for m := range r.modules {
		for _, metric := range r.metrics {
			x, y := h.Values(m, metric)
			one, measured := series{module: m, metric: metric}, false
			for i := range min(len(x), len(y)) {
				if finite(x[i]) {
					one.x, one.y = append(one.x, x[i]), append(one.y, y[i])
					measured = measured || finite(y[i])
				}
			}
			if measured {
				r.series = append(r.series, one)
			}
		}
	}
	if s, ok := h.(interface{ ClassEntropy() float64 }); ok && finite(s.ClassEntropy()) {
		r.entropy = s.ClassEntropy()
	}
	first, last := r.span()
	if s, ok := h.(interface{ Sequential() bool }); ok && s.Sequential() || !ok && !together(first, last) {
		r.lineUp(first, last)
	}
	return r
}

// span returns the first and the last epoch of every module; where a module has none
// the first is above the last.
func (r *run) span() (first, last []float64) {
	first, last = make([]float64, len(r.modules)), make([]float64, len(r.modules))
	for m := range r.modules {
		first[m], last[m] = math.Inf(1), math.Inf(-1)
	}
	for _, s := range r.series {
		first[s.module] = min(first[s.module], slices.Min(s.x))
		last[s.module] = max(last[s.module], slices.Max(s.x))
	}
	return first, last
}

// together guesses whether the modules were trained at the same time.
func together(first, last []float64) bool {
	for m := range last {
		if last[m] != last[0] || first[m] > last[m] {
			return false
		}
	}
	return true
}

// lineUp moves every module behind the one before, unless its epochs are counted
// from the beginning of the run already.
func (r *run) lineUp(first, last []float64) {
	end := 0.0
	for m := range r.modules {
		if first[m] > last[m] {
			continue
		}
		if first[m] < end {
			r.starts[m] = end
		}
		end = max(end, r.starts[m]+last[m])
	}
	for i, s := range r.series {
		for k := range s.x {
			r.series[i].x[k] += r.starts[s.module]
		}
	}
}

// before returns the number of epochs of the run before those of a module.
func (r *run) before(module int) float64 {
	if slices.Max(r.starts) > 0 {
		return r.starts[module]
	}
	first, _ := r.span()
	return max(0, first[module]-1)
}

// of returns the series of one kind, scaled to its axis.
func (r *run) of(k kind) []series {
	var out []series
	for _, s := range r.series {
		if !k.has(s.metric) {
			continue
		}
		x, y := thinned(s.x, s.y, shownPoints)
		scaled := make([]float64, len(y))
		for i, v := range y {
			scaled[i] = v * k.scale
		}
		out = append(out, series{s.module, s.metric, x, scaled})
	}
	return out
}

// epochs returns the range of the x axis, over everything that was measured, so that
// the panels of a figure have the same.
func (r *run) epochs() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range r.series {
		for _, x := range s.x {
			if finite(x) {
				low, high = min(low, x), max(high, x)
			}
		}
	}
	return aside(low, high)
}

// aside leaves a little room beside the first and the last epoch.
func aside(low, high float64) (float64, float64) {
	if !(high > low) {
		return low - 0.5, low + 0.5
	}
	room := 0.015 * (high - low)
	return low - room, high + room
}

// stretches returns the stretch of epochs of every module when they follow each
// other, nil when they overlap or there is only one.
func (r *run) stretches() bands {
	from, to := r.span()
	if len(r.modules) < 2 {
		return nil
	}
	low, high := r.epochs()
	palette := colours(len(r.modules))
	var out bands
	start, last := math.Inf(-1), math.Inf(-1)
	for m, name := range r.modules {
		if from[m] > to[m] {
			continue
		}
		if from[m] < last || from[m] <= start {
			return nil
		}
		b := band{from: low, to: high, name: name, colour: palette[m], shaded: m%2 == 1, first: len(out) == 0}
		if n := len(out); n > 0 {
			b.from = (last + from[m]) / 2
			out[n-1].to = b.from
		}
		out, start, last = append(out, b), from[m], to[m]
	}
	return out.named(high - low)
}

// usualWidth is that of the data in a panel of Training. Names that have no room in it
// are left to the legend: in pieces they say nothing.
const usualWidth vg.Length = 300

// named takes all names away when one has no room, of the given extent of the axis.
func (bs bands) named(extent float64) bands {
	for _, b := range bs {
		if bold(tickSize, ink).Width(b.name)+4 > usualWidth*vg.Length((b.to-b.from)/extent) {
			for i := range bs {
				bs[i].name = ""
			}
			break
		}
	}
	return bs
}
