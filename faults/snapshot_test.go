package faults_test

import (
	"slices"
	"testing"

	"maildrill/faults"
)

// TestResidue: what differs is told line by line, and what cannot be compared is
// not.
func TestResidue(t *testing.T) {
	held := func(of, text string) faults.Snapshot { return faults.Snapshot{"nft": {Of: of, Text: text}} }
	for name, c := range map[string]struct {
		before, after faults.Snapshot
		want          []string
	}{
		"equal":             {held("a", "one\ntwo"), held("a", "one\ntwo"), nil},
		"another namespace": {held("a", "one"), held("b", "two"), nil},
		"the node is down":  {held("a", "one"), faults.Snapshot{}, nil},
		"more":              {held("a", "one"), held("a", "one\nthree"), []string{"nft: new: three"}},
		"the same twice":    {held("a", "one"), held("a", "one\none"), []string{"nft: new: one"}},
		"less":              {held("a", "one"), held("a", ""), []string{"nft: missing: one"}},
		"changed":           {held("a", "one\ntwo"), held("a", "three\ntwo"), []string{"nft: new: three; missing: one"}},
		"another order":     {held("a", "one\ntwo"), held("a", "two\none"), []string{"nft: another order"}},
		"many":              {held("a", ""), held("a", "1\n2\n3\n4\n5"), []string{"nft: new: 1, 2, 3, and 2 more"}},
	} {
		if got := c.before.Residue(c.after); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
