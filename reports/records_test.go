package reports

import "maildrill/harness/record"

func between(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }

func since(low float64) *record.Interval { return &record.Interval{Low: low} }

func at(t float64) *float64 { return &t }

// passed is a drill in which everything went well.
func passed() record.Record {
	return record.Record{
		Schema: record.Schema,
		Run: record.Run{ID: "20261123-184105-backup-mx-takes-over-3fa9", Started: "2026-11-23T18:41:05.25Z", Ended: "2026-11-23T18:43:10.75Z",
			Runtime: "docker", Seed: 42, Trial: 1, Trials: 1, Tool: record.Tool{Version: "v0.1.0", SHA256: "aa11"}},
		Scenario: record.Scenario{Name: "backup-mx-takes-over", Title: "Mail keeps arriving when the primary MX dies", SHA256: "bb22",
			Tags: []string{"ci", "redundancy"}, Causes: []string{"hardware-failure"}, Mitigations: []string{"backup-mx"}},
		Clock: "drill", Tuned: map[string]string{"postfix.minimal_backoff_time": "2s", "postfix.maximal_backoff_time": "4s"},
		Verdict: record.Passed,
		Accounting: record.Accounting{Planned: 2100, Attempted: 2100, Accepted: 2080, RejectedTemporary: 12, Indeterminate: 3, NotAttempted: 5,
			Delivered: 2080, Duplicates: 2},
		Problems: []record.Problem{{Class: "duplicated", Count: 2, Seqs: "611 640", Note: "the 250 was lost with mx1"}},
		Objectives: []record.Objective{
			{Name: "loss", Target: map[string]float64{"max": 0}, Measured: between(0, 0), Unit: "copies", Verdict: record.Passed, Reason: "0 lost of 2080 accepted"},
			{Name: "duplicates", Target: map[string]float64{"max": 1}, Measured: between(0.0961, 0.0961), Unit: "%", Verdict: record.Passed},
			{Name: "rto.mx", Target: map[string]float64{"max": 10}, Measured: between(0, 1.25), Unit: "s", Verdict: record.Passed, Reason: "stable again after 0.000 to 1.250 s"},
			{Name: "rto.delivery", Target: map[string]float64{"max": 45}, Measured: between(31.207, 31.963), Unit: "s", Verdict: record.Passed},
			{Name: "rpo", Target: map[string]float64{"max": 2}, Measured: between(0, 0.05), Unit: "s", Verdict: record.Passed},
		},
		Faults: []record.Fault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}, Injected: between(20.1, 20.3), Effective: between(20.2, 21),
			Healed: between(50.5, 50.9), Proofs: record.Proofs{Installed: true, Effective: true, Exercised: 57}, Reverted: true, State: "proven"}},
		Actions: []record.Action{{Step: "flush", Kind: "flush", Targets: []string{"mx2"}, Began: at(43.875), Ended: at(43.962), Result: record.Done}},
		Services: map[string]record.Service{
			"mx":       {Probes: 480, Failed: 4, Outages: []record.Outage{{Began: *between(20.2, 20.5), RTA: *between(0, 1.25), FirstSuccess: at(21.3), Step: "crash"}}},
			"mx@mx1":   {Probes: 480, Failed: 130, Outages: []record.Outage{{Began: *between(20.2, 20.5), RTA: *between(30.9, 31.5), FirstSuccess: at(51.2), Step: "crash"}}},
			"delivery": {Probes: 480, Failed: 125, Outages: []record.Outage{{Began: *between(20.4, 20.9), RTA: *between(31.207, 31.963), FirstSuccess: at(44.5), Step: "crash"}}},
			"imap":     {Probes: 480},
			"pop3":     {},
		},
		Gates: []record.Gate{{Name: "conservation", Passed: true, Detail: "every sum holds"}, {Name: "fault-exercised", Passed: true, Detail: "crash: 57"}},
		Phases: []record.Phase{{Name: "baseline", Began: 0.5, Ended: 20}, {Name: "gate", Began: 20, Ended: 20.1}, {Name: "timeline", Began: 20.1, Ended: 51},
			{Name: "observe", Began: 51, Ended: 111}, {Name: "drain", Began: 111, Ended: 118.4}},
		Confidence: record.Confidence{Trials: 1, Statement: "one clean run: supports nothing stronger than a failure probability below 95 % at 95 % confidence"},
		Expect:     &record.Expect{Verdict: record.Passed, Met: true},
	}
}

