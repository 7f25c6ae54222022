package planning

import (
	"slices"
	"strings"
	"testing"

	"maildrill/faults"
)

// TestEffectsAreThoseOfTheCatalogue finds words for a choice that no fault has: the
// documentation of the parameter names each.
func TestEffectsAreThoseOfTheCatalogue(t *testing.T) {
	for key := range effects {
		id, choice, _ := strings.Cut(key, " ")
		kind, err := faults.Lookup(id)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		found := false
		for _, p := range kind.Params {
			found = found || slices.Contains(choices, p.Name) && strings.Contains(p.Doc, choice)
		}
		if !found {
			t.Errorf("%s: no parameter of %s chooses it", key, id)
		}
	}
}
