package htmltable

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTablesAlignTextLeftAndNumbersRight(t *testing.T) {
	var s strings.Builder
	Write(&s, [][]string{{"name", "n"}, {"<a>", "1"}}, 1, func(row, column int, cell string) string {
		if row == 1 && column == 1 {
			return "<b>" + cell + "</b>"
		}
		return cell
	})
	const want = `<table><thead><tr><th style="text-align:left">name</th><th style="text-align:right;white-space:nowrap">n</th></tr>
</thead><tbody>
<tr><td style="text-align:left">&lt;a&gt;</td><td style="text-align:right;white-space:nowrap"><b>1</b></td></tr>
</tbody></table>
`
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
