package nbformat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object that keeps the order of its keys and the exact text of the
// values that nobody touched.
type object struct {
	keys   []string
	values map[string]json.RawMessage
}

func (o *object) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	open, err := dec.Token()
	if err != nil {
		return err
	}
	if open != json.Delim('{') {
		return fmt.Errorf("want an object, got %.20s", text)
	}
	o.keys, o.values = nil, map[string]json.RawMessage{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		o.put(key.(string), value) // a key of an object is always a string
	}
	_, err = dec.Token()
	return err
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := encode(key)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(o.values[key])
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (o *object) put(key string, value json.RawMessage) {
	if o.values == nil {
		o.values = map[string]json.RawMessage{}
	}
	if _, has := o.values[key]; !has {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// set stores v in its JSON form; v comes from this package and always has one.
func (o *object) set(key string, v any) error {
	text, err := encode(v)
	if err != nil {
		return fmt.Errorf("notebook field %q: %w", key, err)
	}
	o.put(key, text)
	return nil
}

// get decodes the value of key into v and leaves v alone when there is none.
func (o object) get(key string, v any) error {
	text, has := o.values[key]
	if !has {
		return nil
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("notebook field %q: %w", key, err)
	}
	return nil
}

// encode is json.Marshal without the escapes that HTML pages need and notebooks lack.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// lines is a text that notebooks keep as a list of lines, each with its newline.
type lines string

func (l *lines) UnmarshalJSON(text []byte) error {
	var whole string
	if json.Unmarshal(text, &whole) == nil {
		*l = lines(whole)
		return nil
	}
	var list []string
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("want a string or a list of strings, got %.20s", text)
	}
	*l = lines(strings.Join(list, ""))
	return nil
}

func (l lines) MarshalJSON() ([]byte, error) {
	list := []string{} // [] and not null when the text is empty
	for line := range strings.Lines(string(l)) {
		list = append(list, line)
	}
	return encode(list)
}
