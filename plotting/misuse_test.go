package plotting

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

type nilHistory struct{ names []string }

func (h *nilHistory) ModuleNames() []string                    { return h.names }
func (h *nilHistory) Metrics() []string                        { return h.names }
func (h *nilHistory) Values(int, string) (epochs, v []float64) { return nil, nil }

func TestANilHistoryHasNoData(t *testing.T) {
	var h *nilHistory
	for name, f := range map[string]*Figure{
		"training": Training(h), "accuracy": Accuracy(h), "loss": Loss(h), "information": Information(h),
		"plane": InformationPlane(h), "compare": Compare([]string{"a", "b"}, h, nil),
	} {
		if text := f.String(); !strings.Contains(text, "no data") && !strings.Contains(text, "yet") {
			t.Errorf("%s: got %q, want that there are no data", name, text)
		}
	}
}

func TestNilMatricesAreErrors(t *testing.T) {
	var dense *mat.Dense
	for name, f := range map[string]*Figure{
		"scatter": Scatter(nil, nil, nil), "scatter of a nil pointer": Scatter(dense, nil, nil),
		"images": ImageGrid(nil, nil, nil), "images of a nil pointer": ImageGrid(dense, []int{1, 1}, nil),
		"representations": Representations([]string{"x"}, nil, nil, nil), "nil figure": nil,
	} {
		if _, err := f.MIMEBundle(); err == nil || !strings.HasPrefix(strings.TrimPrefix(err.Error(), "x: "), "plotting: ") {
			t.Errorf("%s: got %v, want an error of package plotting", name, err)
		}
	}
}
