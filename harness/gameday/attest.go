package gameday

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"maildrill/harness/exercise"
)

// StatementSchema is the value of Statement.Schema.
const StatementSchema = "maildrill/exercise-statement/v1"

// Statement is what people sign: the exercise after so many lines of its log. What
// is written later, such as actions that are done, leaves it as it is.
type Statement struct {
	Schema   string `json:"schema"`
	Exercise string `json:"exercise"`
	GameDay  string `json:"gameday_sha256"`
	Lines    int    `json:"lines"`
	Head     string `json:"head"`          // SHA-256 of the last of them
	Record   string `json:"record_sha256"` // of the record that they amount to
	Verdict  string `json:"verdict"`
}

// State makes the statement of an exercise as its log stands now.
func (l *Log) State() (Statement, []byte, error) {
	r, events, err := l.Read()
	if err != nil {
		return Statement{}, nil, err
	}
	return l.stateAt(r, len(events))
}

func (l *Log) stateAt(r exercise.Record, lines int) (Statement, []byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return Statement{}, nil, err
	}
	sum := sha256.Sum256(text)
	s := Statement{Schema: StatementSchema, Exercise: r.ID, GameDay: r.SHA256, Lines: lines, Head: r.Head,
		Record: hex.EncodeToString(sum[:]), Verdict: string(r.Verdict)}
	b, err := json.MarshalIndent(s, "", "  ")
	return s, append(b, '\n'), err
}

// Check makes a statement again from the lines that it is about, and says how it
// differs from the one that was signed.
func (l *Log) Check(signed []byte) error {
	var s Statement
	if err := json.Unmarshal(signed, &s); err != nil {
		return fmt.Errorf("the statement cannot be read: %w", err)
	}
	_, events, err := l.Read()
	if err != nil {
		return err
	}
	if s.Lines < 1 || s.Lines > len(events) {
		return fmt.Errorf("the statement is about %d lines, and the log has %d", s.Lines, len(events))
	}
	r, err := exercise.Fold(*l.plan, events[:s.Lines])
	if err != nil {
		return err
	}
	if r.Head, err = headOf(events[s.Lines-1]); err != nil {
		return err
	}
	_, again, err := l.stateAt(r, s.Lines)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, signed) {
		return fmt.Errorf("the statement is not that of the log: %w", ErrBroken)
	}
	return nil
}

// headOf is the digest of a line as it was written.
func headOf(e exercise.Event) (string, error) {
	line, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:]), nil
}

// CheckFile tells whether the game day in the folder is the one the log began with.
func (l *Log) CheckFile(text []byte) error {
	r, _, err := l.Read()
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != r.SHA256 {
		return fmt.Errorf("gameday.yaml is not the one that the exercise was made of: %w", ErrBroken)
	}
	return nil
}
