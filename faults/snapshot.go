package faults

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Snapshotter shows what is held for a node, as text that can be compared: taken
// before a fault and after it, the two are equal.
type Snapshotter interface {
	// Snapshot gives "nft", "qdisc", "route", "address" and "link" of the node's
	// network, "mount", "limit" and "rlimit" of its server, and "rule", what its
	// keeper has been told. A node that is down has less. What moves by itself,
	// counters and time-outs, is left out.
	Snapshot(context.Context) (Snapshot, error)
}

// Snapshot is what is held for a node, by item.
type Snapshot map[string]Held

// Held is one item of a snapshot, a line for each thing.
type Held struct {
	// Of tells what it is held by, for instance which network namespace: that of
	// another is not compared.
	Of   string `json:"of,omitempty"`
	Text string `json:"text"`
}

// Residue lists what is different afterwards, item by item; nothing: the two are
// equal.
func (s Snapshot) Residue(after Snapshot) (found []string) {
	for _, item := range slices.Sorted(maps.Keys(s)) {
		now, ok := after[item]
		if before := s[item]; ok && now.Of == before.Of && now.Text != before.Text {
			found = append(found, item+": "+before.differs(now))
		}
	}
	return found
}

func (h Held) differs(now Held) string {
	before, after := strings.Split(h.Text, "\n"), strings.Split(now.Text, "\n")
	var words []string
	if extra := without(after, before); len(extra) > 0 {
		words = append(words, "new: "+briefly(extra))
	}
	if lost := without(before, after); len(lost) > 0 {
		words = append(words, "missing: "+briefly(lost))
	}
	if len(words) == 0 {
		words = []string{"another order"}
	}
	return strings.Join(words, "; ")
}

// without are the lines that the others do not have as often.
func without(lines, others []string) []string {
	left := slices.Clone(others)
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
		i := slices.Index(left, l)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i >= 0 || l == ""
	})
}

// briefly is as much of some lines as a line of a report holds.
func briefly(lines []string) string {
	const most, longest = 3, 160
	var words []string
	for _, l := range lines[:min(len(lines), most)] {
		words = append(words, l[:min(len(l), longest)])
	}
	if n := len(lines) - most; n > 0 {
		words = append(words, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(words, ", ")
}
