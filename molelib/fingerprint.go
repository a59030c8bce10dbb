package mole

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"strings"
)

// training describes what a checkpoint belongs to, a line a matter.
func (t *Trainer) training() string {
	o := t.options
	lines := []string{t.report.method + " of " + strings.TrimSuffix(t.net.String(), "\n")}
	for k, m := range t.net.Modules {
		line := fmt.Sprintf("module %d: hops %d, jumping %v", k, m.Hops, m.Jumping)
		if m.Readout != nil {
			line += ", readout " + m.Readout.Name()
		}
		lines = append(lines, line+settings(t.net.objective(k, t.train.regression())))
	}
	if t.content == "" {
		t.content = t.train.content()
		if t.validation != nil {
			t.content += ", validation " + t.validation.content()
		}
	}
	lines = append(lines,
		"data: "+t.content,
		fmt.Sprintf("seed %d, batch %d, schedule %+v, clip %v, probe %d", o.Seed, o.Batch, o.Schedule, o.Clip, o.Probe),
		"stages: "+t.plan()+t.stopping())
	if o.Augment != nil {
		lines = append(lines, "augmented by "+o.Augment.String())
	}
	return strings.Join(lines, "\n")
}

// settings are those of the objectives of this package; others say all in their names.
func settings(o Objective) string {
	switch o.(type) {
	case Information, Dependence:
		return fmt.Sprintf(", %T%+v", o, o)
	}
	return ""
}

// differences lists the lines in which two descriptions of trainings differ.
func differences(saved, now string) string {
	a, b := strings.Split(saved, "\n"), strings.Split(now, "\n")
	text := ""
	for i := range max(len(a), len(b)) {
		before, after := "nothing", "nothing"
		if i < len(a) {
			before = a[i]
		}
		if i < len(b) {
			after = b[i]
		}
		if before != after {
			text += fmt.Sprintf("\n  saved: %s\n  now:   %s", before, after)
		}
	}
	return text
}

// stopping describes the early stopping.
func (t *Trainer) stopping() string {
	if t.validation == nil {
		return ""
	}
	return fmt.Sprintf("%s, patience %d", t.report.validation, t.options.Patience)
}

func (t *Trainer) plan() string {
	plan := ""
	for _, s := range t.stages {
		for _, u := range s.units {
			plan += fmt.Sprintf("%v: %+v at %v; ", u.modules, u.optimizer, u.rate)
		}
		plan += fmt.Sprintf("for %d epochs; ", s.epochs)
	}
	return plan
}

// content names the examples, with a checksum of them and of what is known of them: other
// parts of the same data are as large and have the same name.
func (d *labelled) content() string {
	h := sha256.New()
	hashed(h, d.flow.x.Data, math.Float32bits)
	hashed(h, d.labels, func(v int) uint32 { return uint32(v) })
	hashed(h, d.flow.nodes, func(v int) uint32 { return uint32(v) })
	if d.targets != nil {
		hashed(h, d.targets.Data, math.Float32bits)
	}
	if g := d.flow.graph; g != nil {
		for _, list := range [][]int32{g.Offsets, g.Neighbors, g.Starts} {
			hashed(h, list, func(v int32) uint32 { return uint32(v) })
		}
	}
	return fmt.Sprintf("%s, %s, checksum %x", d.name, &d.flow, h.Sum(nil)[:8])
}

// hashed writes the number of values and their bits to h.
func hashed[T any](h hash.Hash, values []T, bits func(T) uint32) {
	block := binary.LittleEndian.AppendUint64(make([]byte, 0, 1<<16), uint64(len(values)))
	for _, v := range values {
		if block = binary.LittleEndian.AppendUint32(block, bits(v)); len(block)+4 > cap(block) {
			h.Write(block) // A hash has no errors.
			block = block[:0]
		}
	}
	h.Write(block)
}
