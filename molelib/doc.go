// Package mole trains neural networks module by module. Each module maximizes the
// mutual information between its output and the labels, and no gradient crosses from
// one module into another: modular learning via mutual information maximization, MOLE
// (Li, Pei, arXiv 2308.07772). The last module is trained by cross-entropy, or by squared
// error. The same network can be trained end to end by back-propagation, to compare. The
// method with its formulas is explained in docs/mole.md.
//
//	train, test := data.Digits().Split(0.2, 1)
//	net := mole.MLP(64, 128, 64, 10) // three modules by the default recipe
//	report, err := mole.Train(ctx, net, train, mole.Options{Seed: 1, Test: test})
//	fmt.Println(report)              // I(T;X), I(T;Y), accuracy of every module
//	fmt.Println(net.Evaluate(test))  // accuracy, confusion matrix
//
// By hand, one step, epoch or module at a time:
//
//	trainer, err := mole.NewTrainer(net, train, mole.Options{Seed: 1, Test: test})
//	trainer.Observer = nb.Live(plotting.Training(trainer.Report()))
//	for !trainer.Done() {
//		epoch, err := trainer.Epoch(ctx)
//		fmt.Println(epoch)
//	}
//
// Options.Mode trains all modules together, each by its own objective: one after another
// on every batch (Simultaneous), or side by side on different batches (Asynchronous).
// Options.Patience stops a module early, with the weights of its best epoch on
// Options.Validation. What a module makes of the data is kept in memory, or past
// Options.CacheLimit in a mapped file. Report.Seconds and Report.Memory tell what each
// module took.
//
// The baseline, from the same initial weights:
//
//	net2 := mole.MLP(64, 128, 64, 10)
//	baseline, err := mole.Backprop(ctx, net2, train, mole.Options{Seed: 1, Test: test})
//
// A module of one's own is layers and an objective:
//
//	net := mole.NewNetwork(
//		mole.Module{Name: "features", Layers: []nn.Layer{nn.Dense(64, 128), nn.ReLU()},
//			Objective: mole.Information{Alpha: 2, Scale: 1}},
//		mole.Module{Name: "classes", Layers: []nn.Layer{nn.Dense(128, 10)}},
//	)
//
// Examples are rows (*data.Dataset: vectors, and grids for CNN), the nodes of a graph
// (*data.Graph, for GCN) or graphs (*data.GraphSet, for GIN); with labels, with numbers to
// predict, or with neither:
//
//	report, err = mole.Train(ctx, mole.GCN(1433, 64, 7), cora, mole.Options{Seed: 1})
//	report, err = mole.Train(ctx, mole.MLP(10, 32, 1), houses, mole.Options{Seed: 1}) // squared error
//	report, err = mole.Train(ctx, mole.Encoder(64, 128, 64), images.Unlabelled(), mole.Options{Seed: 1})
//
// A run is kept by Trainer.Save and goes on to the same bits after Restore. Networks leave
// by SaveWeights (safetensors, as PyTorch reads them) and SaveONNX. Package experiment
// compares methods over seeds and folds.
//
// Representations T_k = net.Activations(k, x) are matrices of one example a row, float32,
// in the shape of gonum's; information is in bits and computed in float64 (package mi).
// A seed gives the same numbers again on the same machine and backend, whatever the
// number of processors.
package mole
