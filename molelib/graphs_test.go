package mole_test

import (
	"slices"
	"testing"

	mole "github.com/mole-kernel/mole-kernel/molelib"
	"github.com/mole-kernel/mole-kernel/molelib/data"
)

func TestTheKarateClubIsLearnedFromItsTwoLeaders(t *testing.T) {
	club := data.Karate()
	net := mole.GCN(34, 16, 2)
	report, err := mole.Train(t.Context(), net, club, mole.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if report.Accuracy() < 0.9 {
		t.Errorf("accuracy %v of the members, want 0.9", report.Accuracy())
	}
	if e := net.Evaluate(club); e.Examples != 32 || e.Accuracy != report.Accuracy() {
		t.Errorf("evaluated %d members, %v; want 32, %v", e.Examples, e.Accuracy, report.Accuracy())
	}
	if got := len(net.Predict(club)); got != 34 {
		t.Errorf("%d classes, want one for each of 34 members", got)
	}
	t.Log(report)
}

func TestLabelsOfTestNodesNeverInfluenceTraining(t *testing.T) {
	var first [][]float32
	for _, flip := range []bool{false, true} {
		club := data.Karate()
		for _, i := range club.Test {
			if flip {
				club.Y[i] = 1 - club.Y[i]
			}
		}
		for _, begin := range trainings {
			net := mole.GCN(34, 16, 2)
			tr, err := begin(net, club, mole.Options{Seed: 1, Epochs: 20})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			first = append(first, slices.Concat(weights(net)...))
		}
	}
	for i, method := range []string{"MOLE", "back-propagation"} {
		if !slices.Equal(first[i], first[i+2]) {
			t.Errorf("%s: other labels of test nodes lead to other weights", method)
		}
	}
}

var trainings = []func(*mole.Network, mole.Examples, mole.Options) (*mole.Trainer, error){mole.NewTrainer, mole.NewBackprop}
