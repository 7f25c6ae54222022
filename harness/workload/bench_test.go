package workload

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

// The race that `make bench` runs: this driver, with unique messages, tokens and
// the whole ledger, against Postfix's smtp-source -d, which sends one message
// over and over and writes nothing down. Both are processes of their own, each
// run meets a fresh smtp-sink, and the two take turns.
const (
	raceMessages = 20000
	raceSessions = 10
	raceSize     = 2048
	racePairs    = 7

	racePostfix = "MAILDRILL_BENCH_POSTFIX" // where Postfix is unpacked; "/" if it is installed
	raceSink    = "MAILDRILL_BENCH_SINK"    // address, for the process that sends
	raceFolder  = "MAILDRILL_BENCH_FOLDER"  // of its ledger
)

// lap is one run of one side.
type lap struct{ rate, cpu float64 } // messages a second; CPU seconds per 1000 messages

func TestRaceAgainstSMTPSource(t *testing.T) {
	root := os.Getenv(racePostfix)
	if root == "" {
		return // `make bench` runs this
	}
	var ours, theirs []lap
	for i := range racePairs {
		first, second := runTheirs, runOurs
		if i%2 == 1 {
			first, second = second, first
		}
		a, b := first(t, root), second(t, root)
		if i%2 == 1 {
			a, b = b, a
		}
		theirs, ours = append(theirs, a), append(ours, b)
	}
	fmt.Printf("%d messages of %d bytes, %d sessions, %d pairs in turn (least, median, most)\n", raceMessages, raceSize, raceSessions, racePairs)
	rate, cpu := func(l lap) float64 { return l.rate }, func(l lap) float64 { return l.cpu }
	fmt.Printf("  %-30s smtp-source -d %-26s maildrill %s\n", "messages/s", spread(theirs, rate, "%.0f"), spread(ours, rate, "%.0f"))
	fmt.Printf("  %-30s smtp-source -d %-26s maildrill %s\n", "CPU seconds/1000 messages", spread(theirs, cpu, "%.4f"), spread(ours, cpu, "%.4f"))
	var faster, dearer []lap
	for i := range ours {
		faster = append(faster, lap{rate: ours[i].rate / theirs[i].rate})
		dearer = append(dearer, lap{cpu: ours[i].cpu / theirs[i].cpu})
	}
	fmt.Printf("  ratio within each pair: messages/s %s (wanted: at least 1), CPU %s (wanted: at most 1.2)\n",
		spread(faster, rate, "%.2f"), spread(dearer, cpu, "%.2f"))
}

func spread(laps []lap, value func(lap) float64, format string) string {
	var all []float64
	for _, l := range laps {
		all = append(all, value(l))
	}
	slices.Sort(all)
	return fmt.Sprintf(format+", "+format+", "+format, all[0], all[len(all)/2], all[len(all)-1])
}

func runTheirs(t *testing.T, root string) lap {
	sink, stop := startSink(t, root)
	defer stop()
	return timed(t, postfixTool(root, "smtp-source", "-d", "-l", fmt.Sprint(raceSize), "-m", fmt.Sprint(raceMessages),
		"-s", fmt.Sprint(raceSessions), sink))
}

func runOurs(t *testing.T, root string) lap {
	sink, stop := startSink(t, root)
	defer stop()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRaceSender$", "-test.count=1")
	cmd.Env = append(os.Environ(), raceSink+"="+sink, raceFolder+"="+t.TempDir())
	return timed(t, cmd)
}

func timed(t *testing.T, cmd *exec.Cmd) lap {
	t.Helper()
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return lap{rate: raceMessages / took.Seconds(), cpu: used.Seconds() / raceMessages * 1000}
}

// postfixTool runs a program of an unpacked package with the libraries beside it.
func postfixTool(root, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(root, "usr/sbin", name), args...)
	libraries, _ := filepath.Glob(filepath.Join(root, "usr/lib/*-linux-gnu*")) // the pattern is well-formed
	libraries = append(libraries, filepath.Join(root, "usr/lib/postfix"))
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+strings.Join(libraries, ":"))
	return cmd
}

// startSink gives the address of a fresh smtp-sink.
func startSink(t *testing.T, root string) (address string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	args := []string{"-h", "sink.drill.test", address, "100"}
	if os.Getuid() == 0 {
		args = append([]string{"-u", "nobody"}, args...)
	}
	sink := postfixTool(root, "smtp-sink", args...)
	if err := sink.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() { _, _ = sink.Process.Kill(), sink.Wait() }
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return address, stop
		}
		if time.Now().After(deadline) {
			stop()
			t.Fatal(err)
		}
	}
}

// TestRaceSender is the process of our side.
func TestRaceSender(t *testing.T) {
	sink := os.Getenv(raceSink)
	if sink == "" {
		return // only as a process of the race
	}
	history, err := ledger.Create(os.Getenv(raceFolder))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	cfg := Config{Rate: 1e9, Limit: raceMessages, MaxQueue: raceMessages, Sessions: raceSessions, PerConnection: raceMessages,
		Sizes: []int64{raceSize}, Entry: EntryRelay, RelayNode: "relay", BounceDomain: "bounce.test", Mailboxes: []string{"u1@drill.test"}}
	d, err := New(cfg, loopback{sink}, history, identity.NewKey("race", 1), func() time.Duration { return time.Since(began) })
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Run(context.Background()), history.Close()); err != nil {
		t.Fatal(err)
	}
	if n := d.Counters(); n.Accepted != raceMessages {
		t.Fatalf("%+v", n)
	}
}
