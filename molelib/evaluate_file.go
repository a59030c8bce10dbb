package mole

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// evaluationJSON is an evaluation as JSON; what cannot be measured is null.
type evaluationJSON struct {
	Dataset  string `json:"dataset"`
	Examples int    `json:"examples"`
	*labelsJSON
	*targetsJSON
}

type labelsJSON struct {
	Correct          int         `json:"correct"`
	Accuracy         float64     `json:"accuracy"`
	BalancedAccuracy float64     `json:"balanced_accuracy"`
	MacroF1          float64     `json:"macro_f1"`
	AUC              *float64    `json:"auc"`
	LogLoss          *float64    `json:"log_loss"`
	Classes          []classJSON `json:"classes"`
	Confusion        [][]int     `json:"confusion"` // [true class][predicted class]
}

type classJSON struct {
	Class     string  `json:"class"`
	Examples  int     `json:"examples"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

type targetsJSON struct {
	R2      *float64     `json:"r2"`
	RMSE    *float64     `json:"rmse"`
	MAE     *float64     `json:"mae"`
	Targets []targetJSON `json:"targets"`
}

type targetJSON struct {
	Target string   `json:"target"`
	R2     *float64 `json:"r2"`
	RMSE   *float64 `json:"rmse"`
	MAE    *float64 `json:"mae"`
}

// MarshalJSON writes the metrics, those of each class and the confusion matrix, or those of
// each target.
func (e *Evaluation) MarshalJSON() ([]byte, error) {
	out := evaluationJSON{Dataset: e.Dataset, Examples: e.Examples}
	if e.PerTarget != nil {
		out.targetsJSON = &targetsJSON{R2: measured(e.R2), RMSE: measured(e.RMSE), MAE: measured(e.MAE)}
		for _, s := range e.PerTarget {
			out.Targets = append(out.Targets, targetJSON{s.Target, measured(s.R2), measured(s.RMSE), measured(s.MAE)})
		}
		return json.Marshal(out)
	}
	out.labelsJSON = &labelsJSON{
		Correct: e.Correct, Accuracy: e.Accuracy, BalancedAccuracy: e.BalancedAccuracy, MacroF1: e.MacroF1,
		AUC: measured(e.AUC), LogLoss: measured(e.LogLoss), Confusion: e.Confusion,
	}
	for _, s := range e.PerClass {
		out.Classes = append(out.Classes, classJSON(s))
	}
	return json.Marshal(out)
}

// WriteCSV writes one line a class, with its examples, precision, recall, F1 and row of the
// confusion matrix, whose columns are called "→ class"; or one line a target, with R², RMSE
// and MAE.
func (e *Evaluation) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	// Errors of the lines are kept by the writer until Flush.
	if e.PerTarget != nil {
		_ = out.Write([]string{"target", MetricR2, "RMSE", "MAE"})
		for _, s := range e.PerTarget {
			_ = out.Write([]string{s.Target, exact(s.R2), exact(s.RMSE), exact(s.MAE)})
		}
	} else {
		head := []string{"class", "examples", "precision", "recall", "F1"}
		for _, c := range e.Classes {
			head = append(head, "→ "+c)
		}
		_ = out.Write(head)
		for k, s := range e.PerClass {
			line := []string{s.Class, strconv.Itoa(s.Examples), exact(s.Precision), exact(s.Recall), exact(s.F1)}
			for _, n := range e.Confusion[k] {
				line = append(line, strconv.Itoa(n))
			}
			_ = out.Write(line)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("mole: write evaluation: %w", err)
	}
	return nil
}

// exact writes a number with all its digits.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
