package controls

import "maildrill/harness/record"

func between(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }

// audited is an audit run that fills every field that a record can fill.
func audited() record.Record {
	yes, no := true, false
	return record.Record{
		Schema: record.Schema, Audit: true, Clock: "drill", Tuned: map[string]string{"postfix.minimal_backoff_time": "2s", "postfix.maximal_backoff_time": "4s"},
		Run: record.Run{ID: "20261123-184105-backup-mx-takes-over-3fa9", Started: "2026-11-23T18:41:05Z", Ended: "2026-11-23T18:43:10Z",
			Runtime: "docker", Seed: 42, Trial: 1, Trials: 1, Tool: record.Tool{Version: "v1", SHA256: "aa"}},
		Scenario: record.Scenario{Name: "backup-mx-takes-over", SHA256: "bb", Controls: []string{"iso27001:A.5.30", "nist80053:CP-4(3)"}},
		Verdict:  record.Passed,
		Evidence: &record.Evidence{
			Exercise: "functional", Environment: "replica", Differences: []string{"one node a role, production has three"}, Exclusions: []string{"web mail"},
			Basis: record.Basis{BIA: "BIA-4", Plan: "DRP-7", PlanVersion: "3.1"}, Objectives: record.Mandate{Owner: "Head of Sales", Approved: "2026-03-01"},
			Participants: []record.Participant{{Role: "operator", Name: "Ann", Attended: &yes}, {Role: "observer", Name: "Bob", Attended: &no},
				{Role: "player", Name: "Cy"}},
			Authorisation: record.Authorisation{Approver: "Dan", Change: "CHG-1"}, Classification: "internal",
		},
		Accounting: record.Accounting{Planned: 100, Attempted: 100, Accepted: 100, Delivered: 99, Notified: 1},
		Problems:   []record.Problem{{Class: "duplicated", Count: 2, Seqs: "6 7"}},
		Objectives: []record.Objective{{Name: "loss", Measured: between(0, 0), Verdict: record.Passed}, {Name: "rpo", Verdict: record.Inconclusive}},
		Faults: []record.Fault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}, Injected: between(20, 20.1), Healed: between(50, 50.5), Reverted: true,
			State: "proven", Detection: &record.Detection{Failover: &record.Signal{After: *between(0.2, 1.1), What: "mail accepted at mx2"}}}},
		Actions:    []record.Action{{Step: "flush", Kind: "flush", Targets: []string{"mx2"}, Result: record.NotReached}},
		Services:   map[string]record.Service{"mx": {Probes: 9}, "imap": {Probes: 9}},
		Phases:     []record.Phase{{Name: "baseline"}, {Name: "timeline"}},
		Gates:      []record.Gate{{Name: "conservation", Passed: true}, {Name: "mailboxes-read", Passed: true}, {Name: "planted-found", Passed: true, Detail: "planted and found: 1 lost"}},
		Confidence: record.Confidence{Trials: 1, Statement: "one clean run: supports little"},
		Security: &record.Security{Degraded: 7, Checks: []record.SecurityCheck{{Node: "mx1", Service: "smtp", Question: "relay", Before: "refused",
			All: record.SecurityTally{Asked: 20, Held: 20}, Degraded: record.SecurityTally{Asked: 7, Held: 7}}}},
		Times:       &record.Times{Backlog: &record.Backlog{Base: 4, Peak: 61}},
		Environment: map[string]string{"image.mx1": "maildrill/postfix@sha256:1", "image.store1": "maildrill/dovecot@sha256:2", "image.agent": "sha256:3", "clock": "drill"},
	}
}

// spoiled changes one thing of that record.
func spoiled(change func(*record.Record)) record.Record {
	r := audited()
	change(&r)
	return r
}
