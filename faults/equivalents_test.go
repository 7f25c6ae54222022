package faults_test

import (
	"strings"
	"testing"

	"maildrill/faults"
)

// An equivalent points at kinds that exist; what is left out has none.
func TestWhatIsBesideTheCatalogue(t *testing.T) {
	for _, e := range faults.Equivalents {
		if e.Name == "" || e.How == "" || len(e.Kinds) == 0 {
			t.Errorf("%+v is not whole", e)
		}
		for _, id := range e.Kinds {
			kind(t, id)
		}
	}
	for _, o := range faults.LeftOut {
		id, _, _ := strings.Cut(o.Name, ":")
		if _, err := faults.Lookup(id); err == nil {
			t.Errorf("%s is left out and in the catalogue", id)
		}
		if o.Name == "" || o.Reason == "" {
			t.Errorf("%+v is not whole", o)
		}
	}
}
