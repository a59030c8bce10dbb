package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/kernel"
	"github.com/mole-kernel/mole-kernel/kernel/session"
	"github.com/mole-kernel/mole-kernel/kernel/symbols"
	"github.com/mole-kernel/mole-kernel/kernel/worker"
)

func TestMain(m *testing.M) {
	if worker.Spawned() {
		os.Exit(worker.Main(worker.Tables{Exports: symbols.Exports, Generic: symbols.Generic}))
	}
	os.Exit(m.Run())
}

type out struct{ b strings.Builder }

func (o *out) Stream(name string, text []byte) { o.b.Write(text) }
func (o *out) Clear(bool)                      {}
func (o *out) Display(d kernel.Display)        { fmt.Fprint(&o.b, d.Data) }
func (o *out) Input(context.Context, string, bool) (string, error) {
	return "", nil
}

func TestCells(t *testing.T) {
	data, _ := os.ReadFile(os.Getenv("CELLS"))
	s, err := session.New(session.Options{Packages: symbols.Packages(), Command: []string{os.Args[0]}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, code := range strings.Split(string(data), "\n---\n") {
		var o out
		r := s.Execute(context.Background(), kernel.Cell{Count: i + 1, Code: code}, &o)
		fmt.Printf("In[%d] %s\n%s", i+1, strings.ReplaceAll(strings.TrimSpace(code), "\n", "\n      "), o.b.String())
		if r.Value != nil {
			fmt.Println("=>", r.Value.Data["text/plain"])
		}
		if r.Err != nil {
			fmt.Println("ERR", strings.Join(r.Err.Traceback, "\n"))
		}
	}
}
