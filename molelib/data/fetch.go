package data

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// MirrorVariable names the environment variable with a folder (or an http
// address) that holds datasets: it is looked into before the cache and before the
// network. A file is found below the folder of its dataset and below the folder of its
// kind: both <mirror>/fashion-mnist/<file> and <mirror>/grid/fashion-mnist/<file>.
const MirrorVariable = "MOLE_DATA_MIRROR"

// Options for datasets that are downloaded. The zero value is good.
type Options struct {
	// Progress is called while a file is downloaded, with the bytes done and the
	// bytes it will have. It runs in the caller's goroutine.
	Progress func(file string, done, total int64)
	Mirror   string       // folder or http address; default: the variable MOLE_DATA_MIRROR
	Cache    string       // folder to keep files in; default: mole-kernel/data in os.UserCacheDir
	Client   *http.Client // default: one that gives up when a server is silent for 30 s
	Sources  []string     // base addresses instead of the public ones
}

// UnavailableError says that a dataset is neither here nor to be had. Its text
// tells what to do.
type UnavailableError struct {
	Dataset  string   // such as "Fashion-MNIST"
	File     string   // the file that is missing
	Files    []string // all files of the dataset
	Folder   string   // the folder where files can be put by hand
	Mirrored string   // the folder of the dataset within a mirror
	Err      error    // what every source answered
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf(`data: %s is not on this machine and could not be downloaded (%s):
%s
Without a network, bring the files of %s from elsewhere (%s) and either
  put them into %s
  or set %s to a folder that holds them as %s`,
		e.Dataset, e.File, indent(e.Err.Error()), e.Dataset, list(e.Files), e.Folder, MirrorVariable, filepath.Join(e.Mirrored, filepath.FromSlash(e.File)))
}

// list names files, and of many the first and the last.
func list(files []string) string {
	if n := len(files); n > 4 {
		return fmt.Sprintf("%d of them, %s … %s", n, files[0], files[n-1])
	}
	return strings.Join(files, ", ")
}

// Unwrap returns what the sources answered.
func (e *UnavailableError) Unwrap() error { return e.Err }

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// fileSet describes the files of a dataset and where they are to be had.
type fileSet struct {
	name    string
	kind    string   // "vector", "grid", "node" or "graph": a folder of a mirror
	folder  string   // in the cache, in a mirror and below the folder of the kind; slashes
	sources []string // base addresses, tried in order
	files   []remoteFile
}

// remoteFile is one file. One whose name ends in .gz is packed; mirrors may have packed
// it anew, so it is the unpacked content that is verified.
type remoteFile struct {
	name   string // may hold slashes
	size   int64  // as the public sources give it, for progress
	sha256 string // of the unpacked content
}

// bytes returns what the whole set takes to download.
func (s *fileSet) bytes() int64 {
	var sum int64
	for _, f := range s.files {
		sum += f.size
	}
	return sum
}

// fetcher finds the files of one dataset: in the mirror, in the cache, at a source.
type fetcher struct {
	set     *fileSet
	options Options
}

func newFetcher(set *fileSet, options []Options) *fetcher {
	f := &fetcher{set: set}
	if len(options) > 0 {
		f.options = options[0]
	}
	if f.options.Mirror == "" {
		f.options.Mirror = os.Getenv(MirrorVariable)
	}
	if f.options.Client == nil {
		f.options.Client = patientClient()
	}
	if f.options.Sources == nil {
		f.options.Sources = set.sources
	}
	return f
}

// content returns the unpacked and verified content of file. A damaged file in a
// mirror folder is an error, since that folder is the user's; one in the cache is
// replaced.
func (f *fetcher) content(ctx context.Context, file remoteFile) ([]byte, error) {
	for _, path := range f.mirrored(file) {
		content, err := readVerified(ctx, path, file)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return content, err
		}
	}
	folder, err := f.folder()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, filepath.FromSlash(file.name))
	content, err := readVerified(ctx, path, file)
	if err == nil {
		return content, nil
	}
	if ctx.Err() == nil {
		err = f.download(ctx, file, path)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("data: download %s, %s: %w", f.set.name, file.name, context.Cause(ctx))
	}
	if err != nil {
		if paths := f.mirrored(file); len(paths) > 0 {
			err = fmt.Errorf("the mirror folder has no %s\n%w", paths[0], err)
		}
		return nil, f.unavailable(file, folder, err)
	}
	return readVerified(ctx, path, file)
}

