package data_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mole-kernel/mole-kernel/molelib/data"
)

const flowers = `length,colour,grown,kind
1.5,red,1,b
2,blue,3,a
2.5,red,2,b
`

func rows(d *data.Dataset) [][]float32 {
	var out [][]float32
	for i := range d.X.Rows {
		out = append(out, d.X.Row(i))
	}
	return out
}

func TestCSVTypesItsColumns(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader(flowers), "flowers.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := &data.Dataset{
		Name: "flowers", Y: []int{1, 0, 1}, Classes: []string{"a", "b"},
		Features: []string{"length", "colour=blue", "colour=red", "grown"}, Shape: []int{4},
	}
	if diff := cmp.Diff([][]float32{{1.5, 0, 1, 1}, {2, 1, 0, 3}, {2.5, 0, 1, 2}}, rows(d)); diff != "" {
		t.Errorf("X (-want +got):\n%s", diff)
	}
	d.X = nil
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("dataset (-want +got):\n%s", diff)
	}
}

func TestCSVOptionsChooseColumns(t *testing.T) {
	text := strings.ReplaceAll(flowers, ",", ";")
	d, err := data.ReadCSV(strings.NewReader(text), "flowers.csv", data.CSVOptions{
		Comma: ';', Label: "colour", Drop: []string{"kind"}, Categorical: []string{"grown"}, Classes: []string{"red", "blue"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"length", "grown=1", "grown=2", "grown=3"}, d.Features); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, 1, 0}, d.Y); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

func TestCSVTakesTheLastColumnThatIsNotDroppedForTheClass(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader("a , kind , id \n1,x,7\n2,y,8\n"), "t", data.CSVOptions{Drop: []string{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x", "y"}, d.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a"}, d.Features); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}

func TestNumbersAndTextInOneColumnAreCategoriesWhenItIsNamed(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader("a,k\n1,x\n1b,y\n"), "t", data.CSVOptions{Categorical: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a=1", "a=1b"}, d.Features); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}

func TestCSVWithoutHeaderSortsNumbersAsNumbers(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader("1,10\n2,9\n3,x\n"), "t", data.CSVOptions{NoHeader: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"9", "10", "x"}, d.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
}

func TestCSVOfSpreadsheetsHasAMark(t *testing.T) {
	for _, noHeader := range []bool{false, true} {
		d, err := data.ReadCSV(strings.NewReader("\ufeff\"1\",\"b\"\n2,c\n"), "t", data.CSVOptions{NoHeader: noHeader})
		if err != nil || d.Features[0] != "1" || d.X.At(0, 0) != map[bool]float64{false: 2, true: 1}[noHeader] {
			t.Errorf("%v, %v", d, err)
		}
	}
}

func TestCSVMissingValues(t *testing.T) {
	const text = "a,b,k\n1,NA,x\n3,u,y\n?,v,y\n"
	dropped, err := data.ReadCSV(strings.NewReader(text), "t", data.CSVOptions{Missing: data.DropMissing})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]float32{{3, 1}}, rows(dropped)); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
	kept, err := data.ReadCSV(strings.NewReader(text), "t", data.CSVOptions{Missing: data.KeepMissing})
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(kept.X.At(2, 0)) {
		t.Errorf("a missing number became %v, want NaN", kept.X.At(2, 0))
	}
	if diff := cmp.Diff([][]float32{{1, 0, 0}, {3, 1, 0}, {2, 0, 1}}, rows(data.FitImputer(kept).Apply(kept))); diff != "" {
		t.Errorf("imputed (-want +got):\n%s", diff)
	}
}

