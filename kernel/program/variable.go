package program

// Seen is what a look at a variable shows.
type Seen struct {
	Known bool   // false when there is no such variable in the worker
	Text  string // in one line, bounded
	Size  int64  // bytes that the value holds, about
}
