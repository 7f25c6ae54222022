package reports

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/ledger/ledgertest"
	"maildrill/harness/record"
)

// lossy leaves every thousandth copy out of the mailboxes.
type lossy struct{ ledger.Recorder }

const lostEach = 1000

func (l lossy) Record(entries ...ledger.Entry) error {
	kept := entries[:0:0]
	for _, e := range entries {
		if e.Kind != ledger.Seen || e.Copy.Seq%lostEach != 0 {
			kept = append(kept, e)
		}
	}
	return l.Recorder.Record(kept...)
}

// largeRun is a run folder with so many copies, some of them lost.
func largeRun(tb testing.TB, copies int) string {
	tb.Helper()
	dir := tb.TempDir()
	l, err := ledger.Create(filepath.Join(dir, "ledger"))
	if err != nil {
		tb.Fatal(err)
	}
	rate := max(10, copies/500)
	err = errors.Join(ledgertest.Run{Copies: copies, Mailboxes: 1000, Rate: rate, Scan: 1}.Write(lossy{l}), l.Close(), largeEvents(dir, copies/rate))
	if err != nil {
		tb.Fatal(err)
	}
	text, err := record.Marshal(largeRecord(copies, float64(copies/rate)))
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "record.json"), text, 0o644); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// largeEvents has four probes every quarter of a second, and the final scan.
func largeEvents(dir string, seconds int) error {
	events, err := ledger.CreateEvents(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		return err
	}
	for i := range 4 * seconds {
		at := time.Duration(i) * time.Second / 4
		for _, service := range []string{"mx", "submission", "imap", "delivery"} {
			err = errors.Join(err, events.Append(at, ledger.Probed, "", "", ledger.ProbeResult{Service: service, Scheduled: ledger.Seconds(at),
				Start: ledger.Seconds(at), End: ledger.Seconds(at + time.Millisecond), OK: true}))
		}
	}
	end := time.Duration(seconds) * time.Second
	return errors.Join(err, events.Append(end, ledger.Scanned, "", "", ledger.ScanResult{Scan: 1}), events.Close())
}

func largeRecord(copies int, end float64) record.Record {
	r, seqs := failed(), ""
	lost := copies / lostEach
	for n := 1; n <= min(lost, 1000); n++ {
		seqs += fmt.Sprintf("%d ", n*lostEach)
	}
	r.Accounting = record.Accounting{Planned: copies, Attempted: copies, Accepted: copies, Delivered: copies - lost, Lost: lost}
	r.Problems = []record.Problem{{Class: "lost", Count: lost, Seqs: seqs}}
	r.Phases = []record.Phase{{Name: "baseline", Ended: end / 5}, {Name: "timeline", Began: end / 5, Ended: end / 2}, {Name: "observe", Began: end / 2, Ended: end}}
	return r
}

// What a report may weigh, in bytes, at so many copies.
const (
	smallCopies, smallBytes = 5_000, 1 << 20
	largeCopies, largeBytes = 1_000_000, 5 << 20
)

func TestAReportOfFiveThousandCopiesIsLight(t *testing.T) {
	run, err := Open(largeRun(t, smallCopies))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"html", "pdf"} {
		if n := len(rendered(t, name, run)); n > smallBytes {
			t.Errorf("%s: %d bytes at %d copies, more than %d", name, n, smallCopies, smallBytes)
		}
	}
}

func rendered(tb testing.TB, name string, run Run) []byte {
	tb.Helper()
	f, ok := Named(name)
	if !ok {
		tb.Fatalf("no format %s", name)
	}
	var out bytes.Buffer
	if err := f.Render(&out, run); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkMillion opens and renders a run of a million copies. The bound is 10 s
// and 512 MB on two processors.
func BenchmarkMillion(b *testing.B) {
	dir := largeRun(b, largeCopies)
	for _, name := range []string{"html", "pdf"} {
		b.Run(name, func(b *testing.B) {
			debug.FreeOSMemory()
			for b.Loop() {
				run, err := Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				size := len(rendered(b, name, run))
				if size > largeBytes {
					b.Fatalf("%d bytes, more than %d", size, largeBytes)
				}
				b.ReportMetric(float64(size)/1e6, "MB")
			}
			b.ReportMetric(peak(), "MB-resident")
			if took := b.Elapsed().Seconds() / float64(b.N); took > 10 || peak() > 512 {
				b.Errorf("%.1f s and %.0f MB, more than 10 s or 512 MB", took, peak())
			}
		})
	}
}

// peak is the most memory that the process has had, in MB.
func peak() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return float64(used.Maxrss) / 1024
}
