package nb

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"io/fs"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

type (
	flower struct {
		Name   string
		Petals int
		Width  float64
		seen   time.Duration
	}
	layer struct {
		In, Out int
		Act     string
		Next    *layer
	}
	settings struct {
		Rate    float64
		Layers  []layer
		Labels  map[string]int
		Started time.Time
		Err     error
		Any     any
		Mu      sync.Mutex
	}
	celsius float64
)

func (c celsius) String() string { return fmt.Sprintf("%.1f °C", float64(c)) }

func tenThousand() []flower {
	list := make([]flower, 10_000)
	for i := range list {
		list[i] = flower{Name: fmt.Sprintf("f%d", i), Petals: i % 7, Width: float64(i) / 4, seen: time.Duration(i) * time.Second}
	}
	return list
}

func ring() *layer {
	l := &layer{In: 1, Out: 2, Act: "relu"}
	l.Next = l
	return l
}

// values are what the golden file shows, in this order.
var values = []struct {
	name  string
	value any
}{
	{"struct", flower{"iris", 6, 1.5, time.Minute}},
	{"pointer", &flower{Name: "<b>iris</b>"}},
	{"slice of structs", []flower{{"iris", 6, 1.5, 0}, {"rose", 5, math.NaN(), time.Second}}},
	{"slice of pointers", []*flower{{Name: "iris"}, nil}},
	{"long slice of structs", tenThousand()},
	{"empty slice", []flower{}},
	{"strings", []string{"a b", "c\n<i>"}},
	{"rows", [][]string{{"a", "b"}, {"<1>"}}},
	{"numbers", [][]float64{{1, 2.5, math.Inf(1)}, {-1e9, 0, math.NaN()}}},
	{"long slice", make([]int, 1_000_000)},
	{"map", map[string]float64{"b": 2, "a": 1.25}},
	{"map of structs", map[string]flower{"x": {Name: "iris"}, "a&b": {Petals: 3}}},
	{"records", []map[string]any{{"name": "iris", "n": 6.0}, {"name": "rose", "tags": []any{"red", nil}}}},
	{"nested", settings{
		Rate: 0.1, Layers: []layer{{In: 784, Out: 256, Act: "relu"}, {In: 256, Out: 10}}, Labels: map[string]int{"cat": 1, "dog": 2},
		Started: time.Date(2026, 11, 21, 12, 0, 0, 5, time.UTC), Err: errors.New("none <yet>"), Any: []any{1, "x", 2i, flower{}},
	}},
	{"cycle", ring()},
	{"matrix", &chartless{2, 3}},
	{"large matrix", chartless{1000, 1000}},
	{"error", errors.New("broken")},
	{"chain", fmt.Errorf("load: %w", errors.Join(&fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}, errors.New("other")))},
	{"time", time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)},
	{"durations", []time.Duration{time.Second, 90 * time.Minute}},
	{"stringers", []celsius{20, -1.5}},
	{"map of stringers", map[string]celsius{"Rome": 20}},
	{"bytes", []byte("héllo\n")},
	{"binary", []byte{0, 1, 0xfe, 0xff}},
	{"complex", complex(1, -2)},
	{"big", new(big.Int).Lsh(big.NewInt(1), 100)},
	{"very big", new(big.Int).Lsh(big.NewInt(-1), 10_000_000)},
	{"function", strings.Cut},
	{"channel", make(chan int, 3)},
	{"type", reflect.TypeFor[map[string]flower]()},
	{"nil", nil},
	{"typed nils", struct {
		P *int
		S []int
		M map[int]int
		F func()
		E error
	}{}},
	{"uint8s", [4]uint8{1, 2, 3, 4}},
	{"text", "quoted \"text\"\n"},
}

// chartless is a matrix that has no other representation.
type chartless struct{ r, c int }

