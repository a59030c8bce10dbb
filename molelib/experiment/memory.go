package experiment

import (
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

// room says whether one more run fits into memory.
type room struct {
	limit int64 // bytes of the heap; 0: not known
	begun int64 // bytes in use before the first run
	need  int64 // of one run
}

func newRoom(need int64) *room {
	r := &room{begun: heapBytes(), need: need, limit: debug.SetMemoryLimit(-1)}
	if r.limit == math.MaxInt64 {
		r.limit = 0
		if free := freeBytes(); free > 0 {
			r.limit = r.begun + free/10*9
		}
	}
	return r
}

// fits says whether one more run can start beside the active ones. The first always can.
func (r *room) fits(active int) bool {
	if active == 0 || r.limit == 0 {
		return true
	}
	// What has been started may not have taken its memory yet.
	return max(heapBytes()+r.need, r.begun+int64(active+1)*r.need) <= r.limit
}

// look learns from what the active runs take. Garbage is counted, so that it is rather too
// much.
func (r *room) look(active int) {
	r.need = max(r.need, (heapBytes()-r.begun)/int64(max(1, active)))
}

// heapBytes is what the heap holds, garbage included.
func heapBytes() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(sample[0].Value.Uint64())
}

// freeBytes is what the system has left; 0 where it is not known.
func freeBytes() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				return 0
			}
			return kilobytes << 10
		}
	}
	return 0
}
