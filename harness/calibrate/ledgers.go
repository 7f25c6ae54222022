package calibrate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// torn cuts and flips the ledger of a run that lost mail: it never passes, and
// nothing is called lost that was not.
func torn(b *Bench) {
	t := newTape(sample)
	t.lies = every(some, topology.Lie{Drop: true})
	truth := map[uint32]bool{}
	for _, s := range some {
		truth[s] = true
	}
	dir, err := os.MkdirTemp(b.Dir, "torn")
	if err != nil {
		b.Case("a scratch folder", err)
		return
	}
	h := t.history()
	if _, err := export(h, t.entries, dir); err != nil {
		b.Case("a ledger on disk", err)
		return
	}
	path := filepath.Join(dir, "ledger", "000001.seg")
	whole, err := os.ReadFile(path)
	if err != nil {
		b.Case("a ledger on disk", err)
		return
	}
	r := b.rand("torn")
	judge := func(name string, text []byte) {
		if b.done() {
			return
		}
		b.Case(name, errors.Join(os.WriteFile(path, text, 0o600), b.harmless(dir, truth)))
	}
	for range b.pick(40, 300) {
		at := r.IntN(len(whole))
		judge(fmt.Sprintf("cut at byte %d", at), whole[:at])
		bit := r.IntN(8 * len(whole))
		flipped := append([]byte(nil), whole...)
		flipped[bit/8] ^= 1 << (bit % 8)
		judge(fmt.Sprintf("bit %d flipped", bit), flipped)
	}
	judge("zeros at the end", append(append([]byte(nil), whole...), make([]byte, 4096)...))
}

// harmless judges a damaged folder of a run that lost exactly the copies named.
func (b *Bench) harmless(dir string, truth map[uint32]bool) error {
	h, err := reopen(dir)
	if err != nil {
		return nil // refused is not passed
	}
	r, err := b.Judge(h)
	switch {
	case err != nil:
		return nil
	case r.Verdict == record.Passed:
		return errors.New("passed with a damaged ledger")
	}
	return onlyTrue(r, truth)
}

// onlyTrue: no copy is called lost that was not.
func onlyTrue(r record.Record, truth map[uint32]bool) error {
	for _, p := range r.Problems {
		if p.Class != "lost" {
			continue
		}
		for _, seq := range parse(p.Seqs) {
			if !truth[seq] {
				return fmt.Errorf("copy %d is called lost and was not", seq)
			}
		}
	}
	return nil
}

// parse reads "3 17-21 40".
func parse(text string) (all []uint32) {
	for _, word := range strings.Fields(text) {
		var low, high uint32
		if n, _ := fmt.Sscanf(word, "%d-%d", &low, &high); n == 1 {
			high = low
		}
		for s := low; s <= high; s++ {
			all = append(all, s)
		}
	}
	return all
}

// entriesOf reads a whole ledger.
func entriesOf(s ledger.Scanner) (all []ledger.Entry, err error) {
	err = s.Each(func(e ledger.Entry) error { all = append(all, e); return nil })
	return all, err
}
