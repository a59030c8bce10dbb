package engine

// haveRecords says whether frameRecords knows the architecture's frames.
const haveRecords = true

// frameRecords fills buf with the records of the calling goroutine's stack, innermost first,
// and returns their number.
//
//go:noescape
func frameRecords(buf *frameRecord, n int) int
