package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// slowDisk does something of its own before it makes data durable.
type slowDisk struct {
	disk
	before func() error
}

func (d slowDisk) Datasync() error { return errors.Join(d.before(), d.disk.Datasync()) }

func created(t *testing.T) (*Log, string) {
	t.Helper()
	dir := t.TempDir()
	l, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l, dir
}

// Callers that come while the disk is busy share its next commit.
func TestIntentsShareOneCommit(t *testing.T) {
	const callers = 50
	l, dir := created(t)
	var commits atomic.Int32
	busy, release := make(chan struct{}), make(chan struct{})
	l.segment.disk = slowDisk{l.segment.disk, func() error {
		if commits.Add(1) == 1 {
			close(busy)
			<-release
		}
		return nil
	}}
	var wg sync.WaitGroup
	intend := func(seq int) {
		wg.Go(func() {
			if err := l.Intend(entry(uint32(seq))); err != nil {
				t.Error(err)
			}
		})
	}
	intend(0)
	<-busy
	for i := range callers {
		intend(i + 1)
	}
	waiting := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.batch.entries)
	}
	for deadline := time.Now().Add(10 * time.Second); waiting() < callers && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	close(release)
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	// The third one makes the end mark durable.
	if all, _ := read(t, dir); commits.Load() != 3 || len(all) != callers+1 {
		t.Errorf("%d commits, %d entries", commits.Load(), len(all))
	}
}

// What a call that returned nil gave is in the ledger, even beside Close.
func TestCloseLosesNothing(t *testing.T) {
	for range 20 {
		l, dir := created(t)
		var kept atomic.Int32
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					if err := l.Record(entry(uint32(g*1000000 + i + 1))); err != nil {
						return
					}
					kept.Add(1)
				}
			})
		}
		for kept.Load() < 100 {
			runtime.Gosched()
		}
		if err := errors.Join(l.Close(), l.Close()); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if all, torn := read(t, dir); len(all) < int(kept.Load()) || torn != "" {
			t.Fatalf("%d entries, %d calls, torn %q", len(all), kept.Load(), torn)
		}
	}
}

// After the first error of the disk nothing counts as durable.
func TestLogStopsAtTheFirstError(t *testing.T) {
	l, dir := created(t)
	full := errors.New("no space left")
	if err := l.Intend(entry(1)); err != nil {
		t.Fatal(err)
	}
	l.segment.disk = slowDisk{l.segment.disk, func() error { return full }}
	if err := l.Intend(entry(2)); !errors.Is(err, full) {
		t.Errorf("intend: %v", err)
	}
	if err := l.Intend(entry(3)); !errors.Is(err, full) {
		t.Errorf("intend again: %v", err)
	}
	if err := l.Record(entry(4)); !errors.Is(err, full) {
		t.Errorf("record: %v", err)
	}
	if err := l.Close(); !errors.Is(err, full) {
		t.Errorf("close: %v", err)
	}
	if all, _ := read(t, dir); len(all) != 2 {
		t.Errorf("%d entries, want those written before the error", len(all))
	}
}

func TestSegmentsFollowEachOther(t *testing.T) {
	l, dir := created(t)
	l.segment.goal = 1000
	var batch []Entry
	for i := range 200 {
		batch = append(batch, entry(uint32(i+1)))
		if err := l.Intend(batch[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	all, torn := read(t, dir)
	if !slices.Equal(all, batch) || torn != "" {
		t.Errorf("%d entries, torn %q", len(all), torn)
	}
	segments, _ := filepath.Glob(filepath.Join(dir, "*.seg"))
	if len(segments) < 10 {
		t.Fatalf("%d segments", len(segments))
	}
	if err := os.Remove(segments[3]); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "000004.seg is missing") {
		t.Errorf("a missing segment: %v", err)
	}
}

// One call may be larger than a block.
func TestLargeBatch(t *testing.T) {
	l, dir := created(t)
	batch := make([]Entry, 30000)
	for i := range batch {
		batch[i] = Entry{Kind: Seen, Copy: Copy{Seq: uint32(i + 1)}, Mailbox: "u1@drill.test/INBOX", Hops: strings.Repeat("mx1.drill.test 4X1;", 5)}
	}
	if err := errors.Join(l.Intend(batch...), l.Intend(), l.Close()); err != nil {
		t.Fatal(err)
	}
	if all, torn := read(t, dir); !slices.Equal(all, batch) || torn != "" {
		t.Errorf("%d entries, torn %q", len(all), torn)
	}
	if err := func() error {
		l, _ := created(t)
		return errors.Join(l.Record(Entry{Kind: Seen, Detail: strings.Repeat("x", entryMost+1)}), l.Close())
	}(); err == nil {
		t.Error("an endless entry is written")
	}
}

// What was recorded can be read after a sync, though the log is still open.
func TestSyncMakesReadable(t *testing.T) {
	dir := t.TempDir()
	l, err := Create(filepath.Join(dir, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if err := errors.Join(l.Sync(), l.Record(Entry{Kind: Intent, Copy: Copy{Seq: uint32(n + 1)}}), l.Sync()); err != nil {
			t.Fatal(err)
		}
		if all, _ := read(t, filepath.Join(dir, "ledger")); len(all) != n+1 {
			t.Errorf("after %d entries: %d read", n+1, len(all))
		}
	}
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	if err := l.Sync(); !errors.Is(err, ErrClosed) {
		t.Errorf("a sync after the end: %v", err)
	}
}
