package mailstore

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Mail is what the events say of stored mail: manifests, operations, and
// what cached clients learned.
type Mail struct {
	accounts  map[string]*account
	findings  map[string][]finding // by class; a class that was looked for has an entry
	compared  int
	unknown   int
	invisible map[string]int // by client
	defect    Defect
}

// Defect is told of what contradicts itself: the instrument's own books.
type Defect func(format string, args ...any)

// account is the history of one account.
type account struct {
	name          string
	before, after *ledger.Manifest // nil: never read to its end
	failed        string           // why the last reading failed
	operations    []operation
	syncs         []ledger.CacheSync
	sightings     []sighting // in the order in which they were made
	unstarted     int
}

// operation is an operation with what became of it.
type operation struct {
	ledger.StateOperation
	outcome ledger.StateOutcome
}

// finding is one anomaly.
type finding struct {
	folder  string
	uid     uint32
	seq     uint32
	text    string
	bytes   int64
	excused bool // a consequence of what is allowed; no promise was broken
}

// takes are the kinds of events that are read here.
var takes = map[string]func(*Mail, json.RawMessage) error{
	ledger.StateManifest:  (*Mail).takeManifest,
	ledger.StateIntent:    (*Mail).takeIntent,
	ledger.StateDone:      (*Mail).takeOutcome,
	ledger.StateSeen:      (*Mail).takeSighting,
	ledger.StateSynced:    (*Mail).takeSync,
	ledger.StateUnstarted: (*Mail).takeUnstarted,
}

// Judge compares what was stored, and what was changed since, with what
// is there at the end. It is nil if no stored mail was asked for. What cannot be
// understood is a defect of the instrument.
func Judge(events []ledger.Event, defect Defect, checks []Check) *Mail {
	m := &Mail{accounts: map[string]*account{}, findings: map[string][]finding{},
		invisible: map[string]int{}, defect: defect}
	for _, e := range events {
		take, ours := takes[e.Kind]
		if !ours {
			continue
		}
		if err := take(m, e.Data); err != nil {
			m.defect("event %d (%s): %v", e.N, e.Kind, err)
		}
	}
	if len(m.accounts) == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(m.accounts)) {
		m.judge(m.accounts[name], checks)
	}
	return m
}

// judge runs every checker over one account.
func (m *Mail) judge(a *account, checks []Check) {
	c := a.compare(m.defect)
	for _, p := range c.pairs {
		switch {
		case p.item.exists != yes:
		case a.after != nil:
			m.compared++
		default:
			m.unknown++
		}
	}
	for _, check := range checks {
		if !check.measurable(c) {
			continue
		}
		m.findings[check.Class] = append(m.findings[check.Class], named(a.name, check.find(c))...)
	}
	for client, n := range c.invisible() {
		m.invisible[client] += n
	}
}

// named puts the account before the folder, as the ledger names mailboxes.
func named(account string, found []finding) []finding {
	for i := range found {
		found[i].folder = account + "/" + found[i].folder
	}
	return found
}

func (m *Mail) account(name string) *account {
	if m.accounts[name] == nil {
		m.accounts[name] = &account{name: name}
	}
	return m.accounts[name]
}

func (m *Mail) takeManifest(data json.RawMessage) error {
	var read ledger.Manifest
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	a := m.account(read.Account)
	switch {
	case read.Error != "":
		a.failed = fmt.Sprintf("%s the drill: %s", read.Round, read.Error)
		return nil
	case read.Round == ledger.BeforeDrill:
		a.before = &read
	default:
		a.after = &read
	}
	a.seeManifest(read)
	return nil
}

func (m *Mail) takeIntent(data json.RawMessage) error {
	var o ledger.StateOperation
	err := json.Unmarshal(data, &o)
	a := m.account(o.Account)
	// Until its outcome is read, it may or may not have happened.
	a.operations = append(a.operations, operation{o, ledger.StateOutcome{N: o.N, Verdict: ledger.StateIndeterminate}})
	return err
}

