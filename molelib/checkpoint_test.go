package mole_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mole-kernel/mole-kernel/molelib/data"
	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

func ExampleTrainer_Save() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "iris.checkpoint")

	options := mole.Options{Seed: 1, Epochs: 5, OutputEpochs: 5}
	trainer, _ := mole.NewTrainer(mole.MLP(4, 8, 3), data.Iris(), options)
	trainer.Epoch(context.Background())
	if err := trainer.Save(path); err != nil {
		fmt.Println(err)
		return
	}

	// Later, also in another program:
	again, _ := mole.NewTrainer(mole.MLP(4, 8, 3), data.Iris(), options)
	if err := again.Restore(path); err != nil {
		fmt.Println(err)
		return
	}
	epoch, _ := again.Epoch(context.Background())
	fmt.Println(epoch.Name, epoch.Epoch, "of", epoch.Epochs)
	// Output: hidden 1 2 of 5
}

// restful is a network with everything that has state: moments, dropout, running
// averages, an auxiliary projection.
func restful() *mole.Network {
	return mole.NewNetwork(
		mole.Module{Layers: []nn.Layer{nn.Dense(4, 8), nn.BatchNorm(8), nn.ReLU(), nn.Dropout(0.2)}},
		mole.Module{Layers: []nn.Layer{nn.Residual(nn.Dense(8, 8), nn.Dropout(0.1)), nn.ReLU()}, Optimizer: optim.SGD{Momentum: 0.9}},
		mole.Module{Layers: []nn.Layer{nn.Dense(8, 3)}},
	)
}

// trained returns the weights and the report's CSV of a training that is saved and
// restored in another trainer whenever at says so.
func trained(t *testing.T, make func() *mole.Trainer, net func() *mole.Network, at func(step int) bool) (string, string) {
	t.Helper()
	path, tr := filepath.Join(t.TempDir(), "run"), make()
	for step := 0; !tr.Done(); step++ {
		if at(step) {
			if err := tr.Save(path); err != nil {
				t.Fatal(err)
			}
			tr = make()
			if err := tr.Restore(path); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tr.Step(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	var table bytes.Buffer
	if err := errors.Join(tr.Report().WriteCSV(&table), tr.Report().WriteStepsCSV(&table)); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(weights(net()), tr.Report().Evaluation()), table.String()
}

func TestARestoredTrainingEndsWithTheSameBits(t *testing.T) {
	train, test := data.Iris().Split(0.3, 1)
	o := mole.Options{Seed: 3, Test: test, Epochs: 3, OutputEpochs: 3, Batch: 32}
	for name, begin := range methods {
		var net *mole.Network
		make := func() *mole.Trainer {
			net = restful()
			tr, err := begin(net, train, o)
			if err != nil {
				t.Fatal(err)
			}
			return tr
		}
		current := func() *mole.Network { return net }
		wantWeights, wantReport := trained(t, make, current, func(int) bool { return false })
		gotWeights, gotReport := trained(t, make, current, func(int) bool { return true })
		if gotWeights != wantWeights {
			t.Errorf("%s: saved and restored at every step, the weights are others", name)
		}
		if gotReport != wantReport {
			t.Errorf("%s: the report is\n%s\nwant\n%s", name, gotReport, wantReport)
		}
	}
}

func TestForeignAndDamagedCheckpointsChangeNothing(t *testing.T) {
	folder, o := t.TempDir(), mole.Options{Seed: 1, Epochs: 2, OutputEpochs: 2}
	good := filepath.Join(folder, "good")
	tr := trainer(t, mole.MLP(4, 8, 3), data.Iris(), o)
	if _, err := tr.Epoch(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := tr.Save(good); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(content)
	flipped[len(flipped)-10] ^= 1
	other := o
	other.Seed = 2
	for want, c := range map[string]struct {
		content []byte
		options mole.Options
		net     *mole.Network
	}{
		"another training":      {content, other, mole.MLP(4, 8, 3)},
		"Scale:0.5":             {content, o, mole.MLP(4, 8, 3).SetObjective(mole.Information{Scale: 0.5})},
		"probe 9":               {content, mole.Options{Seed: 1, Epochs: 2, OutputEpochs: 2, Probe: 9}, mole.MLP(4, 8, 3)},
		"of another training":   {content, o, mole.MLP(4, 9, 3)},
		"checksum is wrong":     {flipped, o, mole.MLP(4, 8, 3)},
		"the file ends early":   {content[:30], o, mole.MLP(4, 8, 3)},
		"is damaged":            {content[:200], o, mole.MLP(4, 8, 3)},
		"this is no checkpoint": {[]byte("hello"), o, mole.MLP(4, 8, 3)},
		"another version":       {bytes.Replace(content, []byte("checkpoint 3"), []byte("checkpoint 9"), 1), o, mole.MLP(4, 8, 3)},
	} {
		path := filepath.Join(folder, "bad")
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		tr := trainer(t, c.net, data.Iris(), c.options)
		before := weights(c.net)
		err := tr.Restore(path)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if fmt.Sprint(before) != fmt.Sprint(weights(c.net)) {
			t.Errorf("%s: the network changed", want)
		}
	}
	train, _ := data.Iris().Split(0.5, 1)
	swapped, _ := data.Iris().Split(0.5, 2)
	if err := trainer(t, mole.MLP(4, 8, 3), train, o).Save(good); err != nil {
		t.Fatal(err)
	}
	if err := trainer(t, mole.MLP(4, 8, 3), swapped, o).Restore(good); err == nil || !strings.Contains(err.Error(), "75×4, checksum ") {
		t.Errorf("a checkpoint of another half of the data: %v", err)
	}
	if err := tr.Restore(filepath.Join(folder, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}
