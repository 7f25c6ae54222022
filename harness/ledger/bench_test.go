package ledger_test

import (
	"compress/flate"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/ledger/ledgertest"
)

const benchCopies = 500_000

// written writes a run to disk.
func written(b *testing.B, r ledgertest.Run) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "ledger")
	l, err := ledger.Create(dir)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(r.Write(l), l.Close()); err != nil {
		b.Fatal(err)
	}
	return dir
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLedgerWrite writes whole runs. The generator's own work is in the
// figures: BenchmarkLedgerGenerate is that alone.
func BenchmarkLedgerWrite(b *testing.B) {
	r := ledgertest.Run{Copies: benchCopies, Mailboxes: 1000, Rate: 2000, Scan: 1}
	began := cpu()
	for b.Loop() {
		written(b, r)
	}
	perEntry(b, 3, began)
}

func BenchmarkLedgerGenerate(b *testing.B) {
	r := ledgertest.Run{Copies: benchCopies, Mailboxes: 1000, Rate: 2000, Scan: 1}
	began := cpu()
	for b.Loop() {
		if err := r.Write(nowhere{}); err != nil {
			b.Fatal(err)
		}
	}
	perEntry(b, 3, began)
}

type nowhere struct{}

func (nowhere) Intend(...ledger.Entry) error { return nil }
func (nowhere) Record(...ledger.Entry) error { return nil }

// BenchmarkLedgerRecord records one entry a call, as each session of a driver
// does when its reply has come.
func BenchmarkLedgerRecord(b *testing.B) {
	each(b, func(l *ledger.Log, e ledger.Entry) error { return l.Record(e) })
}

// BenchmarkLedgerIntend intends one entry a call, in 64 sessions at the same time.
func BenchmarkLedgerIntend(b *testing.B) {
	b.SetParallelism(32)
	each(b, func(l *ledger.Log, e ledger.Entry) error { return l.Intend(e) })
}

func each(b *testing.B, write func(*ledger.Log, ledger.Entry) error) {
	l, err := ledger.Create(filepath.Join(b.TempDir(), "ledger"))
	if err != nil {
		b.Fatal(err)
	}
	began := cpu()
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for n := uint32(1); p.Next(); n++ {
			at := time.Duration(n) * time.Millisecond
			if err := write(l, ledger.Entry{Kind: ledger.Outcome, Copy: ledger.Copy{Seq: n}, Start: at, Sent: at + 1_234_567, End: at + 2_345_678,
				Node: "mx1", Verdict: ledger.Accepted, Phase: ledger.PhaseDone, Code: 250, Enhanced: "2.0.0"}); err != nil {
				b.Error(err)
			}
		}
	})
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(cpu()-began)/float64(b.N), "cpu-ns/entry")
}

// BenchmarkLedgerRead decodes every entry of a run.
func BenchmarkLedgerRead(b *testing.B) {
	read(b, 3, func(r *ledger.Reader, f func(ledger.Entry) error) error { return r.Each(f) })
}

// BenchmarkLedgerReadOutcomes decodes the outcomes and passes over the rest.
func BenchmarkLedgerReadOutcomes(b *testing.B) {
	read(b, 1, func(r *ledger.Reader, f func(ledger.Entry) error) error {
		return r.EachOf([]ledger.Kind{ledger.Outcome}, f)
	})
}

func read(b *testing.B, each int, scan func(*ledger.Reader, func(ledger.Entry) error) error) {
	dir := written(b, ledgertest.Run{Copies: benchCopies, Mailboxes: 1000, Rate: 2000, Scan: 1})
	raw, packed := sizes(b, dir)
	r, err := ledger.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	began := cpu()
	for b.Loop() {
		n := 0
		if err := scan(r, func(ledger.Entry) error { n++; return nil }); err != nil || n != each*benchCopies {
			b.Fatal(n, err)
		}
	}
	perEntry(b, each, began)
	b.ReportMetric(float64(raw)/benchCopies, "B/copy")
	b.ReportMetric(float64(packed)/benchCopies, "packed-B/copy")
}

func perEntry(b *testing.B, each int, began time.Duration) {
	n := float64(b.N * each * benchCopies)
	b.ReportMetric(float64(b.Elapsed())/n, "ns/entry")
	b.ReportMetric(float64(cpu()-began)/n, "cpu-ns/entry")
}

// sizes are those of a ledger, as it is and compressed.
func sizes(b *testing.B, dir string) (raw, packed int64) {
	b.Helper()
	var p counter
	w, err := flate.NewWriter(&p, flate.BestSpeed)
	if err != nil {
		b.Fatal(err)
	}
	segments, _ := filepath.Glob(filepath.Join(dir, "*.seg"))
	for _, path := range segments {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(w, f)
		if err := errors.Join(err, f.Close()); err != nil {
			b.Fatal(err)
		}
		raw += n
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return raw, int64(p)
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
