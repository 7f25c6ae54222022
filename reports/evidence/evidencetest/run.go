// Package evidencetest makes keys, run folders and registers of them, for tests of
// those who check evidence. The folders are small, but all is real: the record is
// what the judge makes of events and ledger.
package evidencetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/ledger/ledgertest"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

// Tool is the maildrill that ran.
var Tool = record.Tool{Version: "test", SHA256: "00"}

// Origin is the name of the keys.
const Origin = "example.test/drills"

// Key makes a key.
func Key(t testing.TB) *keys.Key {
	t.Helper()
	k, _, err := keys.Generate(Origin)
	must(t, err)
	return k
}

// Register begins a register in a folder.
func Register(t testing.TB, dir string, key *keys.Key) *register.Register {
	t.Helper()
	r, err := register.Open(dir, key)
	must(t, err)
	must(t, r.Init(t.Context()))
	return r
}

// Scenario is what all runs have played.
const Scenario = "apiVersion: maildrill/v1\nkind: Scenario\nmetadata: {name: tiny}\n"

// Start is the announcement of a run.
func Start() register.Start {
	return register.Start{Scenario: "tiny", SHA256: digest(Scenario), Topology: digest("topology"), Runtime: "docker", Trial: 1, Tool: Tool}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Play makes a run as maildrill does: it takes its place, writes its folder under
// out, and seals it.
func Play(t testing.TB, out, id string, key *keys.Key, r *register.Register) (folder string) {
	t.Helper()
	place, err := r.Start(t.Context(), id, Start())
	must(t, err)
	folder = filepath.Join(out, id)
	rec := Write(t, folder, id, &place)
	must(t, seal.Run(context.Background(), seal.Closing{Folder: folder, Run: id, Record: rec, Exit: record.ExitCode(*rec), Tool: Tool, Key: key, Place: &place, Register: r}))
	return folder
}

// Write makes a run folder that is not sealed.
func Write(t testing.TB, folder, id string, place *record.Register) *record.Record {
	t.Helper()
	must(t, os.MkdirAll(filepath.Join(folder, "logs"), 0o755))
	put(t, folder, "scenario.yaml", Scenario)
	put(t, folder, "journal.jsonl", "")
	put(t, folder, "logs/mail1.log", "postfix/smtpd: connect from <script>alert(1)</script>\n")
	events(t, folder, id, place)
	log, err := ledger.Create(filepath.Join(folder, "ledger"))
	must(t, err)
	must(t, errors.Join(ledgertest.Run{Copies: 40, Mailboxes: 2, Rate: 20, Scan: 1}.Write(log), log.Close()))
	text, err := Judge(folder)
	must(t, err)
	put(t, folder, "record.json", string(text))
	rec, err := record.Unmarshal(text)
	must(t, err)
	report, err := Report(folder, rec)
	must(t, err)
	put(t, folder, ReportFile, string(report))
	return &rec
}

func events(t testing.TB, folder, id string, place *record.Register) {
	t.Helper()
	log, err := ledger.CreateEvents(filepath.Join(folder, "events.jsonl"))
	must(t, err)
	spec := measure.Spec{
		Run:      record.Run{ID: id, Started: "2026-11-23T18:00:00Z", Runtime: "docker", Seed: 7, Trial: 1, Trials: 1, Tool: Tool, Register: place},
		Scenario: record.Scenario{Name: "tiny", Title: "A tiny drill", SHA256: digest(Scenario)}, Clock: "drill", Mailboxes: 2, Rate: 20,
		Objectives: []measure.Objective{{Name: "loss", Unit: "copies"}},
	}
	for i, e := range []struct {
		kind string
		data any
	}{
		{ledger.RunPlanned, spec}, {ledger.RunStarted, ledger.Start{Wall: "2026-11-23T18:00:00Z"}},
		{ledger.PhaseBegan, ledger.PhaseStart{Phase: "baseline"}}, {ledger.Note, map[string]string{"text": "somebody watched"}},
		{ledger.Scanned, ledger.ScanResult{Scan: 1, Mailboxes: 2, Messages: 40, Digest: "same"}},
		{ledger.RunEnded, ledger.Ending{How: "complete", Wall: "2026-11-23T18:01:06Z"}},
	} {
		must(t, log.Append(time.Duration(i)*10*time.Second, e.kind, "", "", e.data))
	}
	must(t, log.Close())
}

func put(t testing.TB, folder, name, text string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(text), 0o644))
}

// Judge works out the record of a folder.
func Judge(folder string) ([]byte, error) {
	events, err := ledger.ReadEvents(filepath.Join(folder, "events.jsonl"))
	if err != nil {
		return nil, err
	}
	reader, err := ledger.Open(filepath.Join(folder, "ledger"))
	if err != nil {
		return nil, err
	}
	rec, err := measure.Judge(measure.History{Events: events, Ledger: reader})
	if err != nil {
		return nil, err
	}
	return record.Marshal(rec)
}

// ReportFile is the one report of a run.
const ReportFile = "report.html"

// Report makes it.
func Report(_ string, r record.Record) ([]byte, error) {
	var out bytes.Buffer
	_, err := fmt.Fprintf(&out, "<h1>%s</h1>\n<p>%d accepted, %d lost</p>\n", r.Verdict, r.Accounting.Accepted, r.Accounting.Lost)
	return out.Bytes(), err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
