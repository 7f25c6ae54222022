package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"maildrill/harness/record"
	"maildrill/reports/evidence"
	"maildrill/reports/evidence/keys"
)

// Statement is an in-toto Statement v1 with a test-result predicate
// (github.com/in-toto/attestation, spec/predicates/test-result.md).
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Result    `json:"predicate"`
}

// Subject is what a statement is about.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// Result is the predicate. Configuration is what was run: the scenario, and the
// maildrill that ran it.
type Result struct {
	Result        string    `json:"result"` // PASSED, WARNED or FAILED
	Configuration []Subject `json:"configuration"`
	PassedTests   []string  `json:"passedTests,omitempty"`
	WarnedTests   []string  `json:"warnedTests,omitempty"`
	FailedTests   []string  `json:"failedTests,omitempty"`
}

// Types of the parts.
const (
	StatementType = "https://in-toto.io/Statement/v1"
	ResultType    = "https://in-toto.io/attestation/test-result/v0.1"
	PayloadType   = "application/vnd.in-toto+json"
)

// State makes the statement about a sealed run. Without a record there is no
// result to state but that it failed.
func State(manifest []byte, rec *record.Record, recordText []byte) Statement {
	s := Statement{Type: StatementType, PredicateType: ResultType, Predicate: Result{Result: "FAILED", Configuration: []Subject{}}}
	s.Subject = append(s.Subject, subject(ManifestFile, manifest))
	if rec == nil {
		return s
	}
	s.Subject = append(s.Subject, subject(RecordFile, recordText))
	p := &s.Predicate
	p.Result = result(*rec)
	p.Configuration = append(p.Configuration, Subject{"scenario.yaml", map[string]string{"sha256": rec.Scenario.SHA256}})
	if rec.Run.Tool.SHA256 != "" {
		p.Configuration = append(p.Configuration, Subject{"maildrill " + rec.Run.Tool.Version, map[string]string{"sha256": rec.Run.Tool.SHA256}})
	}
	for _, o := range rec.Objectives {
		switch o.Verdict {
		case record.Passed:
			p.PassedTests = append(p.PassedTests, o.Name)
		case record.Failed:
			p.FailedTests = append(p.FailedTests, o.Name)
		default:
			p.WarnedTests = append(p.WarnedTests, o.Name)
		}
	}
	return s
}

// result: what is inconclusive warns; nothing but a clean pass is a pass.
func result(r record.Record) string {
	switch {
	case r.Dirty:
		return "FAILED"
	case r.Verdict == record.Passed:
		return "PASSED"
	case r.Verdict == record.Inconclusive:
		return "WARNED"
	}
	return "FAILED"
}

func subject(name string, text []byte) Subject {
	sum := sha256.Sum256(text)
	return Subject{name, map[string]string{"sha256": hex.EncodeToString(sum[:])}}
}

// envelope is a DSSE envelope (github.com/secure-systems-lab/dsse, envelope.md).
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     string      `json:"payload"` // base64
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"` // base64
}

// Encode is DSSE's pre-authentication encoding, the bytes that are signed.
func Encode(payloadType string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}

// sign puts a statement into an envelope.
func (s Statement) sign(key *keys.Key) ([]byte, error) {
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	sig, err := key.Sign(Encode(PayloadType, payload))
	if err != nil {
		return nil, fmt.Errorf("sign the statement: %w", err)
	}
	return evidence.Marshal(envelope{PayloadType, base64.StdEncoding.EncodeToString(payload),
		[]signature{{key.Public().ID(), base64.StdEncoding.EncodeToString(sig)}}})
}

// ReadStatement gives the statement in an envelope that the key has signed. It
// takes nothing that is not in the form that maildrill writes.
func ReadStatement(text []byte, key keys.Public) (Statement, error) {
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil {
		return Statement{}, fmt.Errorf("it cannot be read: %w", err)
	}
	if again, err := evidence.Marshal(e); err != nil || !bytes.Equal(again, text) || len(e.Signatures) != 1 || e.PayloadType != PayloadType {
		return Statement{}, errors.New("it is not an envelope in the form that maildrill writes")
	}
	payload, err := base64.StdEncoding.Strict().DecodeString(e.Payload)
	if err != nil {
		return Statement{}, errors.New("its payload is not base64")
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(e.Signatures[0].Sig)
	switch {
	case e.Signatures[0].KeyID != key.ID():
		return Statement{}, fmt.Errorf("it is signed by %q, not by %s", e.Signatures[0].KeyID, key.ID())
	case err != nil || !key.Verify(Encode(e.PayloadType, payload), sig):
		return Statement{}, fmt.Errorf("the signature of %s does not fit its statement", key.ID())
	}
	var s Statement
	if err := json.Unmarshal(payload, &s); err != nil {
		return Statement{}, fmt.Errorf("its statement cannot be read: %w", err)
	}
	return s, nil
}

// Signer tells who an envelope says that it is signed by. It proves nothing.
func Signer(text []byte) string {
	var e envelope
	if json.Unmarshal(text, &e) != nil || len(e.Signatures) == 0 {
		return ""
	}
	return e.Signatures[0].KeyID
}
