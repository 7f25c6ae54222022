package record

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestMarshalIsStable(t *testing.T) {
	high := 2.5
	r := Record{
		Schema: Schema, Verdict: Passed, Tuned: map[string]string{"b": "2", "a": "<1>"},
		Faults:   []Fault{{Step: "crash", Injected: &Interval{Low: 1, High: &high}}},
		Services: map[string]Service{"mx": {}, "imap": {Outages: []Outage{{Began: Interval{Low: 3}}}}},
	}
	first, err := Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Unmarshal(first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("round trip changed the bytes:\n%s\n%s", first, second)
	}
	if r.Faults[0].Targets != nil {
		t.Error("Marshal changed the caller's record")
	}
}

func TestMarshalWritesEveryKey(t *testing.T) {
	data, err := Marshal(Record{Schema: Schema, Faults: []Fault{{}}, Services: map[string]Service{"mx": {}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"objectives": []`, `"tags": []`, `"residue": []`, `"outages": []`, `"effective": null`, `"phases": []`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in\n%s", want, data)
		}
	}
	if !json.Valid(data) || data[len(data)-1] != '\n' {
		t.Error("not a JSON text that ends with a newline")
	}
}

func TestMarshalRefusesWhatIsNoNumber(t *testing.T) {
	if _, err := Marshal(Record{Phases: []Phase{{Began: math.NaN()}}}); err == nil {
		t.Error("NaN was written")
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	for _, in := range []string{"", "{}", `{"schema":"maildrill/record/v9"}`, `{"schema":`, `[]`} {
		if _, err := Unmarshal([]byte(in)); err == nil {
			t.Errorf("Unmarshal(%q) was accepted", in)
		}
	}
}
