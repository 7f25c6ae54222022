package calibrate

import (
	"os"
	"strings"
	"testing"
)

func TestQuick(t *testing.T) {
	c, err := Run(t.Context(), Options{Seed: 1, Only: strings.Fields(os.Getenv("ONLY")), Dir: t.TempDir(), Progress: func(s string) { t.Log(s) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Rows {
		t.Logf("%s %-8s %4d cases %6.2f s %s %v", r.ID, r.Result, r.Cases, r.Seconds, r.Reason, r.Figures)
	}
	for _, m := range c.Mutants {
		t.Logf("%-24s caught by %-8s %.200s", m.Name, m.CaughtBy, m.Reason)
	}
	t.Log(c.Summary)
	if !c.Passed {
		t.Error("not passed")
	}
}
