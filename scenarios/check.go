package scenarios

import (
	"fmt"
	"slices"
)

// checkScenario looks for what the schema cannot say. The checks run on the
// scenario with its defaults; whether something was written is asked of the
// tree, because a value that could not be decoded is not missing.
func (d *Document) checkScenario() {
	if w := &d.Scenario.Workload; d.has("workload.rate") && w.Rate == 0 {
		w.idle = true
	}
	full := *d.Scenario
	full.Fill()
	d.checkWorkload(full.Workload)
	d.checkStored(full)
	d.checkTimeline(full.Timeline)
	d.checkConditions(full)
	d.checkProbing(full)
	d.checkTimes(full)
	d.checkExpect(full)
	d.checkEvidence(full.Evidence)
	if t := full.Topology.Inline; t != nil {
		d.checkTopology(t, "topology.")
	}
}

func (d *Document) checkWorkload(w Workload) {
	if w.Recipients > w.Mailboxes {
		d.wrong("workload.recipients", fmt.Sprintf("%d recipients of one message, but %d mailboxes", w.Recipients, w.Mailboxes), "")
	}
	for i, s := range w.Sizes {
		if s > 1<<30 {
			d.wrong(item("workload.sizes", i), fmt.Sprintf("a message of %s; at most 1GiB", s), "")
		}
	}
}

// fastestOperations is what one session at a time can do for an account.
const fastestOperations = 20

// checkStored refuses objectives on stored mail where none is stored, and more
// operations than one session for each account can carry out.
func (d *Document) checkStored(s Scenario) {
	for _, o := range []struct {
		name  string
		asked bool
	}{{"stored", s.Objectives.Stored != nil}, {"identity", s.Objectives.Identity != nil}, {"renewed", s.Objectives.Renewed != nil}} {
		if o.asked && s.Workload.Stored == nil && !d.has("workload.stored") {
			d.wrong("objectives."+o.name, fmt.Sprintf("objective %q needs stored mail: add workload.stored", o.name), "")
		}
	}
	if st := s.Workload.Stored; st != nil && float64(*st.Operations) > float64(fastestOperations*st.Accounts) {
		d.wrong("workload.stored.operations", fmt.Sprintf("%s on %d accounts; at most %d/s on each", *st.Operations, st.Accounts, fastestOperations), "")
	}
}

func (d *Document) checkConditions(s Scenario) {
	for i, text := range s.Guards {
		d.checkCondition(item("guards", i), text)
	}
	for i, step := range s.Timeline {
		d.checkCondition(item("timeline", i)+".when", step.When)
	}
}

func (d *Document) checkCondition(path, text string) {
	if text == "" && !d.has(path) {
		return
	}
	if word, m := checkCondition(text); m != nil {
		d.wrong(path, m.message, word, m.valid...)
	}
}

// checkExpect refuses an ending that the scenario cannot have.
func (d *Document) checkExpect(s Scenario) {
	if s.Expect == nil {
		return
	}
	d.duplicates("expect.objectives", s.Expect.Objectives)
	asked := s.Objectives.names()
	for i, name := range s.Expect.Objectives {
		switch {
		case name == "": // reported by the decoder
		case !slices.Contains(asked, name):
			d.wrong(item("expect.objectives", i), fmt.Sprintf("objective %q is expected to be missed, but not among the objectives", name), name, asked...)
		case s.Expect.Verdict == "passed":
			d.wrong(item("expect.objectives", i), fmt.Sprintf("objective %q cannot be missed in a drill that passes", name), "")
		}
	}
}

// names lists the objectives that are asked for, as the record names them.
func (o Objectives) names() []string {
	var names []string
	for _, l := range []struct {
		name  string
		asked bool
	}{
		{"loss", o.Loss != nil}, {"duplicates", o.Duplicates != nil}, {"damaged", o.Damaged != nil},
		{"misdelivered", o.Misdelivered != nil}, {"notified", o.Notified != nil}, {"rpo", o.RPO != nil},
		{"loss_during", o.LossDuring != nil}, {"capacity", o.Capacity != nil}, {"detect", o.Detect != nil},
		{"drain", o.Drain != nil}, {"late", o.Late != nil}, {"security", o.Security != nil},
		{"unfiltered", o.Unfiltered != nil}, {"backscatter", o.Backscatter != nil},
		{"stored", o.Stored != nil}, {"identity", o.Identity != nil}, {"renewed", o.Renewed != nil},
	} {
		if l.asked {
			names = append(names, l.name)
		}
	}
	for name := range o.RTO {
		names = append(names, "rto."+name)
	}
	slices.Sort(names)
	return names
}

// duplicates refuses a word that is twice in a list.
func (d *Document) duplicates(path string, list []string) {
	for i, word := range list {
		if word != "" && slices.Index(list, word) < i {
			d.wrong(item(path, i), fmt.Sprintf("%q is twice in the list", word), "")
		}
	}
}
