package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
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
	if err := f.transfer(ctx, address, file, part); err != nil {
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

// transfer appends what address has beyond part.done.
func (f *fetcher) transfer(ctx context.Context, address string, file remoteFile, part *partFile) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if part.done > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", part.done))
	}
	response, err := f.options.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() // Read to its end or given up: nothing to learn from Close.
	switch response.StatusCode {
	case http.StatusPartialContent:
	case http.StatusOK:
		// The server sends everything, also when it was asked for the rest.
		if err := part.restart(); err != nil {
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

// partFile is an unfinished download. While it is written it has a name that no
// other process uses; between two attempts it waits as <target>.part, from where
// one process can claim it.
type partFile struct {
	file   *os.File
	target string
	done   int64
}

func claimPart(target string) (*partFile, error) {
	removeAbandoned(target)
	file, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+".*.tmp")
	if err != nil {
		return nil, err
	}
	p := &partFile{file: file, target: target}
	own := file.Name()
	if os.Rename(target+".part", own) != nil {
		return p, nil // Nothing to continue.
	}
	file.Close() // The file that the rename has replaced.
	if p.file, err = os.OpenFile(own, os.O_RDWR, 0o644); err != nil {
		return nil, err
	}
	if p.done, err = p.file.Seek(0, io.SeekEnd); err != nil {
		return nil, err
	}
	return p, nil
}

// removeAbandoned deletes what processes left that were killed while they
// downloaded. A file that cannot be removed only takes room.
func removeAbandoned(target string) {
	left, _ := filepath.Glob(target + ".*.tmp")
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.Remove(path)
		}
	}
}

func (p *partFile) name() string { return p.file.Name() }

func (p *partFile) write(block []byte) error {
	n, err := p.file.Write(block)
	p.done += int64(n)
	return err
}

func (p *partFile) restart() error {
	p.done = 0
	if err := p.file.Truncate(0); err != nil {
		return err
	}
	_, err := p.file.Seek(0, io.SeekStart)
	return err
}

// publish gives the finished file its name, at once and whole.
func (p *partFile) publish() error {
	if err := p.file.Close(); err != nil {
		return err
	}
	if err := os.Chmod(p.name(), 0o644); err != nil {
		return err
	}
	return os.Rename(p.name(), p.target)
}

// keep leaves what has arrived for the next attempt. Failing to is no loss beyond
// the bytes.
func (p *partFile) keep() {
	p.file.Close()
	if p.done == 0 || os.Rename(p.name(), p.target+".part") != nil {
		os.Remove(p.name())
	}
}

func (p *partFile) discard() {
	p.file.Close()
	os.Remove(p.name())
}
