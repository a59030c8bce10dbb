package nb

// Check stops the cell with the message of err, and does nothing when err is nil. It
// is for the top of a cell, where there is no caller to return an error to:
//
//	train, test, err := data.FashionMNIST(nb.Context())
//	nb.Check(err)
//
// Values that were made before stay. It panics with err; in a program of its own, too.
func Check(err error) {
	if err != nil {
		panic(err)
	}
}
