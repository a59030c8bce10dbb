// Package worker runs the cells of a notebook in a process of their own.
//
// [Supervisor] stands in the kernel: it starts the worker process, loads and runs programs
// in it, interrupts them, and starts a new process when the old one dies. [Main] is the
// other side: the body of the worker process, which holds the interpreter and all values.
//
// Between them are five pipes. Standard output is the process's own descriptor 1, so that
// everything that prints arrives, whoever wrote it. Standard error is a pipe of its own;
// descriptor 2 is kept for what the Go runtime writes when the process dies. Control and
// messages are frames: a JSON header with raw attachments.
//
// Prints and displays keep their order by markers: before each ordered message the worker
// writes its number into both text pipes, and the supervisor handles the message when both
// pipes have come to the number and reads on only then.
package worker
