package workload

import (
	"slices"

	"maildrill/harness/esmtp"
)

// Views of the sender: both start from the same mail, and only the way differs.
const (
	ViewDirect   = "direct"    // at the mail exchangers, as the driver finds them
	ViewViaRelay = "via_relay" // by a real, retrying server outside the fault domain
)

// relayed tells whether a message goes through the relay: the views take turns,
// so that each sees an equal share of all load.
func (c Config) relayed(seq uint32) bool {
	return len(c.Views) > 0 && c.Views[int(seq)%len(c.Views)] == ViewViaRelay
}

// wrongViews says why the views cannot be had; empty: they can.
func (c Config) wrongViews() string {
	switch known := []string{ViewDirect, ViewViaRelay}; {
	case len(c.Views) == 0:
		return ""
	case c.Entry != EntryMX:
		return "views need entry mx"
	case slices.ContainsFunc(c.Views, func(v string) bool { return !slices.Contains(known, v) }):
		return "unknown view"
	case slices.Contains(c.Views, ViewViaRelay) && c.RelayNode == "":
		return "view via_relay needs a relay"
	}
	return ""
}

// replying counts copies whose terminator was written and whose reply was not
// read yet: a fault that comes now makes them indeterminate.
func (t *tally) replying(copies int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n.Replying += copies
}

// open counts the recipients that the reply will decide.
func open(ends []esmtp.Ending) (n int) {
	for i := range ends {
		if !ends[i].Ended() {
			n++
		}
	}
	return n
}
