//go:build unix

package molekernel_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheCommandsOfThePageRun runs the examples of docs/commands.md, one after the other,
// and compares what they print.
func TestTheCommandsOfThePageRun(t *testing.T) {
	mole := binary(t)
	page, err := os.ReadFile("docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	hello, err := os.ReadFile("testdata/hello.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	dir, home := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hello.ipynb"), hello, 0o644); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(string(page), -1) {
		for _, example := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			command, want, _ := strings.Cut(example, "\n")
			count++
			cmd := exec.Command("sh", "-c", command)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(mole)+":"+os.Getenv("PATH"), "HOME="+home, "GOFLAGS=-mod=mod",
				"JUPYTER_DATA_DIR="+filepath.Join(home, "jupyter"), "XDG_DATA_HOME="+filepath.Join(home, "data"))
			got, err := cmd.CombinedOutput()
			if err != nil && !strings.Contains(command, "doctor") { // which speaks of this machine
				t.Errorf("%s: %v", command, err)
			}
			if !matches(string(got), want) {
				t.Errorf("%s\nprints:\n%s\nthe page has:\n%s", command, got, want)
			}
		}
	}
	if count < 10 {
		t.Errorf("the page has %d examples only", count)
	}
}

// matches compares an output with one in which … stands for any text, on a line of its own
// for any lines.
func matches(got, want string) bool {
	pattern := regexp.QuoteMeta(strings.TrimSpace(want))
	return regexp.MustCompile(`(?s)^` + strings.ReplaceAll(pattern, "…", ".*") + `$`).MatchString(strings.TrimSpace(got))
}
