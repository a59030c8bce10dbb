package data

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// tiny is a dataset of four idx files, as MNIST is: 300 training and 20 test
// images of 4×5.
type tiny struct {
	set   idxSet
	files map[string][]byte // packed, by name
}

func newTiny(t *testing.T) *tiny {
	t.Helper()
	s := &tiny{set: idxSet{fileSet: fileSet{name: "Tiny", kind: "grid", folder: "tiny", files: make([]remoteFile, 4)}, classes: numbered(10)}, files: map[string][]byte{}}
	for k, n := range []int{300, 20} {
		pixels, labels := make([]byte, n*20), make([]byte, n)
		for i := range pixels {
			// Bytes that do not compress, so that a file has several blocks to interrupt between.
			pixels[i] = byte(i * i * 2654435761 >> 7)
		}
		for i := range labels {
			labels[i] = byte(i % 10)
		}
		s.add(t, 2*k, []string{"train-images.gz", "test-images.gz"}[k], idxBytes(pixels, n, 4, 5))
		s.add(t, 2*k+1, []string{"train-labels.gz", "test-labels.gz"}[k], idxBytes(labels, n))
	}
	return s
}

func (s *tiny) add(t *testing.T, k int, name string, content []byte) {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	s.files[name] = packed.Bytes()
	s.set.files[k] = remoteFile{name, int64(packed.Len()), hex.EncodeToString(sum[:])}
}

// serve answers requests for the files, with Range, after change had its way with
// the content. It counts the requests.
func (s *tiny) serve(t *testing.T, change func(name string, content []byte) []byte) (address string, requests *atomic.Int64) {
	t.Helper()
	requests = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		name := filepath.Base(r.URL.Path)
		content, ok := s.files[name]
		if ok && change != nil {
			content = change(name, content)
		}
		if content == nil {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func (s *tiny) load(options Options) (train, test *Dataset, err error) {
	return s.set.load(context.Background(), []Options{options})
}

func (s *tiny) want(t *testing.T, train, test *Dataset, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 300 || test.Len() != 20 || !slices.Equal(train.Shape, []int{4, 5}) || train.Y[13] != 3 {
		t.Errorf("got %v and %v", train, test)
	}
	if err := train.Validate(); err != nil {
		t.Error(err)
	}
}

func (s *tiny) write(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range s.files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDownloadOnceThenCache(t *testing.T) {
	s := newTiny(t)
	address, requests := s.serve(t, nil)
	calls, last := 0, int64(0)
	options := Options{Cache: t.TempDir(), Sources: []string{address}, Progress: func(file string, done, total int64) {
		calls++
		if file == "train-images.gz" {
			last = done
		}
		if done > total {
			t.Errorf("%s: %d of %d bytes", file, done, total)
		}
	}}
	for range 2 {
		train, test, err := s.load(options)
		s.want(t, train, test, err)
	}
	if n := requests.Load(); n != 4 {
		t.Errorf("%d requests, want 4: the second load must use the cache", n)
	}
	if calls == 0 || last != s.set.files[0].size {
		t.Errorf("progress was told %d times, at last %d bytes; want %d", calls, last, s.set.files[0].size)
	}
	wantFiles(t, filepath.Join(options.Cache, "tiny"), "test-images.gz", "test-labels.gz", "train-images.gz", "train-labels.gz")
}

func wantFiles(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("the cache holds %q, want %q", got, want)
	}
}

func TestMirrorFolderIsUsedWithoutNetwork(t *testing.T) {
	s := newTiny(t)
	for _, layout := range []string{"tiny", "grid/tiny"} {
		mirror := t.TempDir()
		s.write(t, filepath.Join(mirror, layout))
		t.Setenv(MirrorVariable, mirror)
		train, test, err := s.load(Options{Cache: t.TempDir(), Sources: []string{}})
		s.want(t, train, test, err)
	}
}

func TestMirrorAddressComesBeforeTheSources(t *testing.T) {
	s := newTiny(t)
	mirror, _ := s.serve(t, nil)
	source, requests := s.serve(t, nil)
	train, test, err := s.load(Options{Cache: t.TempDir(), Mirror: mirror, Sources: []string{source}})
	s.want(t, train, test, err)
	if requests.Load() != 0 {
		t.Error("a source was asked although the mirror has the files")
	}
}

func TestDamagedMirrorIsAnError(t *testing.T) {
	s := newTiny(t)
	mirror := t.TempDir()
	s.files["train-images.gz"] = s.files["train-images.gz"][:3000]
	s.write(t, filepath.Join(mirror, "tiny"))
	_, _, err := s.load(Options{Cache: t.TempDir(), Mirror: mirror})
	wantError(t, err, filepath.Join(mirror, "tiny", "train-images.gz")+" is damaged")
}

func TestNextSourceWhenOneIsCorrupt(t *testing.T) {
	other := newTiny(t)
	other.add(t, 0, "train-images.gz", idxBytes(make([]byte, 20), 1, 4, 5))
	for name, change := range map[string]func(string, []byte) []byte{
		"flipped bit":    func(_ string, c []byte) []byte { c = slices.Clone(c); c[len(c)/2] ^= 1; return c },
		"truncated":      func(_ string, c []byte) []byte { return c[:len(c)-9] },
		"no gzip":        func(string, []byte) []byte { return []byte("<html>404</html>") },
		"empty":          func(string, []byte) []byte { return []byte{} },
		"other content":  func(name string, _ []byte) []byte { return other.files["train-images.gz"] },
		"not found":      func(string, []byte) []byte { return nil },
		"something more": func(_ string, c []byte) []byte { return append(slices.Clone(c), "more"...) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newTiny(t)
			bad, _ := s.serve(t, change)
			good, _ := s.serve(t, nil)
			cache := t.TempDir()
			train, test, err := s.load(Options{Cache: cache, Sources: []string{bad, good}})
			s.want(t, train, test, err)
			_, _, err = newTiny(t).load(Options{Cache: t.TempDir(), Sources: []string{bad}})
			var unavailable *UnavailableError
			if !errors.As(err, &unavailable) {
				t.Errorf("only the bad source: error %v, want an UnavailableError", err)
			}
		})
	}
}

func TestDamagedCacheIsReplaced(t *testing.T) {
	s := newTiny(t)
	address, _ := s.serve(t, nil)
	cache := t.TempDir()
	s.write(t, filepath.Join(cache, "tiny"))
	path := filepath.Join(cache, "tiny", "test-labels.gz")
	if err := os.WriteFile(path, []byte("broken"), 0o644); err != nil {
		t.Fatal(err)
	}
	train, test, err := s.load(Options{Cache: cache, Sources: []string{address}})
	s.want(t, train, test, err)
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, s.files["test-labels.gz"]) {
		t.Errorf("the damaged file was not replaced (%v)", err)
	}
}

