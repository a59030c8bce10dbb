package nbformat

import (
	"encoding/json"
	"slices"
)

// Cell is one cell: code, markdown or raw.
type Cell struct {
	Type    string
	Source  string
	Outputs []*Output // of a code cell
	Count   int       // the number in In[·]; 0 for a cell that did not run
	fields  object
	source  string // as it was read: an unchanged one keeps its form in the file
}

// UnmarshalJSON decodes a cell of nbformat 4.
func (c *Cell) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &c.fields); err != nil {
		return err
	}
	var source lines
	var count *int
	for _, f := range []struct {
		key string
		to  any
	}{{"cell_type", &c.Type}, {"source", &source}, {"execution_count", &count}, {"outputs", &c.Outputs}} {
		if err := c.fields.get(f.key, f.to); err != nil {
			return err
		}
	}
	c.Source, c.source = string(source), string(source)
	if count != nil {
		c.Count = *count
	}
	return nil
}

// MarshalJSON encodes the cell, unknown fields included.
func (c *Cell) MarshalJSON() ([]byte, error) {
	if c.Source != c.source {
		if err := c.fields.set("source", lines(c.Source)); err != nil {
			return nil, err
		}
		c.source = c.Source
	}
	if c.Type != "code" {
		return c.fields.MarshalJSON()
	}
	var count *int
	if c.Count > 0 {
		count = &c.Count
	}
	outputs := c.Outputs
	if outputs == nil {
		outputs = []*Output{}
	}
	if err := c.fields.set("execution_count", count); err != nil {
		return nil, err
	}
	if err := c.fields.set("outputs", outputs); err != nil {
		return nil, err
	}
	return c.fields.MarshalJSON()
}

// ID is the cell's id, "" in notebooks older than format 4.5.
func (c *Cell) ID() string {
	var id string
	_ = c.fields.get("id", &id) // a malformed id is no id
	return id
}

// HasTag says whether the cell carries the tag.
func (c *Cell) HasTag(tag string) bool {
	var m struct{ Tags []string }
	_ = c.fields.get("metadata", &m)
	return slices.Contains(m.Tags, tag)
}

// Attachments are the files that a markdown cell carries: by name, by MIME type, in
// base64.
func (c *Cell) Attachments() map[string]map[string]string {
	var a map[string]map[string]string
	_ = c.fields.get("attachments", &a)
	return a
}

// NewCode makes a code cell with tags for this notebook; the caller puts it into Cells.
func (nb *Notebook) NewCode(source string, tags ...string) (*Cell, error) {
	c := &Cell{Type: "code", Source: source}
	metadata := map[string]any{}
	if len(tags) > 0 {
		metadata["tags"] = tags
	}
	type field struct {
		key   string
		value any
	}
	fields := []field{{"cell_type", "code"}, {"execution_count", nil}}
	if id := nb.newID(); id != "" {
		fields = append(fields, field{"id", id})
	}
	fields = append(fields, field{"metadata", metadata}, field{"outputs", []any{}}, field{"source", lines(source)})
	for _, f := range fields {
		if err := c.fields.set(f.key, f.value); err != nil {
			return nil, err
		}
	}
	c.source = source
	return c, nil
}
