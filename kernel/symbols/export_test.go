package symbols

// NewSet returns a set that has read nothing yet.
var NewSet = newSet