func (m *Mail) takeOutcome(data json.RawMessage) error {
	var o ledger.StateOutcome
	if err := json.Unmarshal(data, &o); err != nil {
		return err
	}
	a := m.account(o.Account)
	for i := len(a.operations) - 1; i >= 0; i-- {
		if a.operations[i].N == o.N {
			a.operations[i].outcome = o
			a.seeOutcome(a.operations[i])
			return nil
		}
	}
	return fmt.Errorf("operation %d ended but was never begun", o.N)
}

func (m *Mail) takeSighting(data json.RawMessage) error {
	var s ledger.UIDSighting
	err := json.Unmarshal(data, &s)
	a := m.account(s.Account)
	a.see(sighting{folder: s.Folder, validity: s.UIDValidity, uid: s.UID, seq: s.Seq})
	return err
}

func (m *Mail) takeSync(data json.RawMessage) error {
	var s ledger.CacheSync
	err := json.Unmarshal(data, &s)
	a := m.account(s.Account)
	a.syncs = append(a.syncs, s)
	a.seeSync(s)
	return err
}

func (m *Mail) takeUnstarted(data json.RawMessage) error {
	var u ledger.UnstartedOperations
	err := json.Unmarshal(data, &u)
	m.account(u.Account).unstarted += u.Count
	return err
}

// detailsMost is how many anomalies of a class are spelled out.
const detailsMost = 32

// Record is the part of the record that tells of stored mail; nil if none was
// asked for.
func (m *Mail) Record() *record.Stored {
	if m == nil {
		return nil
	}
	r := &record.Stored{Accounts: len(m.accounts), Compared: m.compared, Unknown: m.unknown,
		Operations: map[string]map[string]int{}, Anomalies: map[string]int{}}
	for _, name := range slices.Sorted(maps.Keys(m.accounts)) {
		m.accounts[name].record(r)
	}
	for _, check := range Checks {
		found, looked := m.findings[check.Class]
		if !looked {
			continue
		}
		r.Anomalies[check.Class] = len(found)
		for i, f := range found {
			r.ResyncBytes += f.bytes
			if i < detailsMost {
				r.Details = append(r.Details, f.detail(check.Class))
			}
		}
	}
	if len(m.invisible) > 0 {
		r.InvisibleTo = m.invisible
	}
	changed := len(m.findings["uidvalidity_changed"]) + len(m.findings["uidvalidity_decreased"])
	r.ResyncStorm = changed > 0 && changed >= r.Folders
	r.Unmeasured = unmeasured(m.accounts)
	return r
}

func (f finding) detail(class string) record.StoredDetail {
	account, folder, _ := strings.Cut(f.folder, "/")
	return record.StoredDetail{Class: class, Account: account, Folder: folder, UID: f.uid, Seq: f.seq, Text: f.text}
}

func (a *account) record(r *record.Stored) {
	r.Unstarted += a.unstarted
	for _, o := range a.operations {
		if r.Operations[o.Kind] == nil {
			r.Operations[o.Kind] = map[string]int{}
		}
		r.Operations[o.Kind][o.outcome.Verdict]++
	}
	if a.before != nil {
		r.Folders += len(a.before.Folders)
		for _, f := range a.before.Folders {
			r.Messages += len(f.Messages)
		}
	}
	if why := a.unread(); why != "" {
		r.Unread = append(r.Unread, why)
	}
}

// unread says which manifest of the account is missing.
func (a *account) unread() string {
	switch {
	case a.before == nil:
		return a.name + ": not read before the drill"
	case a.after == nil && a.failed == "":
		return a.name + ": not read after the drill"
	case a.after == nil:
		return a.name + ": " + a.failed
	}
	return ""
}

// unmeasured lists once what no account's reading covered, sorted.
func unmeasured(accounts map[string]*account) []record.StoredGap {
	why := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(accounts)) {
		for _, read := range []*ledger.Manifest{accounts[name].before, accounts[name].after} {
			if read == nil {
				continue
			}
			for _, u := range read.Unmeasured {
				why[u.What] = u.Why
			}
		}
	}
	var gaps []record.StoredGap
	for _, what := range slices.Sorted(maps.Keys(why)) {
		gaps = append(gaps, record.StoredGap{What: what, Why: why[what]})
	}
	return gaps
}
