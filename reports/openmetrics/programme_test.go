package openmetrics

import (
	"strings"
	"testing"
	"time"
)

func TestProgramme(t *testing.T) {
	var b strings.Builder
	err := WriteProgramme(&b, []Item{
		{Name: "smoke", LastPassed: time.Unix(1800000000, 0), NextDue: time.Unix(1800600000, 0)},
		{Name: "a\"b\\c\nd", Overdue: true, Manual: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := readExposition(b.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if len(e.families) != 3 || len(e.samples) != 4 {
		t.Errorf("%v, %v", e.families, e.samples)
	}
	for name, want := range map[string]float64{
		`maildrill_programme_last_passed_timestamp_seconds{item="smoke",runner="auto"}`: 1800000000,
		`maildrill_programme_next_due_timestamp_seconds{item="smoke",runner="auto"}`:    1800600000,
		`maildrill_programme_overdue{item="smoke",runner="auto"}`:                       0,
	} {
		if got, ok := e.samples[name]; !ok || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if err := WriteProgramme(fullDisk{}, nil); err == nil {
		t.Error("a full disk is not reported")
	}
}
