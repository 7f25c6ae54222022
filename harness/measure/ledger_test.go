package measure

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// A ledger that was exported and imported again is judged the same, byte for
// byte, as is the one on disk and the history in memory.
func TestImportedLedgerIsJudgedTheSame(t *testing.T) {
	w := sound().write(t)
	dir := t.TempDir()
	h := stored(t, dir, w)
	var lines bytes.Buffer
	if err := ledger.Export(&lines, h.Ledger); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(dir, "again")
	log, err := ledger.Create(again)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(ledger.Import(&lines, log), log.Close()); err != nil {
		t.Fatal(err)
	}
	reader, err := ledger.Open(again)
	if err != nil {
		t.Fatal(err)
	}
	want := marshalled(t, h)
	if got := marshalled(t, History{Events: h.Events, Ledger: reader}); !bytes.Equal(got, want) {
		t.Errorf("imported:\n%s\non disk:\n%s", got, want)
	}
}

func marshalled(t *testing.T, h History) []byte {
	t.Helper()
	return judged(t, Judge, h)
}

// A ledger that is cut anywhere never passes, not even where only its end mark
// is missing.
func TestTornLedgerNeverPasses(t *testing.T) {
	dir := t.TempDir()
	h := stored(t, dir, sound().write(t))
	if r, err := Judge(h); err != nil || r.Verdict != record.Passed {
		t.Fatalf("whole: %s, %v", r.Verdict, err)
	}
	path := filepath.Join(dir, "ledger", "000001.seg")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(whole) - 1; cut > 0; cut -= 1 + len(whole)/50 {
		if err := os.Truncate(path, int64(cut)); err != nil {
			t.Fatal(err)
		}
		if r, err := Judge(h); err == nil && r.Verdict == record.Passed {
			t.Errorf("cut at byte %d of %d: passed", cut, len(whole))
		}
	}
	// One bit, in the middle.
	whole[len(whole)/2] ^= 4
	if err := os.WriteFile(path, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err := Judge(h); err == nil && r.Verdict == record.Passed {
		t.Error("a flipped bit: passed")
	}
}

// What a later version has written, and this one does not understand, is not
// passed over.
func TestUnknownKindNeverPasses(t *testing.T) {
	d := sound()
	d.extra = []ledger.Entry{{Kind: 99, Copy: ledger.Copy{Seq: 5}}}
	if r, err := Judge(stored(t, t.TempDir(), d.write(t))); err != nil || r.Verdict == record.Passed {
		t.Errorf("verdict %s, %v", r.Verdict, err)
	}
}
