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
// what is on a disk is hidden, what is not is proven lost. A message that the
// instrument has put into a mailbox itself is looked for too: a search that does
// not find it has seen nothing.
func (r *run) search(ctx context.Context, control identity.Token) {
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
	var entries []ledger.Entry
	proven := false
	for _, node := range r.plan.Searched() {
		found, ok, err := r.searchNode(ctx, node, append(r.tokens(absent), r.key.Encode(control)))
		if err != nil {
			r.events.append(ledger.Note, "", node, ledger.Ending{How: "search", Why: err.Error()})
		}
		if ok {
			proven = proven || found[r.key.Encode(control)] != ""
			entries = append(entries, r.raw(node, absent, found)...)
		}
	}
	if !proven {
		return
	}
	if err := r.ledger.Record(entries...); err != nil {
		r.fail(err)
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

// searchNode looks through one node's files; ok: it could be done.
func (r *run) searchNode(ctx context.Context, name string, texts []string) (found map[string]string, ok bool, err error) {
	instance, _ := r.system.Instance(name)
	searcher, ok := instance.(topology.Searcher)
	if !ok {
		return nil, false, nil
	}
	if found, err = searcher.Search(ctx, texts); err != nil {
		return nil, false, fmt.Errorf("search the volumes of %s: %w", name, err)
	}
	return found, true, nil
}

// tokens are the texts that name copies, wherever they are.
func (r *run) tokens(copies []ledger.Copy) []string {
	texts := make([]string, len(copies))
	for i, c := range copies {
		texts[i] = r.key.Encode(identity.Token{Run: r.key.Run, Stream: c.Stream, Seq: c.Seq})
	}
	return texts
}

func (r *run) raw(node string, absent []ledger.Copy, found map[string]string) []ledger.Entry {
	at := r.clock()
	entries := make([]ledger.Entry, len(absent))
	for i, text := range r.tokens(absent) {
		entries[i] = ledger.Entry{Kind: ledger.Raw, Copy: absent[i], Start: at, End: at, Node: node, Detail: found[text]}
	}
	return entries
}
