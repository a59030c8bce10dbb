package mole_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// identity is a network whose outputs are its inputs.
func identity(width int) *mole.Network {
	l := nn.Dense(width, width)
	net := mole.NewNetwork(mole.Module{Layers: []nn.Layer{l}})
	clear(l.Weight.Value.Data)
	for i := range width {
		l.Weight.Value.Set(i, i, 1)
	}
	return net
}

func ExampleNetwork_Probabilities() {
	net := identity(2)
	fmt.Printf("%.2f\n", net.Probabilities(tensor.FromRows([][]float64{{0, 0}, {0, math.Log(3)}})).Data)
	// Output: [0.50 0.50 0.25 0.75]
}

// The values are those of scikit-learn's balanced_accuracy_score, f1_score, roc_auc_score
// and log_loss on the same softmax probabilities.
func TestMetricsOfAnUnevenTaskAreExact(t *testing.T) {
	logits := [][]float64{{2, 0, 0}, {1, 0, 0}, {0, 1, 0}, {3, 1, 0}, {0, 2, 1}, {1, 0, 2}}
	d, err := data.FromRows(logits, []int{0, 0, 0, 0, 1, 2}, []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	e := identity(3).Evaluate(d)
	loss := 0.0
	for i, row := range logits {
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(v)
		}
		loss -= row[d.Y[i]] - math.Log(sum)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"accuracy", e.Accuracy, 5.0 / 6},
		{"balanced accuracy", e.BalancedAccuracy, (0.75 + 1 + 1) / 3},
		{"macro F1", e.MacroF1, (6.0/7 + 2.0/3 + 1) / 3},
		{"AUC", e.AUC, (7.0/8 + 1 + 1) / 3},
		{"log loss", e.LogLoss, loss / 6},
	} {
		// Outputs and probabilities are float32.
		if math.Abs(c.got-c.want) > 1e-6 {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestAUCCountsTiesHalfAndNeedsTwoClasses(t *testing.T) {
	d, err := data.FromRows([][]float64{{0, 0}, {0, 0}, {0, 0}}, []int{0, 1, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e := identity(2).Evaluate(d); e.AUC != 0.5 {
		t.Errorf("AUC of equal scores is %v, want 0.5", e.AUC)
	}
	one, err := data.FromRows([][]float64{{0, 1}, {1, 0}}, []int{1, 1}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if e := identity(2).Evaluate(one); !math.IsNaN(e.AUC) || e.BalancedAccuracy != 0.5 {
		t.Errorf("one class: AUC %v, balanced accuracy %v: want NaN and 0.5", e.AUC, e.BalancedAccuracy)
	}
}

func TestReportsAreJSONWithNullForWhatWasNotMeasured(t *testing.T) {
	train, test := data.Iris().Split(0.3, 1)
	net := mole.MLP(4, 8, 3)
	report, err := mole.Train(context.Background(), net, train, mole.Options{Seed: 1, Test: test, Epochs: 2, OutputEpochs: 2})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Method     string
		Evaluation struct {
			Accuracy  float64
			Classes   []struct{ F1 float64 }
			Confusion [][]int
		}
		Modules []struct {
			Name   string
			Epochs []struct {
				Epoch int
				ITY   *float64 `json:"I(T;Y)"`
				Loss  *float64
			}
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if got.Method != "MOLE" || len(got.Modules) != 2 || len(got.Modules[0].Epochs) != 3 {
		t.Fatalf("got %s", text)
	}
	if first := got.Modules[0].Epochs[0]; first.Loss != nil || first.ITY == nil || *first.ITY != report.Epochs(0)[0].ITY {
		t.Errorf("epoch 0 is %+v in %s", first, text)
	}
	if e := got.Evaluation; e.Accuracy != report.Accuracy() || len(e.Classes) != 3 || len(e.Confusion) != 3 {
		t.Errorf("the evaluation is %+v in %s", e, text)
	}
	var table bytes.Buffer
	if err := report.WriteCSV(&table); err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(table.Bytes(), []byte("\n")); lines != 7 {
		t.Errorf("%d lines of CSV, want a header and 6 epochs:\n%s", lines, &table)
	}
}

func TestEvaluationsAreJSONWithNullForWhatCannotBeMeasured(t *testing.T) {
	one, err := data.FromRows([][]float64{{0, 1}, {1, 0}}, []int{1, 1}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(identity(2).Evaluate(one))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if auc, ok := got["auc"]; !ok || auc != nil || got["balanced_accuracy"] != 0.5 || got["targets"] != nil {
		t.Errorf("got %s", text)
	}
}

func ExampleEvaluation_WriteCSV() {
	d, _ := data.FromRows([][]float64{{2, 0}, {1, 0}, {0, 1}, {3, 1}}, []int{0, 0, 1, 1}, []string{"cat", "dog"})
	var file bytes.Buffer
	if err := identity(2).Evaluate(d).WriteCSV(&file); err != nil {
		fmt.Println(err)
	}
	fmt.Print(&file)
	// Output:
	// class,examples,precision,recall,F1,→ cat,→ dog
	// cat,2,0.6666666666666666,1,0.8,2,0
	// dog,2,1,0.5,0.6666666666666666,1,1
}

func ExampleEvaluation_MarshalJSON() {
	d, _ := data.FromRows([][]float64{{2, 0}, {0, 1}}, []int{0, 1}, []string{"cat", "dog"})
	text, err := json.Marshal(identity(2).Evaluate(d))
	fmt.Println(strings.Contains(string(text), `"accuracy":1,"balanced_accuracy":1,"macro_f1":1,"auc":1,`), err)
	// Output: true <nil>
}
