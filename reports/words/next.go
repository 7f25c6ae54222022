package words

import (
	"strings"

	"maildrill/harness/record"
)

// Advice says what to do about a gate that failed.
var Advice = map[string]string{
	"conservation":        "keep the run folder: the instrument contradicts itself",
	"ledger-whole":        "look at the disk that holds the run folder: the ledger has a torn end",
	"baseline-healthy":    "look into logs/: the system was not well before the fault",
	"load-offered":        "raise workload.rate or lengthen phases.baseline, so that there is enough mail to judge by",
	"negative-control":    "look at the first fault.control event: the fault seemed on before it was injected",
	"fault-installed":     "run maildrill doctor: the fault could not be put on",
	"fault-effective":     "look at the fault.proof events: the fault was on, but nobody outside noticed",
	"fault-exercised":     "aim the fault at a node that mail passes through, or hold it longer",
	"actions-done":        "look at the actions: a step of the timeline was not carried out as planned",
	"bystander":           "look at the node that had to stay unaffected: the fault reached further than planned",
	"no-stall-at-edges":   "run again with less beside it: the host was too busy to measure the edges",
	"host-not-saturated":  "run again with less beside it, or a smaller workload.rate: the host had no CPU left to measure recovery with",
	"probes-alive":        "run again: the probes did not keep their rhythm",
	"residue-clean":       "run maildrill cleanup",
	"quiescence":          "lengthen phases.drain: mail was still queued at the end",
	"mailboxes-read":      "look into the store's log: a mailbox could not be read",
	"scans-agree":         "lengthen phases.drain: mailboxes still changed at the end",
	"sentinel":            "look into logs/: mail sent after the queues were empty did not arrive",
	"indeterminate-share": "look at the entry of mail: too many replies went missing to tell what was accepted",
}

// MostSteps bounds the list: a tired person does one thing after another.
const MostSteps = 4

// Next says what to do about a result, the most urgent first.
func Next(r record.Record) []string {
	var steps []string
	if r.Dirty {
		steps = append(steps, "run maildrill cleanup, then maildrill doctor: something may be left on the host")
	}
	steps = append(steps, byVerdict(r)...)
	if r.Simulated {
		steps = append(steps, "run it on real servers: --runtime docker")
	}
	return steps[:min(len(steps), MostSteps)]
}

func byVerdict(r record.Record) []string {
	switch r.Verdict {
	case record.Passed:
		if r.Dirty {
			return nil
		}
		if r.Clock == "production" {
			return []string{"nothing to mend; keep drilling, for systems change"}
		}
		return []string{"nothing to mend; clock: production shows what real retry timers add"}
	case record.Failed:
		return aboutMisses(r)
	case record.Inconclusive:
		return aboutGates(r)
	case record.Aborted:
		return []string{"see to the cause, then run again: an aborted drill proves nothing"}
	}
	return []string{"keep the run folder and report it: a defect of maildrill or its environment"}
}

func aboutMisses(r record.Record) []string {
	var steps []string
	for _, o := range r.Objectives {
		if o.Verdict != record.Failed {
			continue
		}
		subject := Plain(o.Name)
		if service, ok := strings.CutPrefix(subject, "rto."); ok {
			steps = append(steps, "find out in logs/ why "+service+" was gone for so long")
		} else if step, ok := missed[subject]; ok {
			steps = append(steps, step)
		} else {
			steps = append(steps, "follow the copies behind "+subject+" (see problems) through ledger/ and logs/")
		}
	}
	return append(steps, "mend the system, or the objective, and run again")
}

// missed says what to do about an objective that is no matter of copies.
var missed = map[string]string{
	"capacity":    "find out in logs/ what kept the system from its full load after the fault",
	"detect":      "look at the monitoring: the fault was there, and the signal came late or not at all",
	"drain":       "look at the retry timers of the queues that held the backlog",
	"identity":    "look up the messages under stored.details of record.json in the store's log: their names (UIDs) do not hold what was promised",
	"backscatter": "find out in logs/ which server takes mail that it cannot deliver, and let it ask for the recipient before it says 250",
	"security":    "read the dialogues under security.breaches of record.json: what the servers let through, and when",
	"stored":      "look up the messages and folders under stored.details of record.json in the store's log, and on its volume",
	"renewed":     "find out in the store's log, or in how it was restored, what gave the folders a new UIDVALIDITY",
}

func aboutGates(r record.Record) []string {
	var steps []string
	for _, g := range r.Gates {
		if g.Passed {
			continue
		}
		step, ok := Advice[g.Name]
		if !ok {
			step = "see to the gate " + Plain(g.Name)
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		steps = append(steps, "run again with more trials: what was measured straddles the objective")
	}
	return steps
}
