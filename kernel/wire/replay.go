package wire

import (
	"crypto/sha256"
	"sync"
)

// replay remembers the latest signatures, at most limit of them.
type replay struct {
	mu    sync.Mutex
	limit int
	seen  map[[sha256.Size]byte]struct{}
	order [][sha256.Size]byte // a ring once it has limit entries
	next  int                 // the oldest entry of the full ring
}

func newReplay(limit int) *replay {
	return &replay{limit: limit, seen: make(map[[sha256.Size]byte]struct{})}
}

// first says whether sum was not seen among the latest, and remembers it.
func (r *replay) first(sum [sha256.Size]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, dup := r.seen[sum]; dup {
		return false
	}
	r.seen[sum] = struct{}{}
	if len(r.order) < r.limit {
		r.order = append(r.order, sum)
		return true
	}
	delete(r.seen, r.order[r.next])
	r.order[r.next] = sum
	r.next = (r.next + 1) % r.limit
	return true
}
