package chronicle_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/ledger/ledgertest"
	"maildrill/harness/record"
	"maildrill/reports/chronicle"
)

// What reading may cost at a million copies, on two processors.
const (
	benchCopies  = 1_000_000
	benchSeconds = 4.0
	benchMemory  = 250.0 // MB of heap
)

// troubled lets a share of the mail vanish from the mailboxes: every so many
// copies one is lost, and a stretch is still in a queue.
type troubled struct {
	to     ledger.Recorder
	copies int
}

const lostEach = 1000

func (t troubled) deferred(seq uint32) bool {
	return int(seq) > t.copies/2 && int(seq) <= t.copies/2+t.copies/20
}

func (t troubled) Intend(entries ...ledger.Entry) error { return t.to.Intend(entries...) }

func (t troubled) Record(entries ...ledger.Entry) error {
	var kept []ledger.Entry
	for _, e := range entries {
		switch {
		case e.Kind == ledger.Seen && e.Copy.Seq%lostEach == 0:
			continue
		case e.Kind == ledger.Seen && t.deferred(e.Copy.Seq):
			e = ledger.Entry{Kind: ledger.Queued, Copy: e.Copy, Start: e.Start, Node: "mx1", Scan: 1}
		}
		kept = append(kept, e)
	}
	return t.to.Record(kept...)
}

// record says of the copies what a judge would.
func (t troubled) record() record.Record {
	var lost []string
	all, late := 0, 0
	for seq := lostEach; seq <= t.copies; seq += lostEach {
		if all++; t.deferred(uint32(seq)) {
			late++
		}
		if all <= 1000 {
			lost = append(lost, fmt.Sprint(seq))
		}
	}
	from := t.copies/2 + 1
	deferred := t.copies/20 - late
	return record.Record{Schema: record.Schema,
		Accounting: record.Accounting{Planned: t.copies, Attempted: t.copies, Accepted: t.copies,
			Delivered: t.copies - all - deferred, Lost: all, Deferred: deferred},
		Problems: []record.Problem{{Class: "lost", Count: all, Seqs: strings.Join(lost, " ")},
			{Class: "deferred", Count: deferred, Seqs: fmt.Sprintf("%d-%d", from, from+t.copies/20-1)}}}
}

func bigLedger(b *testing.B, copies int, wrap func(ledger.Recorder) ledger.Recorder) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "ledger")
	l, err := ledger.Create(dir)
	if err != nil {
		b.Fatal(err)
	}
	run := ledgertest.Run{Copies: copies, Mailboxes: 1000, Rate: 2000, Scan: 1}
	if err := errors.Join(run.Write(wrap(l)), l.Close()); err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkRead reads a million copies, of which all are well, or a twentieth is
// not. The heap is that of a collector at its default.
func BenchmarkRead(b *testing.B) {
	events := []ledger.Event{
		{N: 1, At: ledger.Seconds(time.Second), Kind: ledger.Scanned, Data: []byte(`{"scan":1}`)},
		{N: 2, At: ledger.Seconds(time.Second), Kind: ledger.QueueRead, Node: "mx1", Data: []byte(`{"reading":1}`)},
	}
	b.Run("well", func(b *testing.B) {
		dir := bigLedger(b, benchCopies, func(r ledger.Recorder) ledger.Recorder { return r })
		benchRead(b, dir, chronicle.Sources{Events: events, Record: record.Record{
			Accounting: record.Accounting{Planned: benchCopies, Attempted: benchCopies, Accepted: benchCopies, Delivered: benchCopies}}})
	})
	b.Run("troubled", func(b *testing.B) {
		t := troubled{copies: benchCopies}
		dir := bigLedger(b, benchCopies, func(r ledger.Recorder) ledger.Recorder { t.to = r; return t })
		benchRead(b, dir, chronicle.Sources{Events: events, Record: t.record()})
	})
}

func benchRead(b *testing.B, dir string, s chronicle.Sources) {
	debug.FreeOSMemory()
	peak, stop := watchHeap()
	defer stop()
	began, used := time.Now(), processor()
	for b.Loop() {
		l, err := ledger.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		s.Ledger = l
		c, err := chronicle.Read(s)
		if err != nil {
			b.Fatal(err)
		}
		if n := len(c.Copies.Points); n < chronicle.PointsMost/4 || len(c.Doubts) > 0 {
			b.Fatal(n, c.Doubts)
		}
	}
	// A machine that has other things to do needs longer than its processors do.
	wall, cpu := time.Since(began)/time.Duration(b.N), (processor()-used)/time.Duration(b.N)
	each := min(wall, cpu).Seconds()
	heap := float64(peak()) / 1e6
	b.ReportMetric(heap, "heap-MB")
	b.ReportMetric(cpu.Seconds(), "cpu-s")
	if each > benchSeconds || heap > benchMemory {
		b.Errorf("%.1f s and %.0f MB, at most %.0f s and %.0f MB are allowed", each, heap, benchSeconds, benchMemory)
	}
}

// processor is the time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchHeap samples the heap, as it is with its garbage.
func watchHeap() (peak func() uint64, stop func()) {
	var most atomic.Uint64
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapAlloc))
			}
		}
	}()
	return most.Load, func() { close(done) }
}
