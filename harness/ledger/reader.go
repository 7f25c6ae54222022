package ledger

import (
	"fmt"
	"path/filepath"
	"slices"
)

// Reader is the read side of a ledger. It is used by one goroutine at a time.
type Reader struct {
	segments []string // paths, in the order written
	terse    []Kind
	torn     string
}

// Terse leaves Detail and Hops out of the entries of some kinds from now on. The
// replies to accepted copies, each with a queue id of its own, are half of the
// work of reading a ledger, and most of the garbage.
func (r *Reader) Terse(kinds ...Kind) { r.terse = kinds }

// Open opens the ledger of a folder. Nothing is read yet.
func Open(dir string) (*Reader, error) {
	segments, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil || len(segments) == 0 {
		return nil, fmt.Errorf("open the ledger: no segment in %s", dir)
	}
	slices.Sort(segments)
	for i, path := range segments {
		if filepath.Base(path) != segmentName(i+1) {
			return nil, fmt.Errorf("open the ledger: %s is missing in %s", segmentName(i+1), dir)
		}
	}
	return &Reader{segments: segments}, nil
}

// Torn says where the ledger stopped being readable; empty if it is whole. It
// is known after Each has come to the end.
func (r *Reader) Torn() string { return r.torn }

// Each calls f for every entry in the order written. What follows the first
// broken block is not read; Torn tells. Kinds that a later version has added are
// handed on too, with those of their fields that this version knows: whoever
// judges must not pass over what it does not understand.
//
// The texts of an entry are pieces of larger ones: clone what is kept for long.
func (r *Reader) Each(f func(Entry) error) error { return r.EachOf(nil, f) }

// EachOf is Each for some kinds only (nil: all). The others are not decoded,
// which saves most of the time.
func (r *Reader) EachOf(kinds []Kind, f func(Entry) error) error {
	r.torn = ""
	a := newAhead(r.segments, decoder{wanted: kinds, terse: r.terse})
	go a.run()
	defer a.end()
	var entries rows
	for p := range a.decoded {
		if err := entries.each(p, f); err != nil {
			return err
		}
		a.spare <- p
	}
	r.torn = a.torn
	return a.err
}

// EachOf calls f for every entry of the given kinds (nil: all), in the order
// written. It saves time if the scanner knows how, as a [Reader] does.
func EachOf(s Scanner, kinds []Kind, f func(Entry) error) error {
	type selective interface {
		EachOf([]Kind, func(Entry) error) error
	}
	if s, ok := s.(selective); ok {
		return s.EachOf(kinds, f)
	}
	return s.Each(func(e Entry) error {
		if kinds != nil && !slices.Contains(kinds, e.Kind) {
			return nil
		}
		return f(e)
	})
}
