package experiment

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// journal is a file of results: a line that says of which experiment, and one for each run
// that has finished, all in JSON. A line is written at once and brought to the disk, so that
// a crash spoils at most the last, which is then cut off.
type journal struct {
	path   string
	header header
}

// header is the first line.
type header struct {
	Format     string `json:"format"`
	Experiment string `json:"experiment"`
	Folds      int    `json:"folds"`
	Network    string `json:"network"`
	Options    string `json:"options"`
	Setting    string `json:"setting"`
}

const journalFormat = "mole-kernel experiment 1"

func (p Plan) header() header {
	o := p.Options
	o.CacheLimit, o.CacheFolder = 0, "" // change no result
	h := header{Format: journalFormat, Experiment: p.Name, Folds: p.Folds, Options: written(o), Setting: p.Setting}
	if p.Network != nil {
		h.Network = p.Network().String()
	}
	return h
}

// written lists the fields of a struct that can be told by their text: numbers, texts, and
// settings that are structs of those.
func written(options any) string {
	var parts []string
	v := reflect.ValueOf(options)
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		if field.Kind() == reflect.Interface {
			field = field.Elem()
		}
		switch field.Kind() {
		case reflect.Invalid, reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map:
			continue
		}
		if !field.IsZero() {
			parts = append(parts, fmt.Sprintf("%s %+v", name, field))
		}
	}
	return strings.Join(parts, ", ")
}

// load returns the runs that the file holds; none when it is not there.
func (j *journal) load() ([]resultJSON, error) {
	content, err := os.ReadFile(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(filepath.Dir(j.path)) // where the file will be made
		content = nil
	}
	if err != nil {
		return nil, fmt.Errorf("experiment: read results: %w", err)
	}
	whole := content[:bytes.LastIndexByte(content, '\n')+1]
	if len(whole) < len(content) {
		if err := os.Truncate(j.path, int64(len(whole))); err != nil {
			return nil, fmt.Errorf("experiment: mend results: %w", err)
		}
	}
	var kept []resultJSON
	number := 0
	for line := range bytes.Lines(whole) {
		number++
		if number == 1 {
			if err := j.check(line); err != nil {
				return nil, fmt.Errorf("experiment: results in %s: %w", j.path, err)
			}
			continue
		}
		var r resultJSON
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("experiment: results in %s, line %d: %w", j.path, number, err)
		}
		kept = append(kept, r)
	}
	return kept, nil
}

// check says how the first line differs from the plan.
func (j *journal) check(line []byte) error {
	var h header
	if err := json.Unmarshal(line, &h); err != nil || h.Format == "" {
		return errors.New("this is no file of results: give another name")
	}
	was, is := reflect.ValueOf(h), reflect.ValueOf(j.header)
	for i := range was.NumField() {
		if a, b := was.Field(i).Interface(), is.Field(i).Interface(); a != b {
			return fmt.Errorf("%w: its %s is %v, the plan's is %v: remove it, or give another name",
				ErrOtherPlan, strings.ToLower(was.Type().Field(i).Name), a, b)
		}
	}
	return nil
}

// ErrOtherPlan is in the error of New when Plan.File holds the results of another plan.
var ErrOtherPlan = errors.New("the results are of another plan")

// keep adds a finished run, and removes what was saved of its training.
func (j *journal) keep(r run) error {
	line, err := json.Marshal(Result{Part: r.part, Method: r.method, Metrics: r.metrics}.json())
	if err == nil {
		err = j.add(append(line, '\n'))
	}
	if err == nil {
		err = removed(j.checkpoint(r))
	}
	if err != nil {
		return fmt.Errorf("experiment: keep result: %w", err)
	}
	return nil
}

// removed removes a file, which need not be there.
func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// add writes a line at the end of the file, behind the first one.
func (j *journal) add(line []byte) (err error) {
	head, err := json.Marshal(j.header)
	if err != nil {
		return err
	}
	head = append(head, '\n')
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	first := make([]byte, len(head))
	switch n, err := f.ReadAt(first, 0); {
	case n == 0 && err == io.EOF:
		line = append(head, line...)
	case !bytes.Equal(first, head):
		return fmt.Errorf("%s: %w now: another process writes there", j.path, ErrOtherPlan)
	}
	if _, err := f.Write(line); err != nil {
		return err
	}
	return f.Sync()
}

// checkpoint is where a run saves its training now and then.
func (j *journal) checkpoint(r run) string {
	name := fnv.New64a()
	name.Write([]byte(r.method)) // which returns no errors
	return fmt.Sprintf("%s.%x-%d-%d.checkpoint", j.path, name.Sum64(), r.part.Seed, r.part.Fold)
}

// fill puts kept results into the table. Runs that the plan does not have stay in the file.
func (t *Table) fill(kept []resultJSON) {
	for _, k := range kept {
		fold := 0
		if k.Fold != nil {
			fold = *k.Fold
		}
		i := slices.IndexFunc(t.runs, func(r run) bool {
			return r.method == k.Method && r.part.Seed == k.Seed && r.part.Fold == fold
		})
		// Without the metric that is compared now a run has to be run again.
		if m := measured(k.Metrics); i >= 0 && t.compare(m) == nil {
			t.set(i, func(r *run) { r.state, r.metrics = finished, m })
		}
	}
}

// Discard removes a file of results and what was saved of trainings beside it. A file that is
// not there is no error.
func Discard(file string) error {
	dir, base := filepath.Split(file)
	beside, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("experiment: discard results: %w", err)
	}
	var saved []string
	for _, entry := range beside {
		if name := entry.Name(); strings.HasPrefix(name, base+".") && strings.HasSuffix(name, ".checkpoint") {
			saved = append(saved, dir+name)
		}
	}
	for _, path := range append(saved, file) {
		if err := removed(path); err != nil {
			return fmt.Errorf("experiment: discard results: %w", err)
		}
	}
	return nil
}
