package chronicle

import (
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// finality knows which entries are the final reading of their mailbox. An
// account that read exactly as in an earlier scan stands: its entries are those
// of that scan.
type finality struct {
	scan     uint16 // the last one; 0: there was none
	standing map[place]uint16
	stores   []string

	last whereabout // of the entry before: those of one account come together
}

// place is one account at one store.
type place struct{ store, account string }

// whereabout is one reading of one place.
type whereabout struct {
	place
	scan  uint16
	view  uint8 // number of scan and store: copies are told apart within one
	final bool
}

func newFinality(last ledger.ScanResult) finality {
	f := finality{scan: uint16(last.Scan), standing: map[place]uint16{}}
	for _, s := range last.Standing {
		f.standing[place{s.Store, s.Account}] = uint16(s.Scan)
	}
	return f
}

func (f *finality) at(e *ledger.Entry) whereabout {
	account, _, _ := strings.Cut(e.Mailbox, "/")
	if l := f.last; l.scan == e.Scan && l.account == account && l.store == e.Node && l.account != "" {
		return l
	}
	p := place{e.Node, account}
	scan, stands := f.standing[p]
	if !stands {
		scan = f.scan
	}
	store := slices.Index(f.stores, e.Node)
	if store < 0 {
		store = len(f.stores)
		f.stores = append(f.stores, strings.Clone(e.Node))
	}
	f.last = whereabout{place: p, scan: e.Scan, view: uint8(e.Scan%4<<4) | uint8(store%16), final: scan == e.Scan && scan != 0}
	return f.last
}
