package campaign

import (
	"bytes"
	"fmt"
	"strings"

	"maildrill/scenarios"
)

// File is the minimal schedule of a finding as a scenario file: it says how it was
// found, and expects to fail.
func (b *Base) File(f Finding, seed uint64) ([]byte, error) {
	s := b.Scenario(f.Minimal)
	s.Metadata.Name = b.named("found-" + f.First.Label())
	s.Metadata.Title = fmt.Sprintf("%s misses %s: %s", b.Name(), f.Class, faultsOf(f.Minimal))
	s.Metadata.Story = fmt.Sprintf("Found by a search over %s. %s Reproduction rate: %s.", b.topology.Metadata.Name, f.meaning(), f.Rate)
	s.Metadata.Look = fmt.Sprintf("The objective %s, and which copies were accepted while the faults were in effect.", f.Class)
	s.Expect = &scenarios.Expect{Verdict: "failed", Objectives: []string{f.Class}, Reason: "the search found it so; reproduction rate " + f.Rate.String()}
	source, err := scenarios.Marshal(&s)
	if err != nil {
		return nil, err
	}
	if _, err := b.parse(source); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Written by `maildrill search %s --seed %d --mode %s`.\n", b.Name(), seed, b.options.Mode)
	fmt.Fprintf(&out, "# Found as schedule %s: %s\n", f.First.Label(), f.First)
	fmt.Fprintf(&out, "# Made smaller in %d drills (%s). Reproduction rate: %s.\n", f.Trials, f.State, f.Rate)
	fmt.Fprintf(&out, "# The file repeats what was done to the system, not what it did: run it several\n# times, with `maildrill run FILE --trials 10`.\n")
	out.Write(source)
	return out.Bytes(), nil
}

// meaning says what being minimal was shown to be.
func (f Finding) meaning() string {
	switch {
	case f.State != Minimal:
		return "It was not made as small as it can be: " + f.State + "."
	case len(f.Minimal.Entries) == 1:
		return "One fault is enough."
	}
	return fmt.Sprintf("All %d faults are needed: with any one of them taken away it was not seen to fail.", len(f.Minimal.Entries))
}

func faultsOf(s Schedule) string {
	var names []string
	for _, e := range s.Entries {
		names = append(names, e.Fault+" on "+strings.Join(e.On, ", "))
	}
	return strings.Join(names, " with ")
}
