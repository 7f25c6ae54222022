package measure

import (
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/ledger/ledgertest"
)

// What a judge may cost at ten million copies, on two processors.
const (
	scaleCopies  = 10_000_000
	scaleSeconds = 15.0
	scaleMemory  = 128.0 // MB resident, at the most
	scaleBytes   = 50.0  // of a compressed ledger, a copy
)

// scaleRun is the ledger to judge, in which the only entries of found mail are
// those of scan number scaleScan.
func scaleRun(copies int) ledgertest.Run {
	return ledgertest.Run{Copies: copies, Mailboxes: 1000, Rate: 2000, Scan: scaleScan}
}

const scaleScan = 2

// scaleLedger and scaleCount are the variables by which the benchmark starts
// itself as the judge of a ledger.
const scaleLedger, scaleCount = "MAILDRILL_TEST_SCALE", "MAILDRILL_TEST_SCALE_COPIES"

// judgement is what the judge that was started says, and what it took.
type judgement struct {
	Planned, Delivered int
	Gate               string // what broke, if any did
	Wall, CPU          float64
	Memory             float64 // MB
}

// BenchmarkJudgeTenMillion judges a ledger of ten million copies (with -short: a
// hundred thousand) in a process of its own, which is what an operator starts.
// -benchtime 5x judges it five times.
func BenchmarkJudgeTenMillion(b *testing.B) {
	copies := scaleCopies
	if testing.Short() {
		copies /= 100
	}
	dir := filepath.Join(b.TempDir(), "ledger")
	raw, packed := writeScale(b, dir, scaleRun(copies))
	var all []judgement
	for b.Loop() {
		all = append(all, judgeScale(b, dir, copies))
	}
	for _, j := range all {
		if j.Planned != copies || j.Delivered != copies || j.Gate != "" {
			b.Errorf("%+v, want all %d copies delivered", j, copies)
		}
	}
	report(b, "s", all, func(j judgement) float64 { return j.Wall })
	report(b, "cpu-s", all, func(j judgement) float64 { return j.CPU })
	report(b, "MB", all, func(j judgement) float64 { return j.Memory })
	b.ReportMetric(raw/float64(copies), "B/copy")
	b.ReportMetric(packed/float64(copies), "packed-B/copy")
	if packed > scaleBytes*float64(copies) {
		b.Errorf("%.1f bytes a copy when compressed, at most %.0f are allowed", packed/float64(copies), scaleBytes)
	}
	if m := slices.MaxFunc(all, func(x, y judgement) int { return int(x.Memory - y.Memory) }).Memory; m > scaleMemory {
		b.Errorf("%.0f MB resident, at most %.0f are allowed", m, scaleMemory)
	}
	// A machine that has other things to do needs longer. What takes fewer seconds
	// of a processor than are allowed would be in time on one that has not.
	best := slices.MinFunc(all, func(x, y judgement) int { return int(1000 * (x.soonest() - y.soonest())) })
	if best.soonest() > scaleSeconds {
		b.Errorf("%.1f s, of which %.1f s on a processor, at most %.0f are allowed", best.Wall, best.CPU, scaleSeconds)
	}
	if b.Failed() {
		b.Logf("%+v", all)
	}
}

func (j judgement) soonest() float64 { return min(j.Wall, j.CPU) }

// report gives the least, the middle and the greatest.
func report(b *testing.B, unit string, all []judgement, of func(judgement) float64) {
	var values []float64
	for _, j := range all {
		values = append(values, of(j))
	}
	slices.Sort(values)
	b.ReportMetric(values[0], "min-"+unit)
	b.ReportMetric(values[len(values)/2], "med-"+unit)
	b.ReportMetric(values[len(values)-1], "max-"+unit)
}

// writeScale gives the size of the ledger, as it is and compressed.
func writeScale(b *testing.B, dir string, r ledgertest.Run) (raw, packed float64) {
	b.Helper()
	l, err := ledger.Create(dir)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(r.Write(l), l.Close()); err != nil {
		b.Fatal(err)
	}
	var size bytesWritten
	z, err := flate.NewWriter(&size, flate.BestSpeed)
	if err != nil {
		b.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range segments {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(z, f)
		if err := errors.Join(err, f.Close()); err != nil {
			b.Fatal(err)
		}
		raw += float64(n)
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	return raw, float64(size)
}

type bytesWritten int64

func (n *bytesWritten) Write(p []byte) (int, error) { *n += bytesWritten(len(p)); return len(p), nil }

// judgeScale starts the test below in a process of its own.
func judgeScale(b *testing.B, dir string, copies int) judgement {
	b.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestScaleJudge$", "-test.v")
	c.Env = append(os.Environ(), scaleLedger+"="+dir, fmt.Sprintf("%s=%d", scaleCount, copies))
	out, err := c.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		var j judgement
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &j) == nil {
			return j
		}
	}
	b.Fatalf("the judge said\n%s", out)
	return judgement{}
}

// TestScaleJudge is the judge that the benchmark starts; by itself it does nothing.
func TestScaleJudge(t *testing.T) {
	dir := os.Getenv(scaleLedger)
	if dir == "" {
		return // only for the benchmark of ten million copies
	}
	copies, err := strconv.Atoi(os.Getenv(scaleCount))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := ledger.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	reader.Terse(ledger.Outcome, ledger.Try) // as harness.Judge does
	debug.SetGCPercent(20)
	h := History{Events: scaleEvents(t, copies), Ledger: reader}
	began := time.Now()
	r, err := Judge(h)
	if err != nil {
		t.Fatal(err)
	}
	j := judgement{Planned: r.Accounting.Planned, Delivered: r.Accounting.Delivered, Wall: time.Since(began).Seconds()}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	j.CPU, j.Memory = time.Duration(used.Utime.Nano()+used.Stime.Nano()).Seconds(), resident(t)
	for _, g := range r.Gates {
		if !g.Passed {
			j.Gate += g.Name + ": " + g.Detail + "; "
		}
	}
	line, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s\n", line)
}

// scaleEvents is the story of a sound drill, in which the scans found all.
func scaleEvents(t *testing.T, copies int) []ledger.Event {
	d := sound()
	d.copies = 0
	d.spec = func(s *Spec) { s.Mailboxes = 1000 }
	d.event = func(e *ledger.Event) bool {
		if e.Kind == ledger.Scanned {
			edit(t, e, func(s *ledger.ScanResult) {
				s.Mailboxes, s.Digest = 1000, "the same"
				if s.Scan == scaleScan {
					s.Messages = copies
				}
			})
		}
		return true
	}
	return d.write(t).events
}

// resident is the most memory that this process had at any time, in MB.
func resident(t *testing.T) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(after, &kb); err != nil {
		t.Fatal(err)
	}
	return kb / 1024
}
