package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// silence is how long a server may send nothing before it is given up.
const silence = 30 * time.Second

func patientClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   silence,
		ResponseHeaderTimeout: silence,
	}}
}

// download fetches file to path from the first address that has it whole. What an
// interrupted download left is continued; what then proves wrong is fetched once
// more from its beginning.
func (f *fetcher) download(ctx context.Context, file remoteFile, path string) error {
	addresses := f.addresses(file)
	if len(addresses) == 0 {
		return errors.New("there is no source to download from")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var failed []error
	for _, address := range addresses {
		err := f.downloadFrom(ctx, address, file, path)
		if err == nil || ctx.Err() != nil {
			return err
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (f *fetcher) downloadFrom(ctx context.Context, address string, file remoteFile, path string) error {
	part, err := claimPart(path)
	if err != nil {
		return err
	}
	resumed := part.done > 0
	err = f.transfer(ctx, address, file, part)
	if resumed && errors.Is(err, errOtherRange) {
		part.discard()
		return f.downloadFrom(ctx, address, file, path)
	}
	if err != nil {
		part.keep()
		return err
	}
	_, err = readVerified(ctx, part.name(), file)
	if err == nil {
		return part.publish()
	}
	if ctx.Err() != nil {
		part.keep()
		return err
	}
	part.discard()
	if resumed {
		return f.downloadFrom(ctx, address, file, path)
	}
	return fmt.Errorf("%s: %w", address, err)
}

// errOtherRange is the answer of a server that does not know how to continue.
var errOtherRange = errors.New("the server sends another range")

// transfer appends what address has beyond part.done. If the file there is another one by now
// than the one that part began with, as its validator tells, it comes from its beginning.
func (f *fetcher) transfer(ctx context.Context, address string, file remoteFile, part *partFile) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	// Bytes of a stream that is packed on its way could not be counted on.
	request.Header.Set("Accept-Encoding", "identity")
	if part.done > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", part.done))
		if part.validator != "" {
			request.Header.Set("If-Range", part.validator)
		}
	}
	response, err := f.options.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() // Read to its end or given up: nothing to learn from Close.
	switch response.StatusCode {
	case http.StatusPartialContent:
		if from := response.Header.Get("Content-Range"); !strings.HasPrefix(from, fmt.Sprintf("bytes %d-", part.done)) {
			return fmt.Errorf("GET %s: asked for the bytes from %d on, got %q: %w", address, part.done, from, errOtherRange)
		}
	case http.StatusOK:
		// The server sends everything, also when it was asked for the rest.
		if err := part.restart(validatorOf(response)); err != nil {
			return err
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return nil // Nothing is missing; the verification decides.
	default:
		return fmt.Errorf("GET %s: %s", address, response.Status)
	}
	timer := time.AfterFunc(silence, func() { cancel(fmt.Errorf("%s sent nothing for %v", address, silence)) })
	defer timer.Stop()
	if err := f.receive(response, file, part, timer); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("GET %s: %w", address, err)
	}
	return nil
}

// validatorOf returns what If-Range takes: the entity tag, unless it is a weak one, or the
// date of the last change (RFC 9110, 13.1.5); "" without either.
func validatorOf(response *http.Response) string {
	if tag := response.Header.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return tag
	}
	return response.Header.Get("Last-Modified")
}

func (f *fetcher) receive(response *http.Response, file remoteFile, part *partFile, timer *time.Timer) error {
	total := file.size
	if response.ContentLength > 0 {
		total = part.done + response.ContentLength
	}
	block := make([]byte, 64<<10)
	for {
		n, err := response.Body.Read(block)
		timer.Reset(silence)
		if n > 0 {
			if err := part.write(block[:n]); err != nil {
				return err
			}
			// A mirror may have packed the file less well, but not much.
			if part.done > 2*file.size+1<<20 {
				return fmt.Errorf("the server sends more than twice the %d bytes of %s", file.size, file.name)
			}
			if f.options.Progress != nil {
				f.options.Progress(file.name, part.done, total)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
