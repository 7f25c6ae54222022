package duplextest

import (
	"encoding/json"
	"testing"

	"maildrill/harness/agent/dialogue"
)

// Follows makes the speaker that follows a script.
func Follows(t testing.TB, mk dialogue.Maker, script any) dialogue.Speaker {
	t.Helper()
	text, err := json.Marshal(script)
	if err != nil {
		t.Fatal(err)
	}
	s, err := mk(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ReadsStrictly tries scripts that no speaker may take.
func ReadsStrictly(t *testing.T, mk dialogue.Maker) {
	t.Helper()
	for _, text := range []string{"", "[]", `{"unheardOf":1}`, `{"delay":"x"}`} {
		if _, err := mk(json.RawMessage(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