// failed is the twin: mail was lost, and the service was gone too long.
func failed() record.Record {
	r := passed()
	r.Run.ID, r.Scenario.Name, r.Scenario.Title = "20261123-190000-no-backup-mx-77aa", "no-backup-mx", "Without a backup MX, senders see the outage"
	r.Verdict, r.Reason = record.Failed, "missed: loss, rto.mx"
	r.Accounting = record.Accounting{Planned: 2100, Unsent: 1, Attempted: 2099, Accepted: 1480, RejectedTemporary: 12, Indeterminate: 7, NotAttempted: 600, Delivered: 1477, Lost: 3, Duplicates: 0}
	r.Problems = []record.Problem{{Class: "lost", Count: 3, Seqs: "409-410 412"}}
	r.Objectives = []record.Objective{
		{Name: "loss", Target: map[string]float64{"max": 0}, Measured: between(3, 3), Unit: "copies", Verdict: record.Failed, Reason: "3 lost of 1480 accepted"},
		{Name: "rto.mx", Target: map[string]float64{"max": 10}, Measured: since(97.5), Unit: "s", Verdict: record.Failed, Reason: "not stable again"},
	}
	r.Services = map[string]record.Service{"mx": {Probes: 480, Failed: 300, Outages: []record.Outage{{Began: *between(20.2, 20.5), RTA: *since(97.5), Step: "crash"}}}}
	r.Expect = &record.Expect{Verdict: record.Failed, Objectives: []string{"rto.mx"}}
	return r
}

// inconclusive: the fault was put on and nobody noticed.
func inconclusive() record.Record {
	r := passed()
	r.Verdict, r.Reason = record.Inconclusive, "gate fault-effective: crash: no effect was seen; objective rto.mx: the service was not probed after a fault"
	r.Objectives[2] = record.Objective{Name: "rto.mx", Target: map[string]float64{"max": 10}, Unit: "s", Verdict: record.Inconclusive, Reason: "the service was not probed after a fault"}
	r.Faults[0].Effective, r.Faults[0].Proofs = nil, record.Proofs{Installed: true}
	r.Faults[0].State, r.Faults[0].Detail = "ineffective", "mx1: last look failed: verify node.crash on mx1: read its state: engine does not answer"
	r.Gates = append(r.Gates, record.Gate{Name: "fault-effective", Detail: "crash: no effect was seen"}, record.Gate{Name: "load-offered", Detail: "3 copies accepted in the baseline, 30 are needed"})
	r.Services = map[string]record.Service{"mx": {Probes: 480}}
	r.Actions[0].Error, r.Actions[0].Result = "node mx2 has no queue to flush", record.ActionFailed
	r.Clock, r.Tuned, r.Expect, r.Problems = "production", nil, nil, nil
	return r
}

// aborted: somebody pressed Ctrl-C before the first fault.
func aborted() record.Record {
	r := passed()
	r.Verdict, r.Reason, r.Expect, r.Problems = record.Aborted, "interrupted: the faults are reverted, what was seen is judged", nil, nil
	r.Accounting = record.Accounting{Planned: 2100, Unsent: 1900, Attempted: 200, Accepted: 200, Delivered: 190, Unknown: 10}
	for i := range r.Objectives {
		r.Objectives[i].Measured, r.Objectives[i].Verdict, r.Objectives[i].Reason = nil, record.Inconclusive, "cut short"
	}
	r.Faults = []record.Fault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}, State: "not reached"}}
	r.Actions = []record.Action{{Step: "flush", Kind: "flush", Targets: []string{"mx2"}, Result: record.NotReached}}
	r.Services, r.Phases = nil, []record.Phase{{Name: "baseline", Began: 0.5, Ended: 9.25}}
	return r
}

