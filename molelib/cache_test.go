package mole_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
)

func TestFeaturesInAFileGiveTheSameBits(t *testing.T) {
	train, test := digits(1)
	folder := t.TempDir()
	o := mole.Options{Seed: 1, Test: test, Epochs: 2, OutputEpochs: 2}
	for name, begin := range methods {
		var want string
		for _, o.CacheLimit = range []int{-1, 1} {
			o.CacheFolder = filepath.Join(folder, "features")
			net := mole.MLP(64, 32, 16, 10)
			tr, err := begin(net, train, o)
			if err != nil {
				t.Fatal(err)
			}
			tr.Observer = observer(func(int, int, string) {
				if entries, _ := os.ReadDir(o.CacheFolder); len(entries) > 0 && runtime.GOOS != "windows" {
					t.Errorf("%s: a crash would leave %v", name, entries)
				}
			})
			if _, err := tr.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := state(t, tr, net); want == "" {
				want = got
			} else if got != want {
				t.Errorf("%s: other weights, or another report", name)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "features")); err != nil {
		t.Errorf("nothing was kept in a file: %v", err)
	}
}

func TestFolderThatCannotBeWrittenToIsAnErrorThatSaysWhatToDo(t *testing.T) {
	train, _ := digits(1)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := mole.Train(t.Context(), mole.MLP(64, 16, 10), train, mole.Options{Epochs: 1, CacheLimit: 1, CacheFolder: file})
	if err == nil || !strings.Contains(err.Error(), "CacheFolder") {
		t.Errorf("got %v", err)
	}
}

// The look at the context is between the blocks of examples and between layers.
func TestFeaturesInAFileCanBeInterruptedAnywhere(t *testing.T) {
	train, test := digits(1)
	o := mole.Options{Seed: 1, Test: test, Epochs: 1, OutputEpochs: 1, Batch: 700, CacheLimit: 1, CacheFolder: t.TempDir()}
	build := func() *mole.Network {
		return mole.NewNetwork(
			mole.Module{Layers: []nn.Layer{nn.Dense(64, 16), nn.ReLU()}}, mole.Module{Layers: []nn.Layer{nn.Dense(16, 10)}},
		)
	}
	want := ending(t, mole.NewTrainer, build(), train, o)
	for patience := 0; ; patience += 17 {
		left, net := patience, build()
		tr := trainer(t, net, train, o)
		_, err := tr.Run(patient{t.Context(), &left})
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if _, err := tr.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if state(t, tr, net) != want {
			t.Fatalf("interrupted at look %d: other weights, or another report", patience)
		}
	}
}
