package mole

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/mole-kernel/mole-kernel/molelib/internal/mapped"
	"github.com/mole-kernel/mole-kernel/molelib/tensor"
)

// cache keeps what modules make of all examples: in memory, or in a temporary file that is
// mapped into it. A nil cache keeps all in memory.
type cache struct {
	limit  int // bytes of a matrix in memory
	folder string
	mapped bool // some are in files
}

// defaultCacheLimit is the size from which features go to a file.
const defaultCacheLimit = 1 << 30

// newCache returns the cache of a training, nil when all stays in memory.
func newCache(o Options) *cache {
	if o.CacheLimit < 0 {
		return nil
	}
	c := &cache{limit: or(o.CacheLimit, defaultCacheLimit), folder: o.CacheFolder}
	if c.folder == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			base = os.TempDir()
		}
		c.folder = filepath.Join(base, "mole-kernel", "features")
	}
	return c
}

// collect lets files go whose features are no longer in use.
func (c *cache) collect() {
	if c != nil && c.mapped {
		runtime.GC() // They go with the last pointer to them.
	}
}

// features is a matrix in the making, which is computed block by block.
type features struct {
	cache *cache
	whole *tensor.Matrix // in memory
	file  *mapped.Writer // or else there
	block tensor.Matrix
	done  int // rows
}

// begin returns the features of the given size, still to be computed.
func (c *cache) begin(rows, cols int) (*features, error) {
	if c == nil || 4*rows*cols <= c.limit {
		return &features{cache: c, whole: tensor.NewMatrix(rows, cols)}, nil
	}
	file, err := mapped.Create(c.folder, rows, cols)
	if err != nil {
		return nil, c.wrap(err)
	}
	return &features{cache: c, file: file, block: tensor.Matrix{Cols: cols}}, nil
}

// next returns the next rows, which are to be filled before keep.
func (f *features) next(rows int) tensor.Matrix {
	if f.whole != nil {
		return f.whole.View(f.done, f.done+rows)
	}
	resize(&f.block, rows, f.block.Cols)
	return f.block
}

// keep keeps the rows that next returned.
func (f *features) keep(rows tensor.Matrix) error {
	if f.done += rows.Rows; f.whole != nil {
		return nil
	}
	return f.cache.wrap(f.file.Append(&rows))
}

// end returns the matrix, or gives it up when there is an error already.
func (f *features) end(err error) (*tensor.Matrix, error) {
	switch {
	case err != nil && f.file != nil:
		_ = f.file.Discard() // The first error tells more.
		return nil, err
	case err != nil:
		return nil, err
	case f.whole != nil:
		return f.whole, nil
	}
	m, err := f.file.Matrix()
	f.cache.mapped = true
	return m, f.cache.wrap(err)
}

func (c *cache) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("mole: keep features in a file: %w (set Options.CacheFolder to a folder with room, or CacheLimit to −1 to keep all in memory)", err)
}
