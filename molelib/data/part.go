package data

import (
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// partFile is an unfinished download. While it is written it has a name that no
// other process uses; between two attempts it waits as <target>.part, from where
// one process can claim it.
type partFile struct {
	file      *os.File
	target    string
	done      int64
	validator string // what the server called the file that the bytes are of; may be ""
}

func claimPart(target string) (*partFile, error) {
	removeAbandoned(target)
	file, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+".*.tmp")
	if err != nil {
		return nil, err
	}
	p := &partFile{file: file, target: target}
	own := file.Name()
	for _, waiting := range siblings(target, ".part") {
		validator, ok := p.validatorIn(waiting)
		if !ok || os.Rename(waiting, own) != nil {
			continue
		}
		file.Close() // The file that the rename has replaced.
		if p.file, err = os.OpenFile(own, os.O_RDWR, 0o644); err != nil {
			return nil, err
		}
		p.validator = validator
		if p.done, err = p.file.Seek(0, io.SeekEnd); err != nil {
			return nil, err
		}
		break
	}
	return p, nil
}

// waiting is the name of an unfinished file between two attempts. The validator is a part of
// it, so that both change at once: <target>.<validator in base64>.part.
func (p *partFile) waiting() string {
	const longest = 120 // bytes of a validator: names of files are bounded
	if p.validator == "" || len(p.validator) > longest {
		return p.target + ".part"
	}
	return p.target + "." + base64.RawURLEncoding.EncodeToString([]byte(p.validator)) + ".part"
}

// validatorIn is the inverse of waiting.
func (p *partFile) validatorIn(path string) (validator string, ok bool) {
	text := strings.TrimSuffix(strings.TrimPrefix(path, p.target), ".part")
	decoded, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(text, "."))
	return string(decoded), err == nil
}

// siblings lists the files that belong to target and end so.
func siblings(target, ending string) []string {
	folder, base := filepath.Split(target)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, base+".") && strings.HasSuffix(name, ending) {
			found = append(found, folder+name)
		}
	}
	return found
}

// removeAbandoned deletes what processes left that were killed while they
// downloaded. A file that cannot be removed only takes room.
func removeAbandoned(target string) {
	for _, path := range siblings(target, ".tmp") {
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

// restart forgets the bytes: those of a file with the given validator will come.
func (p *partFile) restart(validator string) error {
	p.done, p.validator = 0, validator
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
	if err := os.Rename(p.name(), p.target); err != nil {
		return err
	}
	for _, path := range siblings(p.target, ".part") {
		os.Remove(path) // Of a later attempt that nobody needs; at worst it takes room.
	}
	return nil
}

// keep leaves what has arrived for the next attempt. Failing to is no loss beyond
// the bytes.
func (p *partFile) keep() {
	p.file.Close()
	if p.done == 0 || os.Rename(p.name(), p.waiting()) != nil {
		os.Remove(p.name())
	}
}

func (p *partFile) discard() {
	p.file.Close()
	os.Remove(p.name())
}
