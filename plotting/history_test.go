package plotting

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/plot/vg"
)

// rehearsal is a History that a test writes.
type rehearsal struct {
	modules []string
	metrics []string
	epochs  map[string][]float64 // by module and metric, "0 loss"
	values  map[string][]float64
	mu      sync.Mutex
}

func newRehearsal(modules ...string) *rehearsal {
	return &rehearsal{
		modules: modules, metrics: []string{"I(T;X)", "I(T;Y)", "accuracy", "test accuracy", "loss"},
		epochs: map[string][]float64{}, values: map[string][]float64{},
	}
}

func at(module int, metric string) string { return string(rune('0'+module)) + " " + metric }

func (r *rehearsal) add(module int, metric string, epoch, value float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := at(module, metric)
	r.epochs[k], r.values[k] = append(r.epochs[k], epoch), append(r.values[k], value)
}

func (r *rehearsal) ModuleNames() []string { return r.modules }
func (r *rehearsal) Metrics() []string     { return r.metrics }
func (r *rehearsal) Values(module int, metric string) (epochs, values []float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.epochs[at(module, metric)]), slices.Clone(r.values[at(module, metric)])
}

// local makes the epochs of every module count from 0.
type local struct {
	*rehearsal
	sequential bool
}

func (l local) Sequential() bool { return l.sequential }
func (l local) Values(module int, metric string) (epochs, values []float64) {
	epochs, values = l.rehearsal.Values(module, metric)
	for i := range epochs {
		epochs[i] = float64(i)
	}
	return epochs, values
}

func (l local) ClassEntropy() float64 { return 3.3 }

// train fills the epochs from … to of a run that learns module after module, or all
// at the same time.
func (r *rehearsal) train(epochs int, together bool) *rehearsal {
	for m := range r.modules {
		for e := 1; e <= epochs; e++ {
			x, t := float64(e), 1-math.Exp(-float64(e)/4)
			if !together {
				x += float64(m * epochs)
			}
			wobble := 0.01 * math.Sin(float64(7*e+3*m))
			r.add(m, "I(T;X)", x, 4.2+0.8*t-0.3*float64(m)+3*wobble)
			r.add(m, "I(T;Y)", x, 1.2+1.9*t+0.05*float64(m)+3*wobble)
			r.add(m, "accuracy", x, 0.70+0.285*t+wobble/3)
			r.add(m, "test accuracy", x, 0.68+0.28*t+0.005*float64(m)+wobble)
			if m == len(r.modules)-1 {
				r.add(m, "loss", x, 2.3*math.Exp(-float64(e)/3)+0.05)
			}
		}
	}
	return r
}

func sequential() *rehearsal { return newRehearsal("features", "concepts", "readout").train(20, false) }

func TestModulesInSequenceGetBands(t *testing.T) {
	got := record(sequential()).stretches()
	if len(got) != 3 {
		t.Fatalf("%d bands, want one for each module", len(got))
	}
	if got[0].to != 20.5 || got[1].from != 20.5 || got[1].to != 40.5 || got[2].from != 40.5 {
		t.Errorf("borders %v, want them between the last epoch of one module and the first of the next", got)
	}
	if keys := record(sequential()).moduleKeys(); keys != nil {
		t.Errorf("%d modules in the legend, although the bands name them", len(keys))
	}
}

func TestEpochsOfModulesAreLinedUp(t *testing.T) {
	r := record(local{sequential(), true})
	got := r.stretches()
	if len(got) != 3 || got[1].from != 19 || got[2].from != 38 {
		t.Fatalf("bands %v, want borders at 19 and 38: each module counts from 0 to 19", got)
	}
	if words := r.inWords(loss); len(words) != 1 || !strings.HasSuffix(words[0], "(epoch 19)") {
		t.Errorf("in words: %q, want the module's own epoch", words)
	}
	if _, least, most := r.paths(); least != 0 || most != 19 {
		t.Errorf("the plane's colours run from epoch %g to %g, want 0 to 19", least, most)
	}
	if r := record(local{sequential(), false}); r.stretches() != nil {
		t.Error("modules that say that they are trained together have borders")
	}
}

func TestSequenceIsGuessedByTheNumberOfEpochs(t *testing.T) {
	growing := func(lengths ...int) bool {
		h := newRehearsal("a", "b", "c")
		for m, n := range lengths {
			for e := range n {
				h.add(m, "loss", float64(e), 1)
			}
		}
		return record(h).stretches() != nil
	}
	for _, c := range []struct {
		lengths []int
		want    bool
	}{{[]int{20, 3}, true}, {[]int{20, 20}, true}, {[]int{20, 20, 40}, true}, {[]int{20, 20, 20}, false}, {[]int{1, 1, 1}, false}} {
		if got := growing(c.lengths...); got != c.want {
			t.Errorf("%v epochs of three modules: one after another %v, want %v", c.lengths, got, c.want)
		}
	}
}

