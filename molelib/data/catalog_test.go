package data

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestCatalogIsComplete(t *testing.T) {
	fetched := downloads()
	for _, e := range Catalog() {
		if e.Name == "" || e.Kind == "" || e.Examples == 0 || e.Shape == "" || e.About == "" || e.Licence == "" || e.Source == "" {
			t.Errorf("something is missing: %+v", e)
		}
		if (e.Download > 0) != (fetched[e.Name] != nil) {
			t.Errorf("%s: %d bytes to download, files %v", e.Name, e.Download, fetched[e.Name])
		}
		delete(fetched, e.Name)
	}
	if len(fetched) > 0 {
		t.Errorf("not in the catalog: %v", fetched)
	}
}

func TestCatalogIsShownWithLinks(t *testing.T) {
	bundle, err := Catalog().MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"data.MUTAG", "33 kB", `<a href="https://github.com/kimiyoung/planetoid">`} {
		if !strings.Contains(bundle["text/html"].(string), want) {
			t.Errorf("the table misses %s", want)
		}
	}
}

func TestFetch(t *testing.T) {
	requests := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.NotFound(w, r)
	}))
	defer server.Close()
	offline := Options{Cache: t.TempDir(), Mirror: t.TempDir(), Sources: []string{server.URL}}
	if err := Fetch(t.Context(), "Iris", offline); err != nil || requests.Load() != 0 {
		t.Errorf("%v after %d requests: Iris is embedded", err, requests.Load())
	}
	var unavailable *UnavailableError
	if err := Fetch(t.Context(), "PROTEINS", offline); !errors.As(err, &unavailable) || requests.Load() != 1 {
		t.Errorf("%v after %d requests", err, requests.Load())
	}
	wantError(t, unavailable, "bring the files of PROTEINS from elsewhere (11 of them, PROTEINS.txt … 10fold_idx/test_idx-10.txt)")
	wantError(t, unavailable, "MOLE_DATA_MIRROR to a folder that holds them as dgcnn/PROTEINS/PROTEINS.txt")
	wantError(t, Fetch(t.Context(), "Coral", offline), `no dataset "Coral"; there are Iris,`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Fetch(ctx, "Cora", offline); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}

func TestFetchFindsTheMirror(t *testing.T) {
	for _, name := range []string{"Cora", "MUTAG"} {
		skipMissing(t, Fetch(t.Context(), name, public(t)))
	}
}
