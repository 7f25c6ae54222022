package record

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode"
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

// Whoever looks at record.json in a terminal sees it, and nothing else happens.
func TestMarshalIsInert(t *testing.T) {
	text := "\x1b[2J\u009b31m\u202eabc\u2066\u200b\ufeff\U000e0041\x7f\u2028<b>&\u00a0漢字 💥 é"
	data, err := Marshal(Record{Schema: Schema, Reason: text})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range string(data) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%U is in\n%s", r, data)
		}
	}
	back, err := Unmarshal(data)
	if err != nil || back.Reason != text {
		t.Errorf("%v: read back as %q", err, back.Reason)
	}
	if !strings.Contains(string(data), "<b>&") || !strings.Contains(string(data), "漢字 💥 é") {
		t.Errorf("harmless characters were escaped:\n%s", data)
	}
}