// dirty: all objectives passed, but the fault could not be proven gone.
func dirty() record.Record {
	r := passed()
	r.Dirty, r.Expect = true, &record.Expect{Verdict: record.Passed}
	r.Faults[0].Healed, r.Faults[0].Reverted, r.Faults[0].State = nil, false, "dirty"
	r.Faults[0].Residue = []string{"node.crash on mx1 could not be proven gone: revert node.crash on mx1: let its traffic pass: keeper does not answer"}
	r.Gates = append(r.Gates, record.Gate{Name: "residue-clean", Detail: "crash: not proven gone"})
	return r
}

// simulated is the same drill in the embedded runtime.
func simulated() record.Record {
	r := passed()
	r.Run.Runtime, r.Simulated, r.Run.Trial, r.Run.Trials = "embedded", true, 2, 3
	return r
}

// broken: the books do not balance.
func broken() record.Record {
	r := passed()
	r.Verdict, r.Reason = record.Error, "accepted is 2080, its parts make 2079"
	r.Accounting.Delivered--
	r.Objectives, r.Faults, r.Gates[0] = nil, nil, record.Gate{Name: "conservation", Detail: "accepted is 2080, its parts make 2079"}
	return r
}

// timedRun is a drill of which every time was measured.
func timedRun() record.Record {
	r := failed()
	r.Objectives = append(r.Objectives,
		record.Objective{Name: "detect", Target: map[string]float64{"max": 15}, Measured: between(4.9, 5.7), Unit: "s", Verdict: record.Passed, Reason: "crash was detected after 4.900 to 5.700 s: alert MailDown"},
		record.Objective{Name: "drain", Target: map[string]float64{"max": 10}, Measured: between(11.2, 13.4), Unit: "s", Verdict: record.Failed, Reason: "back at 4 copies"})
	f := &r.Faults[0]
	signal := func(low, high float64, what string) *record.Signal {
		return &record.Signal{After: *between(low, high), What: what}
	}
	f.Detection = &record.Detection{Probe: signal(0, 0.75, "probe of mx"), Failover: signal(0.2, 1.1, "mail accepted at mx2"),
		Alert: signal(4.9, 5.7, "alert Mail|Down"), Resolved: between(40, 41), Blind: []string{"health"}}
	f.Capacity = between(31, 33.2)
	f.Losses = &record.Losses{Before: record.Loss{Copies: 2, Bytes: 9216, WorstMailbox: "u1@drill.test", WorstCopies: 2}, During: record.Loss{Copies: 1}}
	f.Clock = &record.FaultClock{Planned: at(20), Phases: map[string]float64{"backup": 0.9512, "sync": 0}, EffectiveWidth: at(0.8), HealedWidth: at(0.4)}
	r.Times = &record.Times{
		Latency: []record.Latency{{Phase: "before", Count: 300, P50: at(0.0041), P90: at(0.008), P99: at(0.0213), Max: 0.04}, {Phase: "during", Count: 40, P50: at(5.01), P90: at(5.2), Max: 6}},
		Backlog: &record.Backlog{Base: 4, BaseAge: 2, Peak: 610, PeakAge: 33, Drain: between(11.2, 13.4), Flushed: true, Tuned: true},
		Impact:  []record.Impact{{Class: "sending", Services: []string{"mx"}, Users: 1200, Outage: *between(30, 31), UserMinutes: *between(600, 620)}, {Class: "access", Services: []string{"imap"}, Users: 1200, Outage: *between(0, 1.2), UserMinutes: *between(0, 24)}},
		Late:    &record.Late{Limit: 60, Delivered: 1477, Copies: *between(12, 14), Max: *between(71.2, 72.4), P50: at(1)},
		Views:   []record.View{{Name: "direct", Accepted: 700, Rejected: 12, NotAttempted: 300, Late: *between(0, 0)}, {Name: "via_relay", Accepted: 780, Lost: 3, Late: *between(12, 14)}},
		Notes:   []string{"backlog: 2 copies arrived, by the clock of their store, before they were accepted"},
	}
	return r
}

