package harness

import (
	"slices"
	"strings"
	"sync"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// annotator stands before the ledger. It turns the host names that clients
// work with into the names of nodes, and remembers which address has which
// place among the recipients of a message, for those who find it in a queue.
type annotator struct {
	ledger.Recorder
	hosts map[string]string

	mu         sync.Mutex
	recipients map[uint32][]string // by sequence number; only messages with several
	bounced    int
}

func newAnnotator(r ledger.Recorder, t topology.Topology) *annotator {
	a := &annotator{Recorder: r, hosts: map[string]string{}, recipients: map[uint32][]string{}}
	for _, n := range t.Nodes {
		a.hosts[n.Host] = n.Name
	}
	return a
}

// Record implements ledger.Recorder.
func (a *annotator) Record(entries ...ledger.Entry) error {
	return a.Recorder.Record(a.annotate(entries)...)
}

// Intend implements ledger.Recorder.
func (a *annotator) Intend(entries ...ledger.Entry) error {
	return a.Recorder.Intend(a.annotate(entries)...)
}

func (a *annotator) annotate(entries []ledger.Entry) []ledger.Entry {
	for i, e := range entries {
		if name, ok := a.hosts[strings.TrimSuffix(e.Node, ".")]; ok {
			entries[i].Node = name
		}
		if e.Kind == ledger.Intent && e.Copy.Stream == ledger.StreamWorkload {
			a.remember(e)
		}
		if e.Kind == ledger.Notified && e.Copy.Stream == ledger.StreamWorkload {
			a.bounce()
		}
	}
	return entries
}

func (a *annotator) remember(e ledger.Entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.recipients[e.Copy.Seq]
	if e.Copy.Rcpt > 0 || list != nil {
		list = slices.Grow(list, int(e.Copy.Rcpt)+1-len(list))[:max(len(list), int(e.Copy.Rcpt)+1)]
		list[e.Copy.Rcpt] = e.Detail
		a.recipients[e.Copy.Seq] = list
	}
}

func (a *annotator) bounce() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bounced++
}

// notified counts the bounces of the workload's copies so far.
func (a *annotator) notified() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bounced
}

// index is the place of an address among the recipients; 0 if there is one.
func (a *annotator) index(t identity.Token, address string) uint16 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return uint16(max(0, slices.Index(a.recipients[t.Seq], address)))
}