func TestClassEntropyIsInTheRange(t *testing.T) {
	h := local{newRehearsal("a"), false}
	h.add(0, "I(T;Y)", 0, 1)
	h.add(0, "I(T;Y)", 1, 2.5)
	if p := record(h).plot(information); p.Y.Max < 3.3 {
		t.Errorf("the axis ends at %g bits, below S(Y) = 3.3", p.Y.Max)
	}
}

func TestModulesTrainedTogetherGetALegend(t *testing.T) {
	for _, epochs := range []int{1, 2, 20} {
		r := record(newRehearsal("a", "b").train(epochs, true))
		if r.stretches() != nil || len(r.moduleKeys()) != 2 {
			t.Errorf("%d epochs: %d bands and %d keys, want none and 2", epochs, len(r.stretches()), len(r.moduleKeys()))
		}
	}
}

func TestNamesWithoutRoomMoveToTheLegend(t *testing.T) {
	h := newRehearsal("a long name", "another one", "output")
	for e := range 100 {
		h.add(min(2, e/5), "loss", float64(e), 1)
	}
	r := record(h)
	if got := r.stretches(); len(got) != 3 || got[0].name+got[2].name != "" {
		t.Errorf("bands %v, want three without names", got)
	}
	if keys := r.moduleKeys(); len(keys) != 3 || keys[0].name != "a long name" {
		t.Errorf("legend %v", keys)
	}
}

func TestOneModuleNeedsNoBand(t *testing.T) {
	if got := record(newRehearsal("net").train(5, false)).stretches(); got != nil {
		t.Errorf("bands %v", got)
	}
}

func TestPanelsShareTheEpochs(t *testing.T) {
	h := sequential()
	h.add(2, "loss", 75, 0.04) // Measured later than everything else.
	r := record(h)
	a, b := r.plot(information), r.plot(accuracy)
	if a.X.Min != b.X.Min || a.X.Max != b.X.Max || a.X.Max < 75 {
		t.Errorf("x axes %g … %g and %g … %g", a.X.Min, a.X.Max, b.X.Min, b.X.Max)
	}
}

func TestAxesHoldTheData(t *testing.T) {
	r := record(sequential())
	p := r.plot(accuracy)
	if p.Y.Min < 70 || p.Y.Min > 74.2 || p.Y.Max < 98.5 || p.Y.Max > 115 {
		t.Errorf("accuracy from %g to %g, the data lie between 74 and 98 percent", p.Y.Min, p.Y.Max)
	}
	for _, tick := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if tick.Value > 100 {
			t.Errorf("a tick at %s %%", tick.Label)
		}
	}
	if p = r.plot(information); p.Y.Min != 0 || p.Y.Max < 5 {
		t.Errorf("information from %g to %g bits, want from 0 to above 5", p.Y.Min, p.Y.Max)
	}
}

func TestTheMainMetricIsDrawnThrough(t *testing.T) {
	h := sequential()
	h.metrics = []string{"test accuracy", "accuracy", "I(T;Y)", "I(T;X)"}
	for _, k := range []kind{information, accuracy} {
		keys := record(h).metricKeys(k)
		if len(keys) != 2 || keys[0].line.Dashes == nil || keys[1].line.Dashes != nil ||
			keys[1].name != "I(T;Y)" && keys[1].name != "test accuracy" {
			t.Errorf("%s: keys %+v", k.label, keys)
		}
	}
}

func TestGuessingLeavesThePicture(t *testing.T) {
	h := newRehearsal("net")
	for e, v := range []float64{0.1, 0.5, 0.9, 0.95, 0.96, 0.97, 0.97} {
		h.add(0, "accuracy", float64(e), v)
	}
	if p := record(h).plot(accuracy); p.Y.Min < 75 || p.Y.Min > 85 || p.Y.Max < 97 {
		t.Errorf("accuracy from %g to %g percent, want about 80 to 98", p.Y.Min, p.Y.Max)
	}
}

