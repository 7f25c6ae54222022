package hostile

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"maildrill/harness/record"
)

// emptied finds the fields of a value that hold nothing.
func emptied(path string, v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return []string{path}
		}
		return emptied(path, v.Elem())
	case reflect.Struct:
		var out []string
		for i := range v.NumField() {
			out = append(out, emptied(path+"."+v.Type().Field(i).Name, v.Field(i))...)
		}
		return out
	case reflect.Slice, reflect.Map:
		if v.Len() == 0 {
			return []string{path}
		}
		if v.Kind() == reflect.Slice {
			return emptied(path+"[0]", v.Index(0))
		}
		return emptied(path+"{}", v.MapIndex(v.MapKeys()[0]))
	case reflect.String:
		if v.String() != "x" {
			return []string{path}
		}
	case reflect.Bool:
	default:
		if v.IsZero() {
			return []string{path}
		}
	}
	return nil
}

// The corpus reaches every field, whatever is added to the record.
func TestRecordIsFull(t *testing.T) {
	if got := emptied("record", reflect.ValueOf(Record("x"))); len(got) > 0 {
		t.Errorf("nothing hostile in %v", got)
	}
	r := Record("x")
	if r.Gates[0].Passed || !r.Gates[1].Passed {
		t.Error("of two elements one must be true and one false")
	}
	if _, ok := r.Services["x"]; !ok {
		t.Errorf("keys: %v", r.Services)
	}
	r.Gates[0].Detail = ""
	if got := emptied("record", reflect.ValueOf(r)); len(got) != 1 {
		t.Errorf("an empty field was not found: %v", got)
	}
}

// The mixed record has the whole corpus.
func TestMixed(t *testing.T) {
	data, err := json.Marshal(Mixed())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range Strings {
		quoted, _ := json.Marshal(text)
		if !bytes.Contains(data, bytes.Trim(quoted, `"`)) {
			t.Errorf("%q is not in it", text)
		}
	}
}

func TestSoberBooksBalance(t *testing.T) {
	a := Sober("x").Accounting
	if a.Accepted != a.Delivered+a.Lost || a.Attempted != a.Accepted {
		t.Errorf("%+v", a)
	}
	Records(func(_ string, r record.Record) {
		if _, err := record.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}

func TestPrintable(t *testing.T) {
	for _, bad := range []string{"\x1b", "\u009b", "\x7f", "\xff", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\u0085", "\t", "\r", "\uffff"} {
		if Printable("ok"+bad) == nil {
			t.Errorf("%q passed", bad)
		}
	}
	if err := Printable("Zürich 漢字 💥\nsecond line"); err != nil {
		t.Error(err)
	}
	if len(Huge()) != HugeSize || Printable(Huge()) == nil {
		t.Error("the huge text")
	}
}
