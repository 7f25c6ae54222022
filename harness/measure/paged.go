package measure

import (
	"cmp"
	"slices"

	"maildrill/harness/ledger"
)

const (
	pageBits = 14
	pageSize = 1 << pageBits
)

// paged is one value for each copy, in pages: by recipient index, then by
// sequence number. Pages, because an array that grows is for a moment in memory
// three times, and because numbers may begin anywhere.
type paged[T any] struct {
	pages map[pageKey]*[pageSize]T
	order []pageKey
	last  pageKey // of the last look-up: neighbours come together
	at    *[pageSize]T
}

type pageKey struct {
	number uint32 // sequence number without its low bits
	rcpt   uint16
}

// get finds the value of a copy; nil: its page was never begun.
func (p *paged[T]) get(k ledger.Copy) *T {
	key := pageKey{k.Seq >> pageBits, k.Rcpt}
	if p.at == nil || p.last != key {
		page := p.pages[key]
		if page == nil {
			return nil
		}
		p.last, p.at = key, page
	}
	return &p.at[k.Seq%pageSize]
}

// put finds the value of a copy, and begins its page if there is none.
func (p *paged[T]) put(k ledger.Copy) *T {
	if v := p.get(k); v != nil {
		return v
	}
	if p.pages == nil {
		p.pages = map[pageKey]*[pageSize]T{}
	}
	key := pageKey{k.Seq >> pageBits, k.Rcpt}
	p.pages[key], p.order = new([pageSize]T), append(p.order, key)
	return p.get(k)
}

// all visits every value of every page, in the order of sequence numbers, and
// of recipients within a message.
func (p *paged[T]) all(visit func(ledger.Copy, *T)) {
	slices.SortFunc(p.order, func(a, b pageKey) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.rcpt, b.rcpt))
	})
	for from := 0; from < len(p.order); {
		to := from
		for to < len(p.order) && p.order[to].number == p.order[from].number {
			to++
		}
		p.rows(p.order[from:to], visit)
		from = to
	}
}

// rows visits pages that share their numbers.
func (p *paged[T]) rows(keys []pageKey, visit func(ledger.Copy, *T)) {
	for low := range uint32(pageSize) {
		for _, key := range keys {
			visit(ledger.Copy{Seq: key.number<<pageBits | low, Rcpt: key.rcpt}, &p.pages[key][low])
		}
	}
}