func TestEmptyHistorySaysSo(t *testing.T) {
	for name, f := range map[string]*Figure{
		"training": Training(newRehearsal("a", "b")), "information": Information(newRehearsal()),
		"accuracy": Accuracy(nil), "loss": Loss(newRehearsal("a")), "plane": InformationPlane(newRehearsal("a")),
		"compare": Compare([]string{"a"}, newRehearsal("a")), "nothing to compare": Compare(nil),
	} {
		if _, err := f.MIMEBundle(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name != "nothing to compare" && !strings.Contains(f.String(), "yet") {
			t.Errorf("%s: %q", name, f)
		}
	}
}

func TestNonsenseInAHistoryIsSurvived(t *testing.T) {
	h := newRehearsal("a", "b")
	for i, v := range []float64{math.NaN(), 1, math.Inf(1), 2, math.Inf(-1), math.NaN(), 1e300, -1e300, 5e-324} {
		for _, metric := range h.metrics {
			h.add(i%2, metric, float64(i), v)
			h.add(i%2, metric, v, 1)
		}
	}
	for _, f := range []*Figure{Training(h), InformationPlane(h), Loss(h), Compare([]string{"a"}, h)} {
		if _, err := f.MIMEBundle(); err != nil {
			t.Error(err)
		}
	}
}

func TestGapsStayGaps(t *testing.T) {
	h := newRehearsal("a")
	for e, v := range []float64{0.5, math.NaN(), 0.7} {
		h.add(0, "accuracy", float64(e), v)
	}
	s := record(h).of(accuracy)
	if len(s) != 1 || len(s[0].y) != 3 || !math.IsNaN(s[0].y[1]) {
		t.Errorf("got %v", s)
	}
	if words := Accuracy(h).String(); !strings.Contains(words, "70.0 % (epoch 2)") {
		t.Errorf("in words: %q", words)
	}
}

func TestLongCurvesKeepTheirExtremes(t *testing.T) {
	x, y := make([]float64, 100_000), make([]float64, 100_000)
	for i := range x {
		x[i], y[i] = float64(i), math.Sin(float64(i)/500)
	}
	y[77_777], y[3] = 9, math.NaN()
	tx, ty := thinned(x, y, 400)
	if len(tx) > 801 || len(tx) != len(ty) || !slices.IsSorted(tx) {
		t.Fatalf("%d and %d points", len(tx), len(ty))
	}
	if !slices.Contains(ty, 9) || tx[len(tx)-1] != 99_999 {
		t.Error("the peak or the end is lost")
	}
}

func TestPlaneJoinsMetricsByEpoch(t *testing.T) {
	h := newRehearsal("a")
	h.add(0, "I(T;X)", 1, 4)
	h.add(0, "I(T;X)", 3, 5)
	for e := range 4 {
		h.add(0, "I(T;Y)", float64(e), float64(10+e))
	}
	paths, least, most := record(h).paths()
	if len(paths) != 1 || !slices.Equal(paths[0].x, []float64{4, 5}) || !slices.Equal(paths[0].y, []float64{11, 13}) {
		t.Fatalf("paths %+v", paths)
	}
	if least != 1 || most != 3 {
		t.Errorf("epochs %g … %g, want 1 … 3", least, most)
	}
}

func TestCompareTakesTestAccuracyWhereThereIsSome(t *testing.T) {
	plain := newRehearsal("net")
	plain.add(0, "accuracy", 1, 0.913)
	words := Compare([]string{"MOLE", "back-propagation"}, sequential(), plain).String()
	for _, want := range []string{"MOLE: 97.8 %", "back-propagation: 91.3 %"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q misses %q", words, want)
		}
	}
	early := newRehearsal("features", "readout")
	early.add(0, "accuracy", 1, 0.9)
	if words := Compare([]string{"MOLE"}, early).String(); !strings.Contains(words, "MOLE: no accuracy yet") {
		t.Errorf("%q: the first module's accuracy is not the run's", words)
	}
	if _, err := Compare([]string{"one"}, plain, plain).MIMEBundle(); err == nil {
		t.Error("one name for two runs is accepted")
	}
}

func TestRegressionsAreJudgedByTheExplainedVariance(t *testing.T) {
	r := newRehearsal("net")
	r.metrics = []string{"I(T;X)", "R²", "loss"}
	for e := 1.0; e < 5; e++ {
		r.add(0, "R²", e, 0.5-1/e)
	}
	for name, words := range map[string]string{
		"Accuracy": Accuracy(r).String(), "Training": Training(r).String(), "Compare": Compare([]string{"MOLE"}, r).String(),
	} {
		if !strings.Contains(words, "25.0 %") {
			t.Errorf("%s says %q, want the last R², 25.0 %%", name, words)
		}
	}
}

// TestFiguresAreDrawnWhileTheHistoryGrows is for the race detector.
func TestFiguresAreDrawnWhileTheHistoryGrows(t *testing.T) {
	h := newRehearsal("a", "b")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range 300 {
			for _, metric := range h.metrics {
				h.add(e/150, metric, float64(e), 0.5)
			}
		}
	}()
	f := Training(h)
	var drawn sync.WaitGroup
	for range 2 {
		drawn.Go(func() {
			for range 3 {
				if _, err := f.MIMEBundle(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	drawn.Wait()
	<-done
}

func TestNamesAreShortenedToTheirRoom(t *testing.T) {
	style := bold(tickSize, ink)
	for _, width := range []vg.Length{0, 5, 20, 40, 500} {
		if got := fitted(style, "representation", width); style.Width(got) > width {
			t.Errorf("%q is wider than %v", got, width)
		}
	}
	if got := fitted(style, "representation", 500); got != "representation" {
		t.Errorf("%q was shortened without need", got)
	}
}
