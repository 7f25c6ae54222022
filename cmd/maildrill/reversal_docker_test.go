package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
)

// family is how the faults of one family are made in testdata/reversal.yaml. A
// round takes one of the lines, of as many families as can be on at once.
type family struct {
	name  string
	lines []string // fault, on, with
}

var families = []family{
	{"node", []string{"fault: node.freeze, on: mx2", "fault: node.crash, on: mx2", "fault: node.stop, on: mx2"}},
	{"process", []string{"fault: process.stop, on: mx1, with: {name: qmgr}", "fault: process.kill, on: store1, with: {name: anvil}"}},
	{"resource", []string{"fault: resource.cpu, on: store1", "fault: resource.pids, on: mx1"}},
	{"net", []string{"fault: net.loss, on: mx2-mx1", "fault: net.partition, on: mx1-dir1", "fault: net.conn-limit, on: mx1", "fault: net.mtu-blackhole, on: mx1-store1"}},
	{"dns", []string{"fault: dns.servfail, on: dns1", "fault: dns.slow, on: dns1", "fault: dns.mx.null, on: dns1"}},
	{"link", []string{"fault: link.slow, on: outside-store1", "fault: link.stall, on: mx2-mx1", "fault: link.slicer, on: mx1-store1"}},
	{"smtp", []string{"fault: smtp.reply, on: mx2-mx1", "fault: smtp.cut-after-eod, on: mx1", "fault: smtp.greylist, on: mx1"}},
	{"tls", []string{"fault: tls.certificate, on: mx2-mx1"}},
	{"imap", []string{"fault: imap.slow, on: outside-store1", "fault: imap.bye, on: outside-store1"}},
	{"pop3", []string{"fault: pop3.slow, on: store1"}},
	{"cert", []string{"fault: cert.expired, on: mx1", "fault: cert.rotated-wrong, on: store1"}},
	{"cred", []string{"fault: cred.revoked, on: store1"}},
	{"config", []string{"fault: config.bad-reload, on: mx1"}},
	{"lmtp", []string{"fault: lmtp.reply, on: mx1-store1", "fault: lmtp.stall, on: mx1-store1"}},
	{"dep", []string{"fault: dep.directory, on: mx1-dir1, with: {effect: empty}", "fault: dep.directory, on: mx1-dir1, with: {effect: slow}"}},
	{"storage", []string{"fault: storage.full, on: store1", "fault: storage.slow, on: store1", "fault: storage.io-error, on: store1", "fault: storage.unmounted, on: store1"}},
	{"load", []string{"fault: load.connection-flood, on: mx1, with: {sessions: 10}", "fault: load.slow-senders, on: mx1, with: {sessions: 5}"}},
}

// victim is what dies while faults are at their positions.
type victim struct {
	name   string
	strike func(*testing.T, *actor, int)
	// goesOn: the run ends by itself, in one of these ways.
	goesOn bool
	codes  []int
}

var victims = []victim{
	{"maildrill", func(t *testing.T, a *actor, _ int) { must(t, a.Process.Kill()) }, false, nil},
	{"keeper", func(t *testing.T, a *actor, _ int) { slay(t, a.run()+".keeper") }, true, []int{5, exitDefect}},
	{"holder", func(t *testing.T, a *actor, round int) { slay(t, a.run()+"-"+held[round%len(held)]+".net") }, true, []int{5, exitDefect}},
	{"target", func(t *testing.T, a *actor, _ int) { startAnew(t, a.run()) }, true, []int{0, 1, 3}},
}

// held are the nodes whose network a holder keeps; targets those that can be
// started anew.
var held, targets = []string{"mx1", "store1", "mx2"}, []string{"mx1", "mx2", "store1", "dir1"}

// TestReversalDocker kills what a run rests on while a fault of each family is
// at each position of its journal, and demands that the host is as it was:
// nothing of the run is left, and what was there before was not touched.
//
// Each round puts its families at other positions, until each was at all of them.
// MAILDRILL_TEST_FULL plays all rounds, else MAILDRILL_TEST_ROUND says which one.
func TestReversalDocker(t *testing.T) {
	program(t)
	complete(t)
	plantBystanders(t)
	for _, round := range rounds(t) {
		for _, v := range victims {
			t.Run(fmt.Sprintf("%s, round %d", v.name, round), func(t *testing.T) { reverses(t, v, round) })
		}
	}
}

// complete: every family of the catalogue has a line.
func complete(t *testing.T) {
	known := map[string]bool{}
	for _, f := range families {
		known[f.name] = true
	}
	for _, k := range faults.Catalogue {
		if name, _, _ := strings.Cut(k.ID, "."); !known[name] && name != "site" {
			t.Errorf("the family of %s is not reversed here: give it a line in the table", k.ID)
			known[name] = true
		}
	}
}

func rounds(t *testing.T) (all []int) {
	if os.Getenv("MAILDRILL_TEST_FULL") == "" {
		n, err := strconv.Atoi("0" + os.Getenv("MAILDRILL_TEST_ROUND"))
		must(t, err)
		return []int{n}
	}
	for n := range len(positions) * len(casts(t)) {
		all = append(all, n)
	}
	return all
}

func reverses(t *testing.T, v victim, round int) {
	before := hostState(t)
	a := enter(t, round)
	a.arrived(t)
	v.strike(t, a, round)
	a.resume()
	t.Logf("maildrill ended: %v", a.ended(t))
	unchanged(t, leaseAndWork, before, func() string { return hostState(t) })
	a.wasThere(t)
	if v.goesOn {
		mustEnd(t, a.ProcessState.ExitCode(), v.codes)
	}
}

func mustEnd(t *testing.T, code int, valid []int) {
	t.Helper()
	for _, c := range valid {
		if c == code {
			return
		}
	}
	t.Errorf("the run ended with exit code %d, want one of %v", code, valid)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lease is that of the runs under test.
const lease = 3 * time.Second
