package programme

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// broken lists which rules the dates of a plan do not keep.
func broken(p *Plan, all []Occurrence) (wrong []string) {
	seen := map[Key]bool{}
	last := map[string]Occurrence{}
	for _, o := range all {
		say := func(format string, args ...any) {
			wrong = append(wrong, fmt.Sprintf("%s %s: ", o.Item, o.Planned)+fmt.Sprintf(format, args...))
		}
		if seen[o.Key()] {
			say("is there twice")
		}
		seen[o.Key()] = true
		if o.Skipped != "" {
			continue
		}
		if _, why := p.barred(o.Start); why != "" {
			say("starts at %s, in %s", o.Start, why)
		}
		if o.Window == nil && o.Start.Before(o.planned) || o.Window != nil && (o.Start.Before(o.Window.From) || !o.Start.Before(o.Window.To)) {
			say("starts at %s, before it was planned or out of its window", o.Start)
		}
		if moved := !o.Start.Equal(o.planned); o.Window == nil && moved != (len(o.Moved) > 0) {
			say("was moved without a word")
		}
		if !o.Overdue.After(o.Start) {
			say("is overdue at %s, before it starts", o.Overdue)
		}
		if before, ok := last[o.Item]; ok && o.Start.Before(before.Start) {
			say("comes before the one before")
		}
		last[o.Item] = o
	}
	return wrong
}

// TestDatesKeepTheRules: of programmes with quiet hours and freezes at random, in
// zones whose clocks change.
func TestDatesKeepTheRules(t *testing.T) {
	rng := rand.New(rand.NewPCG(27, 1))
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "UTC"}
	for n := range 120 {
		var more strings.Builder
		fmt.Fprintf(&more, "seed: %d\nquiet:\n", n)
		for range 1 + rng.IntN(3) {
			from := rng.IntN(24 * 60)
			to := (from + 1 + rng.IntN(11*60)) % (24 * 60)
			fmt.Fprintf(&more, "  - {days: [%s], from: \"%02d:%02d\", to: \"%02d:%02d\"}\n", []string{"mon, tue", "sat, sun", "wed"}[rng.IntN(3)], from/60, from%60, to/60, to%60)
		}
		more.WriteString("freezes:\n")
		for i := range 3 {
			from := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rng.IntN(360))
			fmt.Fprintf(&more, "  - {name: f%d, from: %s, until: %s}\n", i, from.Format(time.DateOnly), from.AddDate(0, 0, rng.IntN(20)).Format(time.DateOnly))
		}
		p := planIn(t, zones[rng.IntN(len(zones))], more.String(),
			fmt.Sprintf(`id: cron, drill: single-server-crash, cron: "%d %d * * %d"`, rng.IntN(60), rng.IntN(24), rng.IntN(7)),
			fmt.Sprintf(`id: daily, drill: single-server-crash, cron: "%d 2 * * *"`, rng.IntN(60)),
			fmt.Sprintf(`id: months, drill: single-server-crash, every: {months: %d, day: %d, at: "%02d:30"}`, 1+rng.IntN(6), 1+rng.IntN(31), rng.IntN(24)),
			fmt.Sprintf(`id: drawn, drill: single-server-crash, every: {months: 1, day: %d, at: "00:00"}, unannounced: {window_days: %d, from: "02:00", to: "03:00"}`, 1+rng.IntN(28), 1+rng.IntN(20)))
		for _, wrong := range broken(p, p.all) {
			t.Errorf("programme %d in %s: %s\n%s", n, p.zone, wrong, more.String())
		}
	}
}

// TestBrokenRulesAreFound: each, planted.
func TestBrokenRulesAreFound(t *testing.T) {
	for want, spoil := range map[string]func(all []Occurrence){
		"is there twice":              func(all []Occurrence) { all[1].Planned = all[0].Planned },
		"in quiet hours":              func(all []Occurrence) { all[0].Start = all[0].Start.Add(20 * time.Hour) },
		"before it was planned":       func(all []Occurrence) { all[0].Start = all[0].Start.Add(-time.Hour) },
		"was moved without a word":    func(all []Occurrence) { all[0].Start = all[0].Start.Add(time.Hour) },
		"before it starts":            func(all []Occurrence) { all[0].Overdue = all[0].planned },
		"comes before the one before": func(all []Occurrence) { all[0].Start = all[0].Start.AddDate(0, 0, 8) },
	} {
		p := planOf(t, `quiet: [{from: "22:00", to: "02:00"}]`, `id: a, drill: single-server-crash, cron: "0 3 * * 1"`)
		if wrong := broken(p, p.all); len(wrong) > 0 {
			t.Fatal(wrong)
		}
		spoil(p.all)
		if got := strings.Join(broken(p, p.all), "\n"); !strings.Contains(got, want) {
			t.Errorf("%q is not found, but %q", want, got)
		}
	}
}
