// Package molekernel is the front page of mole-kernel: a Jupyter kernel and scripting
// environment in Go, in which neural networks are trained module by module, each module
// maximizing mutual information, with no gradient crossing from one to the next (MOLE,
// arXiv 2308.07772).
//
//	go run ./cmd/mole-kernel run notebooks/quickstart.ipynb --html quickstart.html
//	go run ./cmd/mole-kernel install
//	go test ./...
//
// The package itself is empty but for the end-to-end tests with real Jupyter clients. Read on in
//
//	cmd/mole-kernel   the command: kernel, run, install, doctor
//	molelib           networks, modules, objectives, training, reports (package mole)
//	molelib/mi        matrix-based entropy and mutual information, with gradients
//	molelib/data      datasets
//	plotting          figures of training runs
//	kernel/nb         what the code of a cell calls to show, ask and follow
//	kernel            the kernel: how a request becomes output
package molekernel
