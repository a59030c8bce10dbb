package nbformat

import (
	"encoding/json"
	"errors"
	"strings"
)

// The types of an Output.
const (
	Stream        = "stream"
	DisplayData   = "display_data"
	ExecuteResult = "execute_result"
	Error         = "error"
)

// Output is one output of a code cell.
type Output struct {
	Type      string
	Name      string         // of a stream: stdout or stderr
	Text      string         // of a stream
	Data      map[string]any // by MIME type; texts are whole strings
	Metadata  map[string]any
	Count     int      // of an execute_result
	EName     string   // of an error
	EValue    string   // of an error
	Traceback []string // of an error
	fields    object   // as it was read; nil keys for a new output
}

// rawOutput is the JSON form of all types of output.
type rawOutput struct {
	Data      map[string]json.RawMessage `json:"data"`
	EName     string                     `json:"ename"`
	EValue    string                     `json:"evalue"`
	Count     *int                       `json:"execution_count"`
	Metadata  map[string]any             `json:"metadata"`
	Name      string                     `json:"name"`
	Type      string                     `json:"output_type"`
	Text      lines                      `json:"text"`
	Traceback []string                   `json:"traceback"`
}

// UnmarshalJSON decodes an output; it is written again as it was read.
func (o *Output) UnmarshalJSON(text []byte) error {
	var raw rawOutput
	if err := errors.Join(json.Unmarshal(text, &o.fields), json.Unmarshal(text, &raw)); err != nil {
		return err
	}
	*o = Output{
		Type: raw.Type, Name: raw.Name, Text: string(raw.Text), Metadata: raw.Metadata,
		EName: raw.EName, EValue: raw.EValue, Traceback: raw.Traceback, fields: o.fields,
	}
	if raw.Count != nil {
		o.Count = *raw.Count
	}
	if raw.Data == nil {
		return nil
	}
	o.Data = map[string]any{}
	for mime, value := range raw.Data {
		decoded, err := decodeData(mime, value)
		if err != nil {
			return err
		}
		o.Data[mime] = decoded
	}
	return nil
}

// decodeData joins the lines of a text and leaves JSON types alone.
func decodeData(mime string, value json.RawMessage) (any, error) {
	if !isJSON(mime) {
		var text lines
		if json.Unmarshal(value, &text) == nil {
			return string(text), nil
		}
	}
	var v any
	err := json.Unmarshal(value, &v)
	return v, err
}

// MarshalJSON encodes an output with the fields that its type has, texts as lists of
// lines.
func (o *Output) MarshalJSON() ([]byte, error) {
	if o.fields.keys != nil {
		return o.fields.MarshalJSON()
	}
	switch o.Type {
	case Stream:
		return encode(struct {
			Name string `json:"name"`
			Type string `json:"output_type"`
			Text lines  `json:"text"`
		}{o.Name, o.Type, lines(o.Text)})
	case Error:
		return encode(struct {
			EName     string   `json:"ename"`
			EValue    string   `json:"evalue"`
			Type      string   `json:"output_type"`
			Traceback []string `json:"traceback"`
		}{o.EName, o.EValue, o.Type, append([]string{}, o.Traceback...)})
	case ExecuteResult:
		return encode(struct {
			Data     map[string]any `json:"data"`
			Count    int            `json:"execution_count"`
			Metadata map[string]any `json:"metadata"`
			Type     string         `json:"output_type"`
		}{splitData(o.Data), o.Count, notNil(o.Metadata), o.Type})
	}
	return encode(struct {
		Data     map[string]any `json:"data"`
		Metadata map[string]any `json:"metadata"`
		Type     string         `json:"output_type"`
	}{splitData(o.Data), notNil(o.Metadata), o.Type})
}

func notNil(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// splitData splits texts into lines where nbformat does: text types, SVG and JavaScript.
func splitData(data map[string]any) map[string]any {
	split := map[string]any{}
	for mime, value := range data {
		text, isText := value.(string)
		if isText && (strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript") {
			split[mime] = lines(text)
			continue
		}
		split[mime] = value
	}
	return split
}

func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}

// Update replaces the content of a display.
func (o *Output) Update(data, metadata map[string]any) {
	o.Data, o.Metadata, o.fields = data, metadata, object{}
}
