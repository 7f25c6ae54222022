package hostile

import (
	"reflect"

	"maildrill/harness/record"
)

// Fill puts the text into every string below the pointer, and into every key of
// a map. What is empty is made: pointers point to something, lists have two
// elements and maps an entry. Numbers that are 0 become 1. Of two elements the
// first says no to every question and the second yes; other booleans, functions
// and interfaces stay as they are.
func Fill(pointer any, text string) {
	fill(reflect.ValueOf(pointer).Elem(), func() string { return text })
}

func fill(v reflect.Value, text func() string) {
	if !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.IsZero() {
			v.SetInt(1)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.IsZero() {
			v.SetUint(1)
		}
	case reflect.Float32, reflect.Float64:
		if v.IsZero() {
			v.SetFloat(1)
		}
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		fillSlice(v, text)
	case reflect.Map:
		fillMap(v, text)
	}
}

func fillSlice(v reflect.Value, text func() string) {
	made := v.Len() == 0
	if made {
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
	}
	for i := range v.Len() {
		fill(v.Index(i), text)
	}
	if made {
		agree(v.Index(1))
	}
}

// agree sets the booleans of a struct.
func agree(v reflect.Value) {
	if v.Kind() == reflect.Bool && v.CanSet() {
		v.SetBool(true)
	}
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			agree(v.Field(i))
		}
	}
}

func fillMap(v reflect.Value, text func() string) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	if v.Len() == 0 {
		v.SetMapIndex(reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem())
	}
	for _, key := range v.MapKeys() {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		fill(value, text)
		v.SetMapIndex(key, reflect.Value{})
		if key.Kind() == reflect.String {
			key = reflect.ValueOf(text() + key.String()).Convert(key.Type())
		}
		v.SetMapIndex(key, value)
	}
}

// Record is a record in which everything is there, and every text is this one.
// Nothing in it makes sense.
func Record(text string) record.Record {
	var r record.Record
	Fill(&r, text)
	return r
}

// Mixed is a record in which every text is another one: it has as much of the
// corpus as there are places.
func Mixed() record.Record {
	var r record.Record
	n := -1
	fill(reflect.ValueOf(&r).Elem(), func() string { n++; return Strings[n%len(Strings)] })
	return r
}

// Sober is such a record in which what steers a report makes sense: schema,
// verdicts, clock and dates. All other texts are this one.
func Sober(text string) record.Record {
	r := Record(text)
	r.Schema, r.Clock, r.Simulated, r.Verdict = record.Schema, "drill", true, record.Failed
	r.Run.Started, r.Run.Ended = "2026-11-23T18:41:05Z", "2026-11-23T18:42:05Z"
	r.Objectives[0].Name, r.Objectives[0].Verdict = "rto."+text, record.Failed
	r.Objectives[1].Verdict = record.Inconclusive
	r.Accounting = record.Accounting{Planned: 10, Attempted: 10, Accepted: 10, Delivered: 9, Lost: 1}
	r.Phases = []record.Phase{{Name: text, Ended: 20}, {Name: text, Began: 20, Ended: 60}}
	r.Faults[0].State, r.Faults[1].State = "ineffective", "proven"
	return r
}

// Records calls a check with both records of every text of the corpus.
func Records(check func(text string, r record.Record)) {
	for _, text := range Strings {
		check(text, Record(text))
		check(text, Sober(text))
	}
}
