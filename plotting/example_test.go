package plotting_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/mole-kernel/mole-kernel/plotting"
	"gonum.org/v1/gonum/mat"
)

// run is a training run of two modules, three epochs each. A *mole.Report is one too.
type run struct{}

func (run) ModuleNames() []string { return []string{"features", "readout"} }
func (run) Metrics() []string     { return []string{"I(T;X)", "I(T;Y)", "accuracy", "loss"} }
func (run) Values(module int, metric string) (epochs, values []float64) {
	for e := range 3 {
		epochs = append(epochs, float64(1+e+3*module))
		values = append(values, map[string]float64{"I(T;X)": 4, "I(T;Y)": 2, "accuracy": 0.9, "loss": 0.1}[metric]+0.03*float64(e))
	}
	return epochs, values
}

func ExampleTraining() {
	fmt.Println(plotting.Training(run{}))
	// Output:
	// Training
	// features: I(T;X) 4.06 bits (epoch 3)
	// features: I(T;Y) 2.06 bits (epoch 3)
	// readout: I(T;X) 4.06 bits (epoch 6)
	// readout: I(T;Y) 2.06 bits (epoch 6)
	// features: accuracy 96.0 % (epoch 3)
	// readout: accuracy 96.0 % (epoch 6)
}

func ExampleInformation() {
	figure := plotting.Information(run{})
	figure.Title = "Digits"
	figure.Width, figure.Height = 400, 300
	fmt.Println(figure)
	// Output:
	// Digits
	// features: I(T;X) 4.06 bits (epoch 3)
	// features: I(T;Y) 2.06 bits (epoch 3)
	// readout: I(T;X) 4.06 bits (epoch 6)
	// readout: I(T;Y) 2.06 bits (epoch 6)
}

func ExampleAccuracy() {
	fmt.Println(plotting.Accuracy(run{}))
	// Output:
	// Accuracy
	// features: accuracy 96.0 % (epoch 3)
	// readout: accuracy 96.0 % (epoch 6)
}

func ExampleLoss() {
	fmt.Println(plotting.Loss(run{}))
	// Output:
	// Loss
	// features: loss 0.16 (epoch 3)
	// readout: loss 0.16 (epoch 6)
}

func ExampleCompare() {
	fmt.Println(plotting.Compare([]string{"MOLE", "back-propagation"}, run{}, run{}))
	// Output:
	// Accuracy
	// MOLE: 96.0 %
	// back-propagation: 96.0 %
}

func ExampleInformationPlane() {
	fmt.Println(plotting.InformationPlane(run{}))
	// Output:
	// Information plane
	// features: I(T;X) 4.00 → 4.06 bits, I(T;Y) 2.00 → 2.06 bits
	// readout: I(T;X) 4.00 → 4.06 bits, I(T;Y) 2.00 → 2.06 bits
}

func ExampleScatter() {
	points := mat.NewDense(4, 3, []float64{0, 0, 0, 1, 1, 1, 5, 5, 6, 6, 6, 5})
	fmt.Println(plotting.Scatter(points, []int{0, 0, 1, 1}, []string{"small", "large"}))
	// Output:
	// Representation
	// points: 4 in 2 classes, two principal components with 100 % of the variance
}

func ExampleRepresentations() {
	data := mat.NewDense(3, 2, []float64{0, 1, 1, 0, 1, 1})
	activations := mat.NewDense(3, 3, []float64{0, 0, 1, 1, 0, 0, 2, 0, 1})
	fmt.Println(plotting.Representations([]string{"data", "features"}, []int{0, 1, 1}, nil, data, activations))
	// Output:
	// Representations
	// data: 3 in 2 classes
	// features: 3 in 2 classes, two principal components with 100 % of the variance
}

func ExampleConfusion() {
	fmt.Println(plotting.Confusion([][]int{{48, 2}, {1, 49}}, []string{"cat", "dog"}))
	// Output:
	// Confusion matrix, accuracy 97.0 %
	// 97 of 100 examples on the diagonal
}

func ExampleImageGrid() {
	images := mat.NewDense(2, 4, []float64{0, 1, 1, 0, 1, 0, 0, 1})
	fmt.Println(plotting.ImageGrid(images, []int{2, 2}, []string{"rising", "falling"}))
	// Output:
	// Images
	// 2 images of 2×2
}

func ExampleLines() {
	wave := plotting.Series{Name: "sine"}
	for i := range 50 {
		wave.Y = append(wave.Y, math.Sin(float64(i)/8))
	}
	figure := plotting.Lines(wave)
	figure.Title, figure.XLabel, figure.YLabel = "A wave", "sample", "volts"
	fmt.Println(figure)
	// Output:
	// A wave
	// sine: 50 points
}

func ExampleFigure_Save() {
	folder, err := os.MkdirTemp("", "figures")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	for _, name := range []string{"run.png", "run.svg", "run.pdf", "run.gif"} {
		fmt.Println(name, plotting.Training(run{}).Save(filepath.Join(folder, name)))
	}
	// Output:
	// run.png <nil>
	// run.svg <nil>
	// run.pdf <nil>
	// run.gif plotting: unknown format "gif": use png, svg or pdf
}

func ExampleFigure_Encode() {
	png, err := plotting.Loss(run{}).Encode("png")
	fmt.Printf("%q %v\n", png[1:4], err)
	// Output: "PNG" <nil>
}

func ExampleFigure_AsSVG() {
	bundle, err := plotting.Training(run{}).AsSVG().MIMEBundle()
	_, ok := bundle["image/svg+xml"]
	fmt.Println(ok, err)
	// Output: true <nil>
}
