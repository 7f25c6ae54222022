package ledger

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// JSON Lines (jsonlines.org): an entry is one object on a line. Fields that are
// zero are left out; times are decimal seconds with nine places; what has a name
// is written by name. A text that is not UTF-8 is written in base64 under its
// name with "_base64", so that nothing is lost.

const inBase64 = "_base64"

// AppendJSON appends the entry as one JSON object, without an end of line.
func (e Entry) AppendJSON(b []byte) []byte {
	b = append(b, `{"kind":`...)
	b = appendNamed(b, kindNames, int64(e.Kind))
	for i := range fields {
		if f := &fields[i]; f.text != nil {
			b = f.appendText(b, *f.text(&e))
		} else {
			b = f.appendNumber(b, f.get(&e))
		}
	}
	return append(b, '}')
}

// MarshalJSON implements [json.Marshaler].
func (e Entry) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

func (f *field) appendNumber(b []byte, v int64) []byte {
	if v == 0 {
		return b
	}
	b = f.appendKey(b, "")
	if f.form.seconds {
		return Seconds(v).append(b)
	}
	return appendNamed(b, f.form.names, v)
}

func appendNamed(b []byte, names map[int64]string, v int64) []byte {
	if name, ok := names[v]; ok {
		return append(append(append(b, '"'), name...), '"')
	}
	return strconv.AppendInt(b, v, 10)
}

func (f *field) appendText(b []byte, s string) []byte {
	switch {
	case s == "":
		return b
	case !utf8.ValidString(s):
		b = append(f.appendKey(b, inBase64), '"')
		return append(base64.StdEncoding.AppendEncode(b, []byte(s)), '"')
	}
	return appendQuoted(f.appendKey(b, ""), s)
}

func (f *field) appendKey(b []byte, suffix string) []byte {
	b = append(append(b, `,"`...), f.name...)
	return append(append(b, suffix...), `":`...)
}

// appendQuoted writes a JSON string; most have nothing to escape.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string has always a JSON form
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// UnmarshalJSON reads what MarshalJSON wrote. A field that this version does
// not know is an error: nothing is to be lost without a word.
func (e *Entry) UnmarshalJSON(b []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	kind, err := parseNamed(object["kind"], kindNames)
	if err != nil || kind != int64(Kind(kind)) {
		return fmt.Errorf("the kind of an entry: %s", object["kind"])
	}
	*e = Entry{Kind: Kind(kind)}
	delete(object, "kind")
	for i := range fields {
		f := &fields[i]
		for _, key := range []string{f.name, f.name + inBase64} {
			raw, ok := object[key]
			if !ok {
				continue
			}
			if err := f.parse(e, raw, key != f.name); err != nil {
				return fmt.Errorf("the %s of an entry: %w", key, err)
			}
			delete(object, key)
		}
	}
	for key := range object {
		return fmt.Errorf("an entry has no field %q", key)
	}
	return nil
}

func (f *field) parse(e *Entry, raw json.RawMessage, coded bool) error {
	if f.text == nil {
		v, err := f.parseNumber(raw)
		if f.set(e, v); err == nil && f.get(e) != v {
			err = fmt.Errorf("%s is too large", raw)
		}
		return err
	}
	if !coded {
		return json.Unmarshal(raw, f.text(e))
	}
	var s []byte // base64 in JSON
	err := json.Unmarshal(raw, &s)
	*f.text(e) = string(s)
	return err
}

func (f *field) parseNumber(raw json.RawMessage) (int64, error) {
	if f.form.seconds {
		var s Seconds
		err := s.UnmarshalJSON(raw)
		return int64(s), err
	}
	return parseNamed(raw, f.form.names)
}

func parseNamed(raw json.RawMessage, names map[int64]string) (int64, error) {
	var name string
	if json.Unmarshal(raw, &name) != nil {
		return strconv.ParseInt(string(raw), 10, 64)
	}
	for v, n := range names {
		if n == name {
			return v, nil
		}
	}
	return 0, fmt.Errorf("unknown name %q", name)
}

// Export writes all entries as JSON Lines.
func Export(w io.Writer, s Scanner) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	err := s.Each(func(e Entry) error {
		line = append(e.AppendJSON(line[:0]), '\n')
		_, err := out.Write(line)
		return err
	})
	return errors.Join(err, out.Flush())
}

// lineMost is as long as a line can get: an entry's texts, escaped.
const lineMost = 8 * entryMost

// Import records what Export wrote.
func Import(r io.Reader, to Recorder) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<16), lineMost)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var e Entry
		if err := e.UnmarshalJSON(lines.Bytes()); err != nil {
			return fmt.Errorf("import a ledger: line %d: %w", n, err)
		}
		if err := to.Record(e); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("import a ledger: %w", err)
	}
	return nil
}
