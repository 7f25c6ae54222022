package reports

import (
	"bytes"
	"strings"
	"testing"

	"maildrill/harness/record"
)

// Every report shows the state of a fault, which way it was made, and what
// was asked against what was seen.
func TestFaultsShowHowTheyWereProven(t *testing.T) {
	r := passed()
	r.Faults[0].Targets, r.Faults[0].State = []string{"mx1-store1"}, "partial"
	r.Faults[0].By = []string{"tbf"}
	r.Faults[0].Measured = []record.Measured{
		{Target: "mx1-store1", What: "delay", Unit: "s", Asked: 0.1, Seen: 0.104, Within: true},
		{Target: "mx1-store1", What: "loss", Unit: "share", Asked: 0.2, Seen: 0.05},
	}
	r.Faults[0].Counted = map[string]uint64{"dropped": 57, "delayed": 3}
	r.Faults[0].LastSeen = at(33.25)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"terminal": func(b *bytes.Buffer) error { return Terminal(b, r, false, 200) },
		"markdown": func(b *bytes.Buffer) error { return of("markdown")(b, r) },
		"junit":    func(b *bytes.Buffer) error { return of("junit")(b, r) },
	} {
		var page bytes.Buffer
		if err := write(&page); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"mx1-store1", "partial", "by tbf", "delayed: 3; dropped: 57", "asked 0.1 s, seen 0.104 s", "asked 20 %, seen 5 %, NOT WITHIN", "last seen at 33.250 s"} {
			if !strings.Contains(strings.ReplaceAll(page.String(), `\-`, "-"), want) {
				t.Errorf("%s does not say %q:\n%s", name, want, page.String())
			}
		}
	}
}
