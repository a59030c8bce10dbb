package data

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

//go:embed embedded/*.csv embedded/*.csv.gz embedded/karate.*
var files embed.FS

// Iris returns Fisher's 150 iris flowers: 4 lengths in cm, 3 species of 50.
func Iris() *Dataset {
	d := table("Iris", embedded("iris.csv"))
	d.Features = []string{"sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"}
	return d
}

// Wine returns 178 wines: 13 chemical measurements, 3 cultivators. The features
// differ in scale by a factor of thousands: standardize them.
func Wine() *Dataset {
	d := table("Wine", embedded("wine_data.csv"))
	d.Features = []string{
		"alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
		"nonflavanoid phenols", "proanthocyanins", "color intensity", "hue", "OD280/OD315 of diluted wines", "proline",
	}
	return d
}

// BreastCancer returns the 569 tumours of the Wisconsin diagnostic set: mean,
// standard error and worst value of 10 measurements of the cell nuclei, class 0
// malignant and 1 benign. Standardize the features.
func BreastCancer() *Dataset {
	d := table("Breast cancer", embedded("breast_cancer.csv"))
	measured := []string{
		"radius", "texture", "perimeter", "area", "smoothness",
		"compactness", "concavity", "concave points", "symmetry", "fractal dimension",
	}
	for _, form := range []string{"mean %s", "%s error", "worst %s"} {
		for _, m := range measured {
			d.Features = append(d.Features, fmt.Sprintf(form, m))
		}
	}
	return d
}

// Digits returns 1,797 handwritten digits as grey images of 8×8, scaled from the
// levels 0 … 16 to [0, 1] (black is 0, ink is 1).
func Digits() *Dataset {
	d := &Dataset{Name: "Digits", Classes: numbered(10), Shape: []int{8, 8}}
	d.X, d.Y = parseTable(strings.Fields(unzip(embedded("digits.csv.gz"))))
	for i, v := range d.X.Data {
		d.X.Data[i] = v / 16
	}
	return d
}

// Diabetes returns 442 patients of a study of diabetes (Efron, Hastie, Johnstone, Tibshirani,
// Ann. Statist. 2004) for regression: age, sex, body mass index, blood pressure and six
// measurements of blood serum, in their own units (standardize them), and the progression
// of the disease one year later, from 25 to 346.
func Diabetes() *Dataset {
	rows := strings.Split(strings.TrimSpace(unzip(embedded("diabetes_data_raw.csv.gz"))), "\n")
	targets := strings.Fields(unzip(embedded("diabetes_target.csv.gz")))
	d := &Dataset{
		Name: "Diabetes", X: tensor.NewMatrix(len(rows), 10), Targets: tensor.NewMatrix(len(rows), 1), Shape: []int{10},
		Features: []string{
			"age", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL", "HDL",
			"total cholesterol / HDL", "log triglycerides", "blood sugar",
		},
		TargetNames: []string{"progression"},
	}
	for i, row := range rows {
		for j, cell := range strings.Fields(row) {
			d.X.Row(i)[j] = number(cell)
		}
		d.Targets.Row(i)[0] = number(targets[i])
	}
	return d
}

// number reads a value that a test has checked.
func number(cell string) float32 {
	v, err := strconv.ParseFloat(cell, 32)
	must(err)
	return float32(v)
}

// table parses scikit-learn's form: a line "examples,features,class,class,…", then
// one example a line with its label at the end.
func table(name string, content []byte) *Dataset {
	lines := strings.Fields(string(content))
	header := strings.Split(lines[0], ",")
	d := &Dataset{Name: name, Classes: header[2:]}
	d.X, d.Y = parseTable(lines[1:])
	d.Shape = []int{d.X.Cols}
	return d
}

// parseTable reads numbers that a test has checked: what does not parse is a
// broken build.
func parseTable(lines []string) (*tensor.Matrix, []int) {
	x, y := tensor.NewMatrix(len(lines), strings.Count(lines[0], ",")), make([]int, len(lines))
	for i, line := range lines {
		cells := strings.Split(line, ",")
		for j := range x.Cols {
			x.Row(i)[j] = number(cells[j])
		}
		label, err := strconv.Atoi(cells[x.Cols])
		must(err)
		y[i] = label
	}
	return x, y
}

func embedded(name string) []byte {
	content, err := files.ReadFile("embedded/" + name)
	must(err)
	return content
}

func unzip(content []byte) string {
	r, err := gzip.NewReader(bytes.NewReader(content))
	must(err)
	text, err := io.ReadAll(r)
	must(err)
	return string(text)
}

func must(err error) {
	if err != nil {
		panic("data: embedded file: " + err.Error())
	}
}