func TestCSVErrorsNameLineAndColumn(t *testing.T) {
	many := "id,k\n"
	for i := range 1200 {
		many += "n" + strings.Repeat("i", i) + ",a\n"
	}
	for name, test := range map[string]struct {
		text    string
		options data.CSVOptions
		want    string
	}{
		"ragged":         {"a,b\n1,2\n3\n", data.CSVOptions{}, "data: t, line 3: 1 columns, the first line has 2"},
		"missing":        {"a,k\n1,x\n,y\n", data.CSVOptions{}, "data: t, line 3, column 1 (a) has no value"},
		"missing class":  {"a,k\n1,\n", data.CSVOptions{}, "data: t, line 2, column 2 (k): the class is missing"},
		"unknown class":  {"a,k\n1,z\n", data.CSVOptions{Classes: []string{"x", "y"}}, `data: t, line 2, column 2 (k): the class "z" is none of x, y`},
		"no column":      {"a,k\n1,x\n", data.CSVOptions{Label: "c"}, `data: t has no column "c" (Label); there are a, k`},
		"twice":          {"a,a\n1,x\n", data.CSVOptions{}, `columns 1 and 2 are both called "a"`},
		"infinite":       {"a,k\n1,x\n1e300,x\n", data.CSVOptions{}, "data: t, line 3, column 1 (a): 1e300 is infinite or too large"},
		"quotes":         {"a,k\n\"1,x\n", data.CSVOptions{}, "data: t, line 2: extraneous or missing"},
		"empty":          {"", data.CSVOptions{}, "data: t has no examples"},
		"header only":    {"a,b\n", data.CSVOptions{}, "data: t has no examples"},
		"only label":     {"k\nx\n", data.CSVOptions{}, "there is nothing to learn from"},
		"UTF-16":         {"\xff\xfea\x00", data.CSVOptions{}, "data: t: the text is UTF-16: save it as UTF-8"},
		"ends in quotes": {"a,k\n1,\"x", data.CSVOptions{}, "quotes come in pairs"},
		"slip":           {"a,k\n1,x\n2,x\n3o,y\n", data.CSVOptions{}, `data: t, line 4, column 1 (a): "3o" is no number, but "1" in line 2 is one: mend it`},
		"decimal comma":  {"a;k\n1,5;x\n2,5;y\n", data.CSVOptions{Comma: ';'}, `data: t, line 2, column 1 (a): "1,5" has a decimal comma: write a point`},
		"not UTF-8":      {"a,k\n1,\xe4\n", data.CSVOptions{}, `data: t, line 2, column 2: "\xe4" is not UTF-8: save the file as UTF-8`},
		"semicolons":     {"a;k\n1;x\n", data.CSVOptions{}, "if ';' separates the cells, set Comma to it"},
		"tabs, ragged":   {"1\tx\n2,5\tx\n", data.CSVOptions{NoHeader: true}, `if '\t' separates the cells, set Comma to it`},
		"dropped class":  {"a,k\n1,x\n", data.CSVOptions{Label: "k", Drop: []string{"k"}}, `data: t: column "k" is to be predicted and to be dropped`},
		"dropped target": {"a,k\n1,2\n", data.CSVOptions{Targets: []string{"k"}, Drop: []string{"k"}}, `data: t: column "k" is to be predicted and to be dropped`},
		"names":          {many, data.CSVOptions{}, `line 2, column 1 (id): the column has text ("n") and 1200 different values: leave it out with Drop`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := data.ReadCSV(strings.NewReader(test.text), "t", test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func FuzzCSV(f *testing.F) {
	f.Add(flowers, false, 0)
	f.Add("a,b\n1,NA\n\"x\ny\",2\n", true, 2)
	f.Fuzz(func(t *testing.T, text string, noHeader bool, missing int) {
		d, err := data.ReadCSV(strings.NewReader(text), "t", data.CSVOptions{NoHeader: noHeader, Missing: data.Missing(missing)})
		if err != nil {
			return
		}
		if err := d.Validate(); err != nil && !strings.Contains(err.Error(), "NaN") {
			t.Errorf("ReadCSV(%q) gives an unfit dataset: %v", text, err)
		}
	})
}