// storedRun: mail that was there before is not as it was left.
func storedRun() record.Record {
	r := passed()
	r.Verdict, r.Reason, r.Problems, r.Expect = record.Failed, "missed: stored, identity", nil, nil
	r.Objectives = []record.Objective{
		{Name: "stored", Target: map[string]float64{"max": 0}, Measured: between(7, 8), Unit: "anomalies", Verdict: record.Failed, Reason: "6 content_lost, 1 flag_lost in 118 stored messages of 2 accounts"},
		{Name: "identity", Target: map[string]float64{"max": 0}, Measured: between(1, 2), Unit: "anomalies", Verdict: record.Failed, Reason: "1 uid_reused in 118 stored messages of 2 accounts"},
	}
	r.Stored = &record.Stored{Accounts: 2, Folders: 12, Messages: 120, Compared: 118, Unknown: 1, Unstarted: 3,
		Operations:  map[string]map[string]int{"append": {"ok": 10, "indeterminate": 1}, "flag": {"ok": 31, "failed": 2}},
		Anomalies:   map[string]int{"content_lost": 6, "flag_lost": 1, "folder_lost": 0, "uid_reused": 1},
		InvisibleTo: map[string]int{"qresync": 0, "uidnext": 1}, ResyncBytes: 245760, ResyncStorm: true,
		Unread:     []string{"stored2: not read after the drill"},
		Unmeasured: []record.StoredGap{{What: "quota", Why: "the server has no QUOTA"}}}
	for uid := range uint32(6) {
		r.Stored.Details = append(r.Stored.Details, record.StoredDetail{Class: "content_lost", Account: "stored1@drill.test", Folder: "Archive|2025", UID: uid + 1, Seq: uid + 7, Text: "is nowhere"})
	}
	r.Stored.Details = append(r.Stored.Details, record.StoredDetail{Class: "folder_lost", Account: "stored2@drill.test", Folder: "Old", Text: "is gone"})
	return r
}

// openRun: a server relayed for strangers while a fault was on.
func openRun() record.Record {
	r := passed()
	r.Verdict, r.Reason, r.Problems, r.Expect = record.Failed, "missed: security", nil, nil
	r.Objectives = []record.Objective{{Name: "security", Target: map[string]float64{"max": 0}, Measured: between(3, 3), Unit: "breaches", Verdict: record.Failed,
		Reason: "3 breaches; 40 answers came while a fault was in effect"}}
	check := func(node, service, question, before string, held, broken, silent int) record.SecurityCheck {
		tally := record.SecurityTally{Asked: held + broken + silent, Held: held, Broken: broken, Unanswered: silent}
		return record.SecurityCheck{Node: node, Service: service, Question: question, Before: before, All: tally, Degraded: tally}
	}
	r.Security = &record.Security{Broken: 3, Degraded: 40, Untold: []string{"store1 imap auth.wrong"}, Checks: []record.SecurityCheck{
		check("mx1", "smtp", "relay", "refused", 9, 2, 1), check("msa1", "submission", "tls.offered", "offered", 9, 1, 0), check("store1", "imap", "auth.wrong", "", 0, 0, 12)},
		Breaches: []record.Breach{
			{At: 21.25, Node: "mx1", Service: "smtp", Question: "relay", Found: "taken", Before: "refused", Said: "C: MAIL FROM:<stranger@bounce.test>\nS: 250 2.1.0 Ok\nC: RCPT TO:<relay-check@bounce.test>\nS: 250 2.1.5 Ok"},
			{At: 23, Node: "msa1", Service: "submission", Question: "tls.offered", Found: "absent", Before: "offered", Said: "C: EHLO probe.drill.test\nS: 250 msa1"}}}
	return r
}

// silentRun: the fault was real, and nothing and nobody noticed.
func silentRun() record.Record {
	r := passed()
	r.Services = map[string]record.Service{"mx": {Probes: 480}}
	r.Faults[0].Detection = &record.Detection{Silent: true, Blind: []string{"health", "alert"}}
	return r
}

var samples = []struct {
	name string
	make func() record.Record
}{
	{"passed", passed}, {"failed", failed}, {"inconclusive", inconclusive}, {"aborted", aborted},
	{"dirty", dirty}, {"simulated", simulated}, {"broken", broken}, {"times", timedRun}, {"silent", silentRun}, {"stored", storedRun}, {"security", openRun}, {"wide", wideRun}, {"empty", func() record.Record { return record.Record{} }},
}
