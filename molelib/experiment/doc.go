// Package experiment runs training methods side by side, over seeds and folds, and makes a
// table of what comes out: mean ± standard deviation, every run's values, paired differences.
//
//	table, err := experiment.Run(ctx, experiment.Plan{
//		Name:    "digits",
//		Data:    experiment.HoldOut(data.Digits(), 0.2),
//		Network: func() *mole.Network { return mole.MLP(64, 128, 64, 10) },
//		Seeds:   []int{1, 2, 3},
//		Methods: []experiment.Method{
//			{Name: "MOLE", Run: experiment.MOLE},
//			{Name: "back-propagation", Run: experiment.Backprop},
//			{Name: "α = 2", Run: experiment.With(func(net *mole.Network, o *mole.Options) {
//				net.SetObjective(mole.Information{Alpha: 2})
//			})},
//		},
//	})
//
// All methods get the same examples and start from the same weights. Runs go in parallel, as
// many as there are processors and room for in memory; how many does not change the results.
// A table that grows in a notebook, with early results and a line of progress:
//
//	e, err := experiment.New(plan)
//	e.Observer = nb.Live(e.Table())
//	table, err := e.Run(nb.Context())
//
// With Plan.File every finished run is kept in a file, and a run that was interrupted or
// crashed goes on from there.
//
// A method is any function of a Trial; it need not train a network of molelib:
//
//	{Name: "majority", Run: func(ctx context.Context, t *experiment.Trial) (experiment.Metrics, error) {
//		return experiment.Metrics{"accuracy": majority(t.Train, t.Test)}, nil
//	}}
package experiment