func TestInterruptedDownloadIsContinued(t *testing.T) {
	s := newTiny(t)
	packed := s.files["train-images.gz"]
	// A server that promises everything, sends half and hangs up.
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.Header().Set("Content-Length", "5000")
		w.Write(packed[:2500])
		panic(http.ErrAbortHandler)
	}))
	defer half.Close()
	cache := t.TempDir()
	if _, _, err := s.load(Options{Cache: cache, Sources: []string{half.URL}}); err == nil {
		t.Fatal("half a file was accepted")
	}
	part, err := os.ReadFile(filepath.Join(cache, "tiny", "train-images.gz.part"))
	if err != nil || len(part) == 0 {
		t.Fatalf("nothing kept of the interrupted download: %v", err)
	}
	var first int64
	address, _ := s.serve(t, nil)
	train, test, err := s.load(Options{Cache: cache, Sources: []string{address}, Progress: func(file string, done, total int64) {
		if first == 0 {
			first = done
		}
	}})
	s.want(t, train, test, err)
	if first <= int64(len(part)) || first > s.set.files[0].size {
		t.Errorf("progress begins at %d bytes, want it to go on after the %d that were there", first, len(part))
	}
	wantFiles(t, filepath.Join(cache, "tiny"), "test-images.gz", "test-labels.gz", "train-images.gz", "train-labels.gz")
}

func TestWrongRemainderIsFetchedFromItsBeginning(t *testing.T) {
	s := newTiny(t)
	address, _ := s.serve(t, nil)
	for name, part := range map[string][]byte{
		"other bytes": bytes.Repeat([]byte{7}, 1000),
		"too long":    bytes.Repeat([]byte{7}, 100_000),
	} {
		cache := t.TempDir()
		if err := os.MkdirAll(filepath.Join(cache, "tiny"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(cache, "tiny", "train-images.gz.part"), part, 0o644); err != nil {
			t.Fatal(err)
		}
		train, test, err := s.load(Options{Cache: cache, Sources: []string{address}})
		t.Log(name)
		s.want(t, train, test, err)
	}
}

func TestAbandonedDownloadsAreRemoved(t *testing.T) {
	s := newTiny(t)
	address, _ := s.serve(t, nil)
	cache := t.TempDir()
	folder := filepath.Join(cache, "tiny")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"train-images.gz.1.tmp": 48 * time.Hour, "train-images.gz.2.tmp": time.Minute} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	train, test, err := s.load(Options{Cache: cache, Sources: []string{address}})
	s.want(t, train, test, err)
	wantFiles(t, folder, "test-images.gz", "test-labels.gz", "train-images.gz", "train-images.gz.2.tmp", "train-labels.gz")
}

func TestOfflineErrorSaysWhatToDo(t *testing.T) {
	s := newTiny(t)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	cache := t.TempDir()
	_, _, err := s.load(Options{Cache: cache, Mirror: filepath.Join(cache, "nowhere"), Sources: []string{closed.URL}})
	for _, want := range []string{
		"Tiny is not on this machine", "train-images.gz", "connection refused", "the mirror folder has no",
		filepath.Join(cache, "tiny"), "set MOLE_DATA_MIRROR to a folder",
	} {
		wantError(t, err, want)
	}
	if entries, _ := os.ReadDir(filepath.Join(cache, "tiny")); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestCancelledDownloadSaysSo(t *testing.T) {
	s := newTiny(t)
	ctx, cancel := context.WithCancel(context.Background())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("some"))
		http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	_, _, err := s.set.load(ctx, []Options{{Cache: t.TempDir(), Sources: []string{server.URL, server.URL}}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if strings.Contains(err.Error(), MirrorVariable) {
		t.Errorf("a cancelled download is no reason to recommend a mirror: %v", err)
	}
}

func TestLoadsAtTheSameTimeDoNotDisturbEachOther(t *testing.T) {
	s := newTiny(t)
	address, _ := s.serve(t, nil)
	cache := t.TempDir()
	failed := make(chan error, 8)
	for range cap(failed) {
		go func() {
			_, _, err := s.load(Options{Cache: cache, Sources: []string{address}})
			failed <- err
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	wantFiles(t, filepath.Join(cache, "tiny"), "test-images.gz", "test-labels.gz", "train-images.gz", "train-labels.gz")
}