func (f *fetcher) unavailable(file remoteFile, folder string, err error) error {
	e := &UnavailableError{Dataset: f.set.name, File: file.name, Folder: folder, Mirrored: filepath.FromSlash(f.set.folder), Err: err}
	for _, needed := range f.set.files {
		e.Files = append(e.Files, needed.name)
	}
	return e
}

// mirrored lists where file may be in a mirror folder.
func (f *fetcher) mirrored(file remoteFile) []string {
	mirror := f.options.Mirror
	if mirror == "" || isAddress(mirror) {
		return nil
	}
	path := filepath.Join(filepath.FromSlash(f.set.folder), filepath.FromSlash(file.name))
	return []string{filepath.Join(mirror, path), filepath.Join(mirror, f.set.kind, path)}
}

// addresses lists where file may be on the network, a mirror first.
func (f *fetcher) addresses(file remoteFile) []string {
	var list []string
	if mirror := strings.TrimSuffix(f.options.Mirror, "/"); isAddress(mirror) {
		path := f.set.folder + "/" + file.name
		list = append(list, mirror+"/"+path, mirror+"/"+f.set.kind+"/"+path)
	}
	for _, base := range f.options.Sources {
		list = append(list, strings.TrimSuffix(base, "/")+"/"+file.name)
	}
	return list
}

func isAddress(mirror string) bool {
	return strings.HasPrefix(mirror, "http://") || strings.HasPrefix(mirror, "https://")
}

func (f *fetcher) folder() (string, error) {
	if f.options.Cache != "" {
		return filepath.Join(f.options.Cache, filepath.FromSlash(f.set.folder)), nil
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("data: no folder to keep %s in (set Options.Cache or %s): %w", f.set.name, MirrorVariable, err)
	}
	return filepath.Join(base, "mole-kernel", "data", filepath.FromSlash(f.set.folder)), nil
}

// readVerified reads the file at path, unpacks it if it is packed, and compares its content
// with file.sha256.
func readVerified(ctx context.Context, path string, file remoteFile) ([]byte, error) {
	stored, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer stored.Close() // Only read from: an error of Close cannot lose anything.
	var content bytes.Buffer
	var r io.Reader = &cancelledReader{ctx, stored}
	if strings.HasSuffix(file.name, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return nil, fmt.Errorf("data: %s is no gzip file, delete it or fetch it again: %w", path, early(err))
		}
		content.Grow(int(unpackedSize(stored)))
	}
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(&content, hash), io.LimitReader(r, mostUnpacked)); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, fmt.Errorf("data: %s is damaged, delete it or fetch it again: %w", path, err)
	}
	if content.Len() == mostUnpacked {
		return nil, fmt.Errorf("data: %s holds more than it should, delete it or fetch it again", path)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != file.sha256 {
		return nil, fmt.Errorf("data: %s has other content than it should (sha256 %s, want %s): delete it or fetch it again", path, sum, file.sha256)
	}
	return content.Bytes(), nil
}

// mostUnpacked bounds the content of a file: a small one can be made to unpack without end.
const mostUnpacked = 1 << 30

// unpackedSize reads how long the content says it is, bounded, for one allocation
// instead of many; nothing relies on it.
func unpackedSize(packed *os.File) int64 {
	info, err := packed.Stat()
	var last [4]byte
	if err != nil || info.Size() < 18 {
		return 0
	}
	if _, err := packed.ReadAt(last[:], info.Size()-4); err != nil {
		return 0
	}
	return min(int64(binary.LittleEndian.Uint32(last[:])), 256<<20, 1032*info.Size())
}

// cancelledReader ends with the context's error.
type cancelledReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelledReader) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
