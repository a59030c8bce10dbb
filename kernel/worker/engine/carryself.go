package engine

import (
	"encoding"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"time"
)

// instant is a time without its reading of the monotonic clock, which means nothing in
// another process. MarshalBinary would lose the name of its zone.
type instant struct {
	Seconds, Nanoseconds int64
	Location, Zone       string
	Offset               int
}

// marshal encodes a value of a compiled type that can do so itself.
func marshal(v any) []byte {
	var data []byte
	var err error
	switch v := v.(type) {
	case *time.Time:
		i := instant{Seconds: v.Unix(), Nanoseconds: int64(v.Nanosecond()), Location: v.Location().String()}
		i.Zone, i.Offset = v.Zone()
		data, err = json.Marshal(i)
	case *regexp.Regexp:
		if longest := reflect.ValueOf(v).Elem().FieldByName("longest"); !longest.IsValid() || longest.Bool() {
			refuse("holds a regular expression with Longest set")
		}
		data = []byte(v.String())
	case gob.GobEncoder:
		data, err = v.GobEncode()
	case encoding.BinaryMarshaler:
		data, err = v.MarshalBinary()
	}
	if err != nil {
		refuse("holds a %T that does not encode: %v", v, err)
	}
	return data
}

// unmarshal decodes what marshal has encoded.
func unmarshal(v any, data []byte) {
	var err error
	switch v := v.(type) {
	case *time.Time:
		var i instant
		if err = json.Unmarshal(data, &i); err == nil {
			*v = i.time()
		}
	case *regexp.Regexp:
		var re *regexp.Regexp
		if re, err = regexp.Compile(string(data)); err == nil {
			reflect.ValueOf(v).Elem().Set(reflect.ValueOf(re).Elem())
		}
	case gob.GobDecoder:
		err = v.GobDecode(data)
	case encoding.BinaryUnmarshaler:
		err = v.UnmarshalBinary(data)
	}
	if err != nil {
		panic(fmt.Sprintf("a %T: %v", v, err))
	}
}

func (i instant) time() time.Time {
	t := time.Unix(i.Seconds, i.Nanoseconds)
	if loc, err := time.LoadLocation(i.Location); err == nil {
		if zone, offset := t.In(loc).Zone(); zone == i.Zone && offset == i.Offset {
			return t.In(loc)
		}
	}
	return t.In(time.FixedZone(i.Zone, i.Offset))
}