func (g chartless) Dims() (int, int)     { return g.r, g.c }
func (chartless) At(i, j int) float64    { return float64(10*i) + float64(j)/4 }
func (g *chartless) String() string      { return "not shown: a matrix is" }
func (g *chartless) Set(i, j int, v int) {}

func TestValuesAreShownAsInTheGoldenFile(t *testing.T) {
	var b strings.Builder
	for _, v := range values {
		data, _ := Render(v.value)
		fmt.Fprintf(&b, "== %s\n%s\n", v.name, data["text/plain"])
		if html, ok := data["text/html"]; ok {
			fmt.Fprintf(&b, "-- html\n%s\n", html)
		}
	}
	file := filepath.Join("testdata", "values.golden")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("(-want +got; -update writes the file)\n%s", diff)
	}
}

// deep is a value whose text would have no end.
type deep struct {
	Left, Right *deep
	Text        string
}

func tree(depth int) *deep {
	if depth == 0 {
		return nil
	}
	return &deep{tree(depth - 1), tree(depth - 1), strings.Repeat("<&>", 100)}
}

func manyColumns() []map[string]any {
	rows := make([]map[string]any, 100)
	for i := range rows {
		rows[i] = map[string]any{}
		for j := range 100 {
			rows[i][fmt.Sprintf("column %d", j+i)] = strings.Repeat("<", 1000)
		}
	}
	return rows
}

func huge() []any {
	table := map[int]string{}
	for i := range 100_000 {
		table[i] = strings.Repeat("y", 100)
	}
	return []any{
		make([]int, 100_000_000), make([]flower, 10_000_000), tree(12), table, manyColumns(),
		strings.Repeat("<", 10<<20), make([]byte, 100<<20), make([][]float64, 1_000_000), chartless{1 << 40, 1 << 40},
		new(big.Int).Lsh(big.NewInt(1), 1<<24), &[]any{table, tree(10), manyColumns()},
	}
}

func TestAReplyIsSmallForAValueOfAnySize(t *testing.T) {
	for _, v := range huge() {
		begun := time.Now()
		data, _ := Render(v)
		took := time.Since(begun)
		n := 0
		for _, part := range data {
			n += size(part)
		}
		if n > 100_000 {
			t.Errorf("a %T is shown as %d bytes", v, n)
		}
		// Twenty times what it takes, for a busy machine.
		if took > 500*time.Millisecond {
			t.Errorf("a %T took %v", v, took)
		}
	}
}

type (
	shaky    struct{}
	speaking struct{ n int }
	hidden   struct{ inner speaking }
	verbose  struct{}
	mute     struct{}
)

func (shaky) HTML() string         { panic("no HTML") }
func (shaky) Markdown() string     { return "**text**" }
func (shaky) SVG() string          { return "<svg/>" }
func (shaky) JSON() any            { return map[string]int{"a": 1} }
func (shaky) PNG() ([]byte, error) { return nil, errors.New("no picture") }
func (speaking) String() string    { panic("called") }
func (verbose) HTML() string       { return strings.Repeat("x", MaxPart+1) }
func (verbose) LaTeX() string      { return "$x$" }
func (mute) JSON() ([]byte, error) { return []byte(`{"a":`), nil }

func TestAMethodThatFailsIsReportedAndTheOthersCount(t *testing.T) {
	data, _ := Render(shaky{})
	text := data["text/plain"].(string)
	if !strings.Contains(text, "HTML could not be shown: panic: no HTML") || !strings.Contains(text, "PNG could not be shown: no picture") {
		t.Errorf("got %q", text)
	}
	if data["text/markdown"] != "**text**" || data["image/svg+xml"] != "<svg/>" || data["application/json"] == nil || data["text/html"] != nil {
		t.Errorf("got %v", data)
	}
	data, _ = Render(verbose{})
	if data["text/html"] != nil || data["text/latex"] != "$x$" || !strings.Contains(data["text/plain"].(string), "left out") {
		t.Errorf("got %v", data)
	}
	if data, _ = Render(mute{}); data["application/json"] != nil || !strings.Contains(data["text/plain"].(string), "JSON could not be shown") {
		t.Errorf("got %v", data)
	}
}

