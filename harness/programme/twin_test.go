package programme

import (
	"os"
	"testing"
)

// TestTheTwinIsOverdue: the same was done, and of two programmes that differ in
// one date one has an item that is overdue.
func TestTheTwinIsOverdue(t *testing.T) {
	for file, want := range map[string]State{"../../scenarios/library/programmes/mail-year.yaml": Fresh, "testdata/mail-year-forgotten.yaml": Overdue} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := loaded(t, file, string(src))
		done := []Evidence{passed(t, "store-disk-lost-restored", "2027-02-12 02:30"), passed(t, "backup-mx-takes-over", "2027-02-15 10:00")}
		for _, name := range p.Names("smoke") {
			done = append(done, passed(t, name, "2027-03-08 02:00"))
		}
		for _, s := range p.Status(done, nil, at(t, "2027-03-10 12:00")) {
			switch {
			case s.Item == "restore" && s.State != want:
				t.Errorf("%s: restore is %s (%s), want %s", file, s.State, s.Why, want)
			case s.Item != "restore" && s.State != Fresh && s.State != Never:
				t.Errorf("%s: %s is %s (%s)", file, s.Item, s.State, s.Why)
			}
		}
	}
}
