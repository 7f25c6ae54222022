package measure

import (
	"strings"

	"maildrill/harness/ledger"
)

// Causes of a second copy that no hop made.
const (
	causeStore   = "store"   // identical chains: made where the mail is kept
	causeSender  = "sender"  // two attempts of the driver that both arrived
	causeUnknown = "unknown" // the hops were not read
)

// causes attributes every duplicated copy of the drill's own mail to where its
// instances parted, and counts the surplus copies by cause.
func (v *survey) causes() map[string]int {
	found := map[string]int{}
	v.each(func(k ledger.Copy, s *state) {
		if n := v.rules.several(v.multiplicity(k, *s)); n > 0 && !s.has(planted|withdrawn) {
			found[cause(v.instances[k])] += n
		}
	})
	if len(found) == 0 {
		return nil
	}
	return found
}

// cause compares the Received chains (RFC 5321, section 4.4) of two instances
// out of one view. The hop where they fork is the one after which the reply was
// lost or came too late (RFC 1047): "mx1 -> store1".
func cause(all []instance) string {
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.view != b.view {
				continue
			}
			if a.attempt != b.attempt {
				return causeSender
			}
			return fork(chain(a.hops), chain(b.hops))
		}
	}
	return causeUnknown
}

// hop is a host and the id that it gave the message.
type hop struct{ host, id string }

// chain is the way of a copy, the oldest hop first.
func chain(hops string) []hop {
	var way []hop
	for _, text := range strings.Split(hops, ";") {
		host, id, _ := strings.Cut(strings.TrimSpace(text), " ")
		way = append([]hop{{host, id}}, way...)
	}
	return way
}

func fork(a, b []hop) string {
	from := "the sender"
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			if a[i].host != b[i].host {
				return from + " -> " + a[i].host + " and " + b[i].host
			}
			return from + " -> " + a[i].host
		}
		from = a[i].host
	}
	if len(a) != len(b) {
		return from + " -> another way"
	}
	return causeStore
}