func TestAJSONValueIsBounded(t *testing.T) {
	for _, v := range []any{Bundle{"application/json": make([]int, 2_000_000)}, Bundle{"application/json": make(chan int)}} {
		data, _ := Render(v)
		if text := data["text/plain"].(string); data["application/json"] != nil || !strings.Contains(text, "its application/json is left out") {
			t.Errorf("got %v", data)
		}
	}
	if data, _ := Render(Bundle{"application/json": []int{1}}); string(data["application/json"].(json.RawMessage)) != "[1]\n" {
		t.Errorf("got %v", data)
	}
}

func TestNoMethodIsCalledOnUnexportedFields(t *testing.T) {
	if got, want := Text(hidden{speaking{7}}), "nb.hidden{inner:{n:7}}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := Text([]speaking{{7}}); !strings.Contains(got, "PANIC") {
		t.Errorf("got %s", got)
	}
}

func TestALargeImageIsThinned(t *testing.T) {
	data, _ := Render(image.NewGray(image.Rect(10, 10, 5010, 5010)))
	png := data["image/png"].([]byte)
	config, _, err := image.DecodeConfig(strings.NewReader(string(png)))
	if err != nil || config.Width > 2500 || config.Width < 1600 {
		t.Errorf("%+v, %v", config, err)
	}
}

func TestTableTakesTheFirstRowAsItsHead(t *testing.T) {
	p := attach(t)
	Table([][]string{{"name", "n"}, {"iris", "6"}})
	Table([]flower{{Name: "iris"}})
	Table(7)
	want := []string{
		"   name  n\n0  iris  6\n1 row",
		"   Name  Petals  Width  seen\n0  iris       0      0    0s\n[]nb.flower, 1 row",
		"7",
	}
	if diff := cmp.Diff(want, p.texts()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if html := p.shown[0].Data["text/html"].(string); !strings.Contains(html, ">name</th>") {
		t.Errorf("got %s", html)
	}
}

func FuzzRenderIsBoundedAndEscapes(f *testing.F) {
	for _, text := range []string{`{"a":[1,2,{"b":null}]}`, `[{"x":1},{"y":"<script>"}]`, `[[1,"a"],[true]]`, `"<é>"`, `[]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var v any
		if json.Unmarshal(text, &v) != nil {
			v = text
		}
		data, _ := Render(v)
		n := 0
		for _, part := range data {
			n += size(part)
		}
		if n > 100_000 {
			t.Fatalf("%d bytes", n)
		}
		html, _ := data["text/html"].(string)
		for _, tag := range []string{"table", "thead", "tbody", "tr", "th", "td", "div"} {
			html = strings.ReplaceAll(html, "</"+tag+">", "")
			html = strings.ReplaceAll(html, "<"+tag+">", "")
		}
		html = strings.ReplaceAll(html, `<td style="text-align:left">`, "")
		html = strings.ReplaceAll(html, `<td style="text-align:right">`, "")
		html = strings.ReplaceAll(html, `<th style="text-align:left">`, "")
		html = strings.ReplaceAll(html, `<th style="text-align:right">`, "")
		html = strings.ReplaceAll(html, `<div style="opacity:.7;font-size:90%">`, "")
		if strings.ContainsAny(html, "<>") {
			t.Fatalf("a text is not escaped: %s", data["text/html"])
		}
	})
}

func BenchmarkRender(b *testing.B) {
	list := tenThousand()
	for _, c := range []struct {
		name  string
		value any
	}{
		{"int", 42}, {"struct", list[1]}, {"10000 structs", list}, {"100000000 ints", make([]int, 100_000_000)}, {"tree", tree(12)},
		{"matrix", chartless{1000, 1000}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				Render(c.value)
			}
		})
	}
}
