package docker_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"maildrill/harness/docker/testdata/scanmain/scan"
	"maildrill/harness/ledger"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestScanReadsPastFilesThatDovecotCannot: Dovecot 2.3 ends the connection where
// a file is shorter than the size in its name ("Cached message size larger than
// expected", "FETCH read() failed"), as a power cut leaves one that was not forced
// to the disk. All other mail is read, and each such file is told by its UID, in
// every scan.
func TestScanReadsPastFilesThatDovecotCannot(t *testing.T) {
	cli := needEngine(t)
	top, run := runtimetest.Topology(), runID()
	s := up(t, cli, top, topology.Options{RunID: run, Faulted: []string{"store1"}})
	account := top.Accounts[0]
	archive, in := io.Pipe()
	go func() { in.CloseWithError(scan.Maildir(in, account, 12, 2048)) }()
	must(t, cli.CopyToContainer(t.Context(), "maildrill-"+run+"-store1", "/srv/mail", archive, container.CopyToContainerOptions{}))
	var p sheet
	scanner := probe.Scanner{Dialer: s, Stores: []string{"store1"}, Accounts: []topology.Account{account}, Key: scan.Key, Recorder: &p,
		Clock: func() time.Duration { return 0 }}
	if first := scanned(t, &scanner, 1); first.Messages != 12 || slices.ContainsFunc(p.all, unreadable) {
		t.Fatalf("before: %+v, %+v", first, p.all)
	}

	out, err := instance(t, s, "store1").Exec(t.Context(), []string{"sh", "-c", "cd /srv/mail/" + account.User +
		"/Maildir/cur && truncate -s 0 *M2P7* && truncate -s 1000 *M7P7* && truncate -s 0 *M11P7*"})
	if err != nil || out.Code != 0 {
		t.Fatalf("damage files: %+v, %v", out, err)
	}
	p.all = nil
	second := scanned(t, &scanner, 2)
	var uids []uint32
	for _, e := range p.all {
		if unreadable(e) {
			uids = append(uids, e.UID)
		} else if e.Integrity != ledger.Intact {
			t.Errorf("%+v", e)
		}
	}
	if want := []uint32{2, 7, 11}; !slices.Equal(uids, want) || second.Messages != 12 {
		t.Errorf("unreadable are %d, want %d; %+v", uids, want, second)
	}
	if third := scanned(t, &scanner, 3); third.Digest != second.Digest || len(third.Standing) != 1 {
		t.Errorf("the same mail gave another digest: %+v, %+v", second, third)
	}
}

func unreadable(e ledger.Entry) bool { return e.Foreign == "unreadable" }

func scanned(t *testing.T, s *probe.Scanner, n int) ledger.ScanResult {
	t.Helper()
	began := time.Now()
	r, err := s.Scan(t.Context(), n)
	if err != nil || len(r.Unread) > 0 {
		t.Errorf("scan %d: %+v, %v", n, r, err)
	}
	t.Logf("scan %d took %v", n, time.Since(began).Round(time.Millisecond))
	return r
}

// sheet is a ledger.Recorder that keeps entries in memory.
type sheet struct{ all []ledger.Entry }

func (s *sheet) Intend(e ...ledger.Entry) error { return s.Record(e...) }

func (s *sheet) Record(e ...ledger.Entry) error {
	s.all = append(s.all, e...)
	return nil
}
