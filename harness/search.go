package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/topology"
)

const (
	searchMost  = 256 // copies that are looked for
	searchLimit = 2 * time.Minute
)

// search looks for copies that no mailbox shows in the files of every volume:
// what is on a disk is hidden, what is not is proven lost.
func (r *run) search(ctx context.Context) {
	absent, err := r.absent()
	if err != nil {
		r.fail(fmt.Errorf("list the missing copies: %w", err))
		return
	}
	if len(absent) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, searchLimit)
	defer cancel()
	for _, node := range searched(r.plan.Topology) {
		if err := r.searchNode(ctx, node, absent); err != nil {
			r.events.append(ledger.Note, "", node, ledger.Ending{How: "search", Why: err.Error()})
		}
	}
}

// absent reads the history so far.
func (r *run) absent() ([]ledger.Copy, error) {
	if err := r.ledger.Sync(); err != nil {
		return nil, err
	}
	events, err := ledger.ReadEvents(r.cfg.Folder.Events())
	if err != nil && !errors.Is(err, ledger.ErrTornEvents) {
		return nil, err
	}
	reader, err := ledger.Open(r.cfg.Folder.Ledger())
	if err != nil {
		return nil, err
	}
	absent, _, err := measure.Absent(measure.History{Events: events, Ledger: reader}, searchMost)
	return absent, err
}

// searched names the nodes whose files are looked through: those that keep
// something.
func searched(t topology.Topology) []string {
	var names []string
	for _, n := range t.Nodes {
		if len(n.Volumes) > 0 {
			names = append(names, n.Name)
		}
	}
	return names
}

func (r *run) searchNode(ctx context.Context, name string, absent []ledger.Copy) error {
	instance, _ := r.system.Instance(name)
	searcher, ok := instance.(topology.Searcher)
	if !ok {
		return nil
	}
	texts := make([]string, len(absent))
	for i, c := range absent {
		texts[i] = r.key.Encode(identity.Token{Run: r.key.Run, Stream: c.Stream, Seq: c.Seq})
	}
	found, err := searcher.Search(ctx, texts)
	if err != nil {
		return fmt.Errorf("search the volumes of %s: %w", name, err)
	}
	at := r.clock()
	entries := make([]ledger.Entry, len(absent))
	for i, c := range absent {
		entries[i] = ledger.Entry{Kind: ledger.Raw, Copy: c, Start: at, End: at, Node: name, Detail: found[texts[i]]}
	}
	return r.ledger.Record(entries...)
}
