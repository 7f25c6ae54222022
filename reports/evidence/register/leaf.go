package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"maildrill/harness/record"
)

// Leaf is one line of the register. One of the last four fields says what it is.
type Leaf struct {
	N     int64  `json:"n"`    // its place, from 0
	Prev  string `json:"prev"` // SHA-256 of the line before, in hex; empty in the first
	At    string `json:"at"`   // RFC 3339, UTC, as the appending host knew it
	Run   string `json:"run"`
	Start *Start `json:"start,omitempty"`
	Close *Close `json:"close,omitempty"`
	// Signoff and Amendment come after the close.
	Signoff   *Signoff   `json:"signoff,omitempty"`
	Amendment *Amendment `json:"amendment,omitempty"`
}

// Start is taken before anything of a run starts.
type Start struct {
	Scenario  string      `json:"scenario"`        // name
	SHA256    string      `json:"scenario_sha256"` // of scenario.yaml
	Topology  string      `json:"topology_sha256"`
	Runtime   string      `json:"runtime"`
	Simulated bool        `json:"simulated"`
	Audit     bool        `json:"audit,omitempty"`    // the scenario is meant as evidence for an audit
	Required  bool        `json:"required,omitempty"` // the run would not have started without its place
	Trial     int         `json:"trial"`              // from 1
	Series    string      `json:"series,omitempty"`
	Tool      record.Tool `json:"tool"`
}

// Close says how a run ended.
type Close struct {
	Start    int64          `json:"of"` // place of the start
	Verdict  record.Verdict `json:"verdict,omitempty"`
	Dirty    bool           `json:"dirty"`
	Exit     int            `json:"exit"`
	Manifest string         `json:"manifest_sha256,omitempty"` // of manifest.json; empty: there is none
	Reason   string         `json:"reason,omitempty"`          // why somebody else closed it: "killed"
}

// Ending is the verdict, and why the run did not come to it by itself.
func (c Close) Ending() string {
	switch {
	case c.Verdict == "":
		return c.Reason
	case c.Reason != "":
		return fmt.Sprintf("%s (%s)", c.Verdict, c.Reason)
	}
	return string(c.Verdict)
}

// Signoff tells that somebody signed the run.
type Signoff struct {
	Start  int64  `json:"of"`
	Role   string `json:"role"`
	SHA256 string `json:"sha256"` // of the signature file
}

// Amendment corrects what cannot be changed any more.
type Amendment struct {
	Start int64  `json:"of"`
	Text  string `json:"text"`
}

// Kind names what a leaf is.
func (l Leaf) Kind() string {
	switch {
	case l.Start != nil:
		return "start"
	case l.Close != nil:
		return "close"
	case l.Signoff != nil:
		return "signoff"
	case l.Amendment != nil:
		return "amendment"
	}
	return "unknown"
}

// line is the leaf as it is written, without the newline.
func (l Leaf) line() ([]byte, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("write a leaf: %w", err)
	}
	return b, nil
}

// parseLeaf takes nothing but what line writes: no reader may see in a leaf what
// another one does not.
func parseLeaf(line []byte) (Leaf, error) {
	var l Leaf
	if err := json.Unmarshal(line, &l); err != nil {
		return Leaf{}, fmt.Errorf("it cannot be read: %w", err)
	}
	if again, err := l.line(); err != nil || !bytes.Equal(again, line) {
		return Leaf{}, fmt.Errorf("it is not in the form that maildrill writes")
	}
	kinds := 0
	for _, is := range []bool{l.Start != nil, l.Close != nil, l.Signoff != nil, l.Amendment != nil} {
		if is {
			kinds++
		}
	}
	if kinds != 1 || l.Run == "" {
		return Leaf{}, fmt.Errorf("it is about no run, or not of one kind")
	}
	return l, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
