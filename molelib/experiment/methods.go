package experiment

import (
	"context"
	"slices"
	"time"

	mole "github.com/mole-kernel/mole-kernel/molelib"
)

// MOLE is the method that trains Trial.Network module by module; see mole.Train.
func MOLE(ctx context.Context, t *Trial) (Metrics, error) { return With(nil)(ctx, t) }

// Backprop is the method that trains Trial.Network end to end by back-propagation; see
// mole.Backprop.
func Backprop(ctx context.Context, t *Trial) (Metrics, error) { return BackpropWith(nil)(ctx, t) }

// With is MOLE with other settings: change is given the network and the options of each run.
// It is called by runs that go on side by side, so it must change nothing else.
func With(change func(net *mole.Network, o *mole.Options)) func(context.Context, *Trial) (Metrics, error) {
	return func(ctx context.Context, t *Trial) (Metrics, error) {
		net, o := t.changed(change)
		return t.run(ctx)(mole.NewTrainer(net, t.Train, o))
	}
}

// BackpropWith is Backprop with other settings, as With.
func BackpropWith(change func(net *mole.Network, o *mole.Options)) func(context.Context, *Trial) (Metrics, error) {
	return func(ctx context.Context, t *Trial) (Metrics, error) {
		net, o := t.changed(change)
		return t.run(ctx)(mole.NewBackprop(net, t.Train, o))
	}
}

func (t *Trial) changed(change func(net *mole.Network, o *mole.Options)) (*mole.Network, mole.Options) {
	net, o := t.Network(), t.Options
	if change != nil {
		change(net, &o)
	}
	return net, o
}

// run trains to the end.
func (t *Trial) run(ctx context.Context) func(*mole.Trainer, error) (Metrics, error) {
	return func(trainer *mole.Trainer, err error) (Metrics, error) {
		if err == nil {
			err = t.train(ctx, trainer)
		}
		if err != nil {
			return nil, err
		}
		return Of(trainer.Report()), nil
	}
}

// saveEvery is the time between two savings of a long training.
const saveEvery = 30 * time.Second

// train goes on from what an interrupted run of the same training has saved.
func (t *Trial) train(ctx context.Context, trainer *mole.Trainer) error {
	if t.resume == "" {
		_, err := trainer.Run(ctx)
		return err
	}
	// What cannot be restored, of other settings for instance, is trained from the beginning.
	_ = trainer.Restore(t.resume)
	saved := time.Now()
	for !trainer.Done() {
		if _, err := trainer.Epoch(ctx); err != nil {
			return err
		}
		if time.Since(saved) < t.saveEvery || trainer.Done() {
			continue
		}
		if err := trainer.Save(t.resume); err != nil {
			return err
		}
		saved = time.Now()
	}
	return nil
}

// Of returns the metrics of a training that is complete: "accuracy", or "R²" of a regression;
// "seconds" of training, without measurements; and with test data "balanced accuracy",
// "macro F1", "AUC" and "log loss", or "RMSE" and "MAE".
func Of(report *mole.Report) Metrics {
	m := Metrics{metricSeconds: report.Duration().Seconds()}
	e := report.Evaluation()
	switch {
	case e == nil && slices.Contains(report.Metrics(), mole.MetricR2):
		m[mole.MetricR2] = report.Accuracy()
	case e == nil:
		m[mole.MetricAccuracy] = report.Accuracy()
	case e.PerTarget != nil:
		m[mole.MetricR2], m["RMSE"], m["MAE"] = e.R2, e.RMSE, e.MAE
	default:
		m[mole.MetricAccuracy], m["balanced accuracy"], m["macro F1"] = e.Accuracy, e.BalancedAccuracy, e.MacroF1
		m["AUC"], m["log loss"] = e.AUC, e.LogLoss
	}
	return m
}
