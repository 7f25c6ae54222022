package dossier

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// recovery are the times: of each service, and of all that goes with them.
func recovery(r record.Record) Section {
	s := Section{ID: "recovery", Title: "Recovery times"}
	services := serviceTable(r)
	if f := figure.Waterfall(r); f.Draw != nil {
		s.Blocks = append(s.Blocks, Picture{Figure: f, Wide: true, Caption: "From when the fault took effect. Thin ends are what the measurement is unsure by."})
	}
	if len(r.Services) > 0 {
		s.Blocks = append(s.Blocks, services)
	}
	if lines := words.Times(r); len(lines) > 0 {
		s.Blocks = append(s.Blocks, List{Items: lines})
	}
	if len(s.Blocks) > 0 {
		s.Blocks = append(s.Blocks, Paragraph{Text: carries(r)})
	}
	return s
}

// carries says what times under this clock are worth.
func carries(r record.Record) string {
	switch r.Clock {
	case "production":
		return "Measured under the production clock: the servers' own retry timers."
	case "drill":
		return words.Carry
	}
	return "The clock is not known: these times cannot be compared with others."
}

func serviceTable(r record.Record) Table {
	t := Table{ID: "services", Caption: "Services", Head: []Column{{Title: "service", Share: 1.5}, {Title: "probes", Right: true}, {Title: "failed", Right: true},
		{Title: "outage began", Share: 2}, {Title: "first success", Right: true, Share: 1.2}, {Title: "recovered in (" + words.Clock(r) + ")", Share: 2}, {Title: "by", Share: 1.2}}}
	for _, name := range slices.Sorted(maps.Keys(r.Services)) {
		t.Rows = append(t.Rows, serviceRows(name, r.Services[name])...)
	}
	return t
}

func serviceRows(name string, s record.Service) [][]Cell {
	head := []Cell{{Text: words.Plain(name), Mono: true}, {Text: fmt.Sprint(s.Probes)}, {Text: fmt.Sprint(s.Failed)}}
	none := func(text string, t Tone) [][]Cell {
		return [][]Cell{append(head, Cell{Text: text, Tone: t}, Cell{}, Cell{}, Cell{})}
	}
	switch {
	case s.Probes == 0:
		return none("not probed", Open)
	case len(s.Outages) == 0:
		return none("never gone", Good)
	}
	var rows [][]Cell
	for _, o := range s.Outages {
		first := "not seen"
		if o.FirstSuccess != nil {
			first = words.Exact(*o.FirstSuccess) + " s"
		}
		t := Neutral
		if o.RTA.High == nil {
			t = Bad
		}
		rows = append(rows, append(slices.Clone(head), Cell{Text: words.Moment(&o.Began)}, Cell{Text: first},
			Cell{Text: words.Moment(&o.RTA), Tone: t}, Cell{Text: words.Plain(o.Step)}))
	}
	return rows
}

// degraded is what the system could and could not do while the faults were on.
func degraded(r record.Record) Section {
	s := Section{ID: "degraded", Title: "While degraded", Folded: true}
	s.Blocks = securityBlocks(r)
	t := r.Times
	if t == nil {
		return s
	}
	if f := figure.LatencyBars(t.Latency); f.Draw != nil {
		twin := latencyTable(*t)
		s.Blocks = append(s.Blocks, Picture{Figure: f, Caption: "Time to be accepted, before, during and after the faults.", Twin: &twin})
	} else if len(t.Latency) > 0 {
		s.Blocks = append(s.Blocks, latencyTable(*t))
	}
	if len(t.Views) > 0 {
		s.Blocks = append(s.Blocks, viewTable(*t))
	}
	if len(t.Impact) > 0 {
		s.Blocks = append(s.Blocks, impactTable(*t))
	}
	if h := r.Host; h != nil {
		s.Blocks = append(s.Blocks, hostFacts(*h))
	}
	if r.Security == nil {
		s.Blocks = append(s.Blocks, Paragraph{Tone: Open, Text: "Security while degraded (encryption, authentication, no open relay) was not looked at: the objective `security` asks for it."})
	}
	return s
}

func latencyTable(t record.Times) Table {
	value := func(v *float64) Cell {
		if v == nil {
			return Cell{Text: "too few samples", Tone: Open}
		}
		return Cell{Text: words.Exact(*v) + " s"}
	}
	out := Table{Caption: "Time to be accepted", Head: []Column{{Title: "faults"}, {Title: "copies", Right: true}, {Title: "median", Right: true}, {Title: "p90", Right: true}, {Title: "p99", Right: true}, {Title: "longest", Right: true}}}
	for _, l := range t.Latency {
		out.Rows = append(out.Rows, []Cell{{Text: words.Plain(l.Phase)}, {Text: fmt.Sprint(l.Count)}, value(l.P50), value(l.P90), value(l.P99), {Text: words.Exact(l.Max) + " s"}})
	}
	return out
}

func viewTable(t record.Times) Table {
	out := Table{Caption: "What each kind of sender met", Head: []Column{{Title: "sender"}, {Title: "accepted", Right: true}, {Title: "rejected", Right: true}, {Title: "in doubt", Right: true},
		{Title: "never handed over", Right: true}, {Title: "lost", Right: true}, {Title: "late", Right: true, Share: 1.5}}}
	for _, v := range t.Views {
		out.Rows = append(out.Rows, []Cell{{Text: words.Plain(v.Name)}, {Text: fmt.Sprint(v.Accepted)}, {Text: fmt.Sprint(v.Rejected)}, {Text: fmt.Sprint(v.Indeterminate)},
			{Text: fmt.Sprint(v.NotAttempted)}, count(v.Lost, Bad), {Text: words.Interval(&v.Late, "copies")}})
	}
	return out
}

func impactTable(t record.Times) Table {
	out := Table{Caption: "What it meant for users", Head: []Column{{Title: "without"}, {Title: "services", Share: 1.5}, {Title: "users", Right: true}, {Title: "in all", Right: true, Share: 1.5}, {Title: "user-minutes", Right: true, Share: 1.5}}}
	for _, i := range t.Impact {
		out.Rows = append(out.Rows, []Cell{{Text: words.Plain(i.Class)}, {Text: words.List(i.Services), Mono: true}, {Text: fmt.Sprint(i.Users)},
			{Text: words.Moment(&i.Outage)}, {Text: strings.TrimSuffix(words.Interval(&i.UserMinutes, ""), " ")}})
	}
	return out
}

func hostFacts(h record.Host) Facts {
	share := func(s record.Spread) string {
		return fmt.Sprintf("%.0f %% on average, %.0f %% at most", 100*s.Mean, 100*s.Max)
	}
	facts := []Fact{{Name: "host", Value: fmt.Sprintf("%d CPUs, busy %s", h.CPUs, share(h.Busy))}, {Name: "maildrill itself", Value: share(h.Driver.CPU) + " of the CPUs"}}
	if h.Servers != nil {
		facts = append(facts, Fact{Name: "servers", Value: share(h.Servers.CPU) + " of the CPUs"})
	}
	if h.Agents != nil {
		facts = append(facts, Fact{Name: "agents", Value: share(h.Agents.CPU) + " of the CPUs"})
	}
	return Facts{Facts: append(facts, Fact{Name: "latest probe", Value: words.Exact(h.Late) + " s late"})}
}
