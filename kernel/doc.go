// Package kernel is the core of a Jupyter kernel: it takes requests from a Conn, runs
// cells by a Runtime, asks an Assistant while the user types, and publishes what happens.
// It knows neither sockets nor the language of the cells.
//
//	conn, err := transport.Listen(connectionFile, logger)
//	k := kernel.New(kernel.Options{Runtime: session, Assistant: session, Conn: conn, Info: info})
//	ctx, stop := k.Attach(ctx) // SIGINT interrupts the cell; a dead parent ends the kernel
//	defer stop()
//	err = k.Run(ctx)           // until shutdown_request; closes Runtime and Conn
//
// Without sockets, a Pipe stands for them:
//
//	pipe := kernel.NewPipe()
//	go kernel.New(kernel.Options{Runtime: session, Conn: pipe.Kernel(), …}).Run(ctx)
//	s := wire.NewSession("headless")
//	m := s.New(&wire.ExecuteRequest{Code: "1 + 1"})
//	pipe.Send(wire.Shell, m)
//	out, err := pipe.Recv(ctx, wire.IOPub) // *wire.Status busy, *wire.ExecuteInput, *wire.ExecuteResult, … idle
//	reply, err := pipe.Recv(ctx, wire.Shell) // *wire.ExecuteReply
//
// Messages of a pipe are never encoded: contents arrive as the pointers that were sent.
// Receive IOPub until the idle status whose Parent.ID is the request's Header.ID; then all
// output of the request has been seen, and the reply waits on Shell. Input requests arrive
// on Stdin and are answered there by (*wire.Session).Child(request, &wire.InputReply{…}).
// An interrupt is an InterruptRequest on Control; the end is a ShutdownRequest on Control,
// or cancelling Run's context.
package kernel
