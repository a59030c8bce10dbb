package nn

import (
	"fmt"
	"math"

	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// CrossEntropy returns the mean softmax cross-entropy of logits (n×classes) and labels
// y in nats, −1/n Σ log softmax(logits)_{i,y_i}, and writes its gradient with respect
// to the logits, (softmax − onehot)/n, to grad, unless grad is nil.
func CrossEntropy(grad, logits *tensor.Matrix, y []int) float64 {
	mustCompare("CrossEntropy", grad, logits, y)
	n, loss := float64(logits.Rows), 0.0
	for i, label := range y {
		row := logits.Row(i)
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(float64(v - top))
		}
		loss += math.Log(sum) - float64(row[label]-top)
		if grad == nil {
			continue
		}
		out := grad.Row(i)
		for j, v := range row {
			out[j] = float32(math.Exp(float64(v-top)) / sum / n)
		}
		out[label] -= float32(1 / n)
	}
	return loss / n
}

// mustCompare panics unless there is a label for each row, within the classes, and grad has the
// shape of the outputs.
func mustCompare(loss string, grad, outputs *tensor.Matrix, y []int) {
	if len(y) != outputs.Rows {
		panic(fmt.Sprintf("nn: %s: %d labels for %v", loss, len(y), outputs))
	}
	for i, label := range y {
		if label < 0 || label >= outputs.Cols {
			panic(fmt.Sprintf("nn: %s: label %d of row %d is outside 0 … %d", loss, label, i, outputs.Cols-1))
		}
	}
	if grad != nil {
		sameShape(loss, grad, outputs)
	}
}

// SquaredErrorTo returns ½/n Σ ‖output_i − target_i‖² of outputs and targets (both n×t), and
// writes its gradient, (output − target)/n, to grad, unless grad is nil.
func SquaredErrorTo(grad, outputs, targets *tensor.Matrix) float64 {
	if targets.Rows != outputs.Rows || targets.Cols != outputs.Cols {
		panic(fmt.Sprintf("nn: SquaredErrorTo: targets of %v for %v", targets, outputs))
	}
	if grad != nil {
		sameShape("SquaredErrorTo", grad, outputs)
	}
	n, loss := float64(outputs.Rows), 0.0
	for i, v := range outputs.Data {
		d := float64(v) - float64(targets.Data[i])
		loss += d * d / 2
		if grad != nil {
			grad.Data[i] = float32(d / n)
		}
	}
	return loss / n
}

// SquaredError returns ½/n Σ ‖output_i − onehot(y_i)‖² of outputs (n×classes) and labels y,
// and writes its gradient, (output − onehot)/n, to grad, unless grad is nil.
func SquaredError(grad, outputs *tensor.Matrix, y []int) float64 {
	mustCompare("SquaredError", grad, outputs, y)
	n, loss := float64(outputs.Rows), 0.0
	for i, label := range y {
		for j, v := range outputs.Row(i) {
			d := float64(v)
			if j == label {
				d--
			}
			loss += d * d / 2
			if grad != nil {
				grad.Row(i)[j] = float32(d / n)
			}
		}
	}
	return loss / n
}
