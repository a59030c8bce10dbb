//go:build !linux

package worker

import "runtime/metrics"

// residentBytes returns the memory that the Go runtime holds.
func residentBytes() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}

// availableBytes is not known here: the limit must be given.
func availableBytes() int64 { return 0 }
