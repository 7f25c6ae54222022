package faults_test

import (
	"errors"
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
		for _, id := range o.IDs {
			var why faults.Omission
			if _, err := faults.Lookup(id); !errors.As(err, &why) || why.Name != o.Name {
				t.Errorf("%s is left out, and one who asks for it hears %v", id, err)
			}
		}
		if o.Name == "" || o.Reason == "" {
			t.Errorf("%+v is not whole", o)
		}
	}
}
