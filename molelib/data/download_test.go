package data

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// halfServer promises the file train-images.gz with an entity tag, sends half and hangs up.
func halfServer(t *testing.T, s *tiny, tag string) (address string) {
	t.Helper()
	packed := s.files["train-images.gz"]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Length", "5000")
		w.Write(packed[:2500])
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// tagged serves all files of s under one entity tag and reports what was asked for.
func tagged(t *testing.T, s *tiny, tag string) (address string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			*asked = append(*asked, r.Header.Get("Range")+" if "+r.Header.Get("If-Range"))
		}
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.files[filepath.Base(r.URL.Path)]))
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// repacked packs the content of a file anew: other bytes, the same content.
func repacked(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestContinuedOnlyIfTheFileIsTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		first, then string
		repack      bool
		want        string // what the second server is asked
	}{
		"the same":        {`"v1"`, `"v1"`, false, `bytes=2500- if "v1"`},
		"another":         {`"v1"`, `"v2"`, true, `bytes=2500- if "v1"`},
		"a weak tag":      {`W/"v1"`, `W/"v1"`, false, `bytes=2500- if `},
		"a very long tag": {`"` + strings.Repeat("v", 300) + `"`, `"v1"`, false, `bytes=2500- if `},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTiny(t)
			cache := t.TempDir()
			if _, _, err := s.load(Options{Cache: cache, Sources: []string{halfServer(t, s, c.first)}}); err == nil {
				t.Fatal("half a file was accepted")
			}
			if c.repack {
				s.files["train-images.gz"] = repacked(t, s.files["train-images.gz"])
			}
			address, asked := tagged(t, s, c.then)
			train, test, err := s.load(Options{Cache: cache, Sources: []string{address}})
			s.want(t, train, test, err)
			if got := strings.Join(*asked, ", "); got != c.want {
				t.Errorf("asked for %q, want %q", got, c.want)
			}
			got, err := os.ReadFile(filepath.Join(cache, "tiny", "train-images.gz"))
			if err != nil || !bytes.Equal(got, s.files["train-images.gz"]) {
				t.Errorf("the cache does not hold what the server has (%v)", err)
			}
			wantFiles(t, filepath.Join(cache, "tiny"), "test-images.gz", "test-labels.gz", "train-images.gz", "train-labels.gz")
		})
	}
}

func TestServersThatSendSomethingElse(t *testing.T) {
	s := newTiny(t)
	good, _ := s.serve(t, nil)
	for name, handler := range map[string]http.HandlerFunc{
		"another range": func(w http.ResponseWriter, r *http.Request) {
			content := s.files[filepath.Base(r.URL.Path)]
			if r.Header.Get("Range") != "" {
				w.Header().Set("Content-Range", "bytes 0-9/10")
				w.WriteHeader(http.StatusPartialContent)
				content = content[:10]
			}
			w.Write(content)
		},
		"no end": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			cache := t.TempDir()
			if _, _, err := s.load(Options{Cache: cache, Sources: []string{halfServer(t, s, `"v1"`)}}); err == nil {
				t.Fatal("half a file was accepted")
			}
			train, test, err := s.load(Options{Cache: cache, Sources: []string{server.URL, good}})
			s.want(t, train, test, err)
		})
	}
}

// TestProcessesDownloadAtTheSameTime starts this test several times over.
func TestProcessesDownloadAtTheSameTime(t *testing.T) {
	const address, cache = "MOLE_TEST_ADDRESS", "MOLE_TEST_CACHE"
	s := newTiny(t)
	if os.Getenv(address) != "" {
		train, test, err := s.load(Options{Cache: os.Getenv(cache), Sources: []string{os.Getenv(address)}})
		s.want(t, train, test, err)
		return
	}
	server, _ := s.serve(t, nil)
	folder := t.TempDir()
	var processes []*exec.Cmd
	for range 4 {
		p := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessesDownloadAtTheSameTime$")
		p.Env = append(os.Environ(), address+"="+server, cache+"="+folder)
		var out bytes.Buffer
		p.Stdout, p.Stderr = &out, &out
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		processes = append(processes, p)
	}
	for _, p := range processes {
		if err := p.Wait(); err != nil {
			t.Errorf("%v\n%s", err, p.Stdout)
		}
	}
	wantFiles(t, filepath.Join(folder, "tiny"), "test-images.gz", "test-labels.gz", "train-images.gz", "train-labels.gz")
}
