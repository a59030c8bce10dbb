// Package deep is internal to the module.
package deep

// Zero is zero.
const Zero = 0
