package calibrate

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
)

// millions is a ledger of many copies that exists nowhere: each reading makes
// it anew.
type millions struct {
	tape *tape
	lost uint32 // each copy whose number is a multiple of it
}

// Each implements ledger.Scanner.
func (m millions) Each(visit func(ledger.Entry) error) error {
	for seq := uint32(1); int(seq) <= m.tape.copies; seq++ {
		m.tape.entries = m.tape.entries[:0]
		m.tape.offer(seq)
		for _, e := range m.tape.entries {
			if err := visit(e); err != nil {
				return err
			}
		}
	}
	for scan := uint16(1); scan <= 2; scan++ {
		for seq := uint32(1); int(seq) <= m.tape.copies; seq++ {
			if seq%m.lost == 0 {
				continue
			}
			if err := visit(ledger.Entry{Kind: ledger.Seen, Copy: ledger.Copy{Seq: seq}, Scan: scan, Node: "store1", Mailbox: boxes[seq%users],
				UID: seq, UIDValidity: 1, Integrity: ledger.Intact}); err != nil {
				return err
			}
		}
	}
	return nil
}

var boxes = [users]string{mailbox(0) + "/INBOX", mailbox(1) + "/INBOX", mailbox(2) + "/INBOX", mailbox(3) + "/INBOX"}

// Torn implements ledger.Scanner.
func (m millions) Torn() string { return "" }

// bytesPerCopy is what a judge may need for each copy, on top of what it needs
// anyway. Ten million copies then fit into 640 MB.
const (
	bytesPerCopy = 64
	bytesAnyway  = 48 << 20
)

// memory judges many copies and watches the heap.
func memory(_ context.Context, b *Bench) {
	m := millions{tape: newTape(0), lost: 1000}
	h := m.tape.history()
	m.tape.copies = b.pick(100_000, 1_000_000)
	for i := range h.Events { // what the scans found is counted, the load went on long enough
		switch h.Events[i].Kind {
		case ledger.Scanned:
			edit(&h.Events[i], func(s *ledger.ScanResult) { s.Messages, s.Digest = m.tape.copies-m.tape.copies/int(m.lost), "same" })
		case ledger.RunPlanned:
			edit(&h.Events[i], func(s *spec) { s.Rate = 0 })
		}
	}
	h.Ledger = m
	b.Case(fmt.Sprintf("%d copies", m.tape.copies), b.bounded(h, m))
}

func (b *Bench) bounded(h measure.History, m millions) error {
	stop := watchHeap()
	began := time.Now()
	r, err := b.Judge(h)
	took := time.Since(began)
	grown := stop()
	if err != nil {
		return err
	}
	b.Figure("%d copies judged in %.1f s, %.0f MB at most, %.0f bytes a copy", m.tape.copies, took.Seconds(), float64(grown)/(1<<20), float64(grown)/float64(m.tape.copies))
	if most := uint64(bytesAnyway + bytesPerCopy*m.tape.copies); grown > most {
		return fmt.Errorf("the heap grew by %d MB, at most %d MB may be", grown>>20, most>>20)
	}
	return count(r, "lost", m.tape.copies/int(m.lost))
}

// watchHeap samples the heap until stop, which tells by how much it had grown at
// most.
func watchHeap() (stop func() uint64) {
	var peak atomic.Uint64
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	before, done, ended := s.HeapAlloc, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			peak.Store(max(peak.Load(), now.HeapAlloc))
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return peak.Load() - min(peak.Load(), before)
	}
}
