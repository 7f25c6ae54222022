package faults

import "testing"

// Every fault of a peer has an equal that is in the catalogue, or a reason.
func TestParityNamesKindsThatAreThere(t *testing.T) {
	for _, p := range peers {
		for _, f := range p.faults {
			if len(f.ours) == 0 && f.why == "" {
				t.Errorf("%s %s: neither an equal nor a reason", p.tool, f.fault)
			}
			for _, id := range f.ours {
				if _, err := Lookup(id); err != nil {
					t.Errorf("%s %s: %v", p.tool, f.fault, err)
				}
			}
		}
	}
}
