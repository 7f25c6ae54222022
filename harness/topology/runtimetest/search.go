package runtimetest

import (
	"errors"
	"fmt"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// rawSearch: what lies in a queue or in a store is found in its files, dead or
// alive, and what lies nowhere is not.
func rawSearch(k kit) {
	stored, waiting, nowhere := subject("raw-stored"), subject("raw-waiting"), subject("raw-nowhere")
	k.must(k.send(sender, reader, stored), "send")
	k.arrives(stored)
	k.must(node[faults.Killer](k, "store1").Kill(k.ctx, false), "kill store1")
	k.must(k.send(sender, reader, waiting), "send")
	k.queued(reader)
	texts := []string{stored, waiting, nowhere}
	k.holds("mx1", texts, waiting)
	k.holds("store1", texts, stored)
	k.must(node[faults.Killer](k, "mx1").Kill(k.ctx, false), "kill mx1")
	k.holds("mx1", texts, waiting)
	k.start("mx1", topology.SMTP, "220")
	k.start("store1", topology.IMAP, "* OK")
	k.arrives(waiting)
	k.emptied()
	k.holds("store1", texts, stored, waiting)
	if _, err := node[topology.Searcher](k, "mx1").Search(k.ctx, []string{""}); err == nil {
		k.Error("an empty text, which is everywhere, is searched for without an error")
	}
}

// holds waits until a search of the node finds exactly what is wanted. A queue
// may still hold for a moment what was delivered.
func (k kit) holds(name string, texts []string, want ...string) {
	k.Helper()
	k.eventually("search the files of "+name, func() error {
		found, err := node[topology.Searcher](k, name).Search(k.ctx, texts)
		missing := len(found) != len(want)
		for _, text := range want {
			missing = missing || found[text] == ""
		}
		if missing {
			err = errors.Join(err, fmt.Errorf("found %v, want %v", found, want))
		}
		return err
	})
}
