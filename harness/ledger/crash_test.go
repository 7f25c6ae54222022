package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// victim is the environment variable by which the test below starts itself.
const victim = "MAILDRILL_TEST_LEDGER"

// A process that is killed, whenever it is, leaves every intent that it was told
// of, each after what was recorded before it.
func TestKilledWriterKeepsItsIntents(t *testing.T) {
	if dir := os.Getenv(victim); dir != "" {
		intendForever(dir)
	}
	for range 4 {
		dir := filepath.Join(t.TempDir(), "ledger")
		told := killed(t, dir, 1+rand.IntN(300))
		all, _ := read(t, dir)
		recorded, intended := map[uint32]bool{}, map[uint32]bool{}
		for _, e := range all {
			if e.Kind == Outcome {
				recorded[e.Copy.Seq] = true
				continue
			}
			if intended[e.Copy.Seq] = true; !recorded[e.Copy.Seq] {
				t.Fatalf("intent %d before what was recorded before it", e.Copy.Seq)
			}
		}
		for _, seq := range told {
			if !intended[seq] {
				t.Fatalf("intent %d is not in the ledger", seq)
			}
		}
	}
}

// killed runs the victim until it has told of some intents, and gives all of
// which it told.
func killed(t *testing.T, dir string, after int) []uint32 {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestKilledWriterKeepsItsIntents$")
	c.Env = append(os.Environ(), victim+"="+dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var told []uint32
	for lines := bufio.NewScanner(out); lines.Scan(); {
		seq, err := strconv.ParseUint(lines.Text(), 10, 32)
		if err != nil {
			t.Fatalf("the victim said %q", lines.Text())
		}
		if told = append(told, uint32(seq)); len(told) == after {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = c.Wait() // killed
	if len(told) < after {
		t.Fatalf("the victim ended by itself, after %d of %d intents", len(told), after)
	}
	return told
}

// intendForever intends as several sessions do, and goes on to a new segment
// often. One write for a line: it is told whole or not at all.
func intendForever(dir string) {
	l, err := Create(dir)
	if err != nil {
		os.Exit(1)
	}
	l.mu.Lock()
	l.segment.goal = 5000
	l.mu.Unlock()
	var seq atomic.Uint32
	var sessions sync.WaitGroup
	for range 4 {
		sessions.Go(func() {
			for err := error(nil); err == nil; {
				k := Copy{Seq: seq.Add(1)}
				err = errors.Join(l.Record(Entry{Kind: Outcome, Copy: k}), l.Intend(Entry{Kind: Intent, Copy: k}))
				if err == nil {
					_, err = fmt.Fprintln(os.Stdout, k.Seq)
				}
			}
		})
	}
	sessions.Wait()
	os.Exit(1)
}

// machine is one whose power can be cut: of each file it knows what was
// written and how much of that is durable.
type machine struct {
	files  map[string]*fakeDisk
	ops    int
	failAt int // the operation that fails; 0: none
	cut    func()
}

type fakeDisk struct {
	*machine
	data    []byte
	durable int
}

var errDisk = errors.New("no space left on device")

func (m *machine) open(path string) (disk, error) {
	d := &fakeDisk{machine: m}
	m.files[filepath.Base(path)] = d
	return d, nil
}

// op is one call of the disk: the power may be cut before it, or it may fail.
func (d *fakeDisk) op() error {
	if d.cut != nil {
		d.cut()
	}
	if d.ops++; d.ops == d.failAt {
		return errDisk
	}
	return nil
}

func (d *fakeDisk) Write(b []byte) (int, error) {
	if err := d.op(); err != nil {
		d.data = append(d.data, b[:len(b)/2]...)
		return len(b) / 2, err
	}
	d.data = append(d.data, b...)
	return len(b), nil
}

func (d *fakeDisk) Datasync() error {
	if err := d.op(); err != nil {
		return err
	}
	d.durable = len(d.data)
	return nil
}

func (d *fakeDisk) Close() error { return nil }

// after is the folder as it is found after the cut: all that is durable, and as
// much of the rest as chance has left, with zeros or without.
func (m *machine) after(t *testing.T) string {
	dir := t.TempDir()
	for name, d := range m.files {
		rest := len(d.data) - d.durable
		left := append([]byte(nil), d.data[:d.durable+rand.IntN(rest+1)]...)
		if rand.IntN(3) == 0 {
			left = append(left, make([]byte, rand.IntN(rest+1))...)
		}
		if err := os.WriteFile(filepath.Join(dir, name), left, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// holds demands the first n intents, in their order.
func holds(t *testing.T, dir string, n int) {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	err = r.Each(func(e Entry) error {
		if e.Kind == Intent {
			if found++; e.Copy.Seq != uint32(found) {
				t.Fatalf("intent %d comes as number %d", e.Copy.Seq, found)
			}
		}
		return nil
	})
	if err != nil || found < n {
		t.Fatalf("%d intents of %d are left, torn %q, %v", found, n, r.Torn(), err)
	}
}

// The power is cut before every single operation of the disk, and each of them
// fails once: whatever was confirmed is there afterwards.
func TestPowerCutAtEveryOperation(t *testing.T) {
	m := &machine{files: map[string]*fakeDisk{}}
	var confirmed atomic.Int32
	m.cut = func() {
		if len(m.files) > 0 && m.files[segmentName(1)].durable > 0 {
			holds(t, m.after(t), int(confirmed.Load()))
		}
	}
	if err := intendSome(m, &confirmed); err != nil {
		t.Fatal(err)
	}
	if len(m.files) < 3 {
		t.Fatalf("%d segments: the test is to see them change", len(m.files))
	}
	for failAt := 3; failAt <= m.ops; failAt++ { // the first two make the file
		broken := &machine{files: map[string]*fakeDisk{}, failAt: failAt}
		confirmed.Store(0)
		if err := intendSome(broken, &confirmed); !errors.Is(err, errDisk) {
			t.Errorf("operation %d failed, and the log says %v", failAt, err)
		}
		holds(t, broken.after(t), int(confirmed.Load()))
	}
}

// intendSome intends until it fails, and counts what was confirmed.
func intendSome(m *machine, confirmed *atomic.Int32) error {
	l, err := create("", m.open)
	if err != nil {
		return err
	}
	l.segment.goal = 200
	for seq := uint32(1); seq <= 15 && err == nil; seq++ {
		k := Copy{Seq: seq}
		if err = l.Record(Entry{Kind: Outcome, Copy: k}); err == nil {
			err = l.Intend(Entry{Kind: Intent, Copy: k})
		}
		if err == nil {
			confirmed.Add(1)
		}
	}
	return errors.Join(err, l.Close())
}
