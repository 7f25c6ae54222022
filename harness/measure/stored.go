package measure

import (
	"encoding/json"
	"fmt"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// storedMail is what the events say of stored mail: manifests, operations, and
// what cached clients learned.
type storedMail struct {
	accounts  map[string]*storedAccount
	findings  map[string][]storedFinding // by class; a class that was looked for has an entry
	compared  int
	unknown   int
	invisible map[string]int // by client
	defects   *defects
}

// storedAccount is the history of one account.
type storedAccount struct {
	name          string
	before, after *ledger.Manifest // nil: never read to its end
	failed        string           // why the last reading failed
	operations    []storedOperation
	syncs         []ledger.CacheSync
	sightings     []storedSighting // in the order in which they were made
	unstarted     int
}

// storedOperation is an operation with what became of it.
type storedOperation struct {
	ledger.StateOperation
	outcome ledger.StateOutcome
}

// storedFinding is one anomaly.
type storedFinding struct {
	folder  string
	uid     uint32
	seq     uint32
	text    string
	bytes   int64
	excused bool // a consequence of what is allowed; no promise was broken
}

// storedKinds are the kinds of events that are read here.
var storedKinds = map[string]func(*storedMail, json.RawMessage) error{
	ledger.StateManifest:  (*storedMail).takeManifest,
	ledger.StateIntent:    (*storedMail).takeIntent,
	ledger.StateDone:      (*storedMail).takeOutcome,
	ledger.StateSeen:      (*storedMail).takeSighting,
	ledger.StateSynced:    (*storedMail).takeSync,
	ledger.StateUnstarted: (*storedMail).takeUnstarted,
}

// judgeStored compares what was stored, and what was changed since, with what
// is there at the end. It is nil if no stored mail was asked for. What cannot be
// understood is a defect of the instrument.
func judgeStored(events []ledger.Event, d *defects, checks []storedCheck) *storedMail {
	m := &storedMail{accounts: map[string]*storedAccount{}, findings: map[string][]storedFinding{},
		invisible: map[string]int{}, defects: d}
	for _, e := range events {
		take, ours := storedKinds[e.Kind]
		if !ours {
			continue
		}
		if err := take(m, e.Data); err != nil {
			m.defects.add("event %d (%s): %v", e.N, e.Kind, err)
		}
	}
	if len(m.accounts) == 0 {
		return nil
	}
	for _, name := range sortedKeys(m.accounts) {
		m.judge(m.accounts[name], checks)
	}
	return m
}

// judge runs every checker over one account.
func (m *storedMail) judge(a *storedAccount, checks []storedCheck) {
	c := a.compare(m.defects)
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
		m.findings[check.class] = append(m.findings[check.class], named(a.name, check.find(c))...)
	}
	for client, n := range c.invisible() {
		m.invisible[client] += n
	}
}

// named puts the account before the folder, as the ledger names mailboxes.
func named(account string, found []storedFinding) []storedFinding {
	for i := range found {
		found[i].folder = account + "/" + found[i].folder
	}
	return found
}

func (m *storedMail) account(name string) *storedAccount {
	if m.accounts[name] == nil {
		m.accounts[name] = &storedAccount{name: name}
	}
	return m.accounts[name]
}

func (m *storedMail) takeManifest(data json.RawMessage) error {
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

func (m *storedMail) takeIntent(data json.RawMessage) error {
	var o ledger.StateOperation
	err := json.Unmarshal(data, &o)
	a := m.account(o.Account)
	// Until its outcome is read, it may or may not have happened.
	a.operations = append(a.operations, storedOperation{o, ledger.StateOutcome{N: o.N, Verdict: ledger.StateIndeterminate}})
	return err
}

func (m *storedMail) takeOutcome(data json.RawMessage) error {
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

func (m *storedMail) takeSighting(data json.RawMessage) error {
	var s ledger.UIDSighting
	err := json.Unmarshal(data, &s)
	a := m.account(s.Account)
	a.see(storedSighting{folder: s.Folder, validity: s.UIDValidity, uid: s.UID, seq: s.Seq})
	return err
}

func (m *storedMail) takeSync(data json.RawMessage) error {
	var s ledger.CacheSync
	err := json.Unmarshal(data, &s)
	a := m.account(s.Account)
	a.syncs = append(a.syncs, s)
	a.seeSync(s)
	return err
}

func (m *storedMail) takeUnstarted(data json.RawMessage) error {
	var u ledger.UnstartedOperations
	err := json.Unmarshal(data, &u)
	m.account(u.Account).unstarted += u.Count
	return err
}

// storedDetails is how many anomalies of a class are spelled out.
const storedDetails = 32

// record gives the part of the record that tells of stored mail.
func (m *storedMail) record() *record.Stored {
	if m == nil {
		return nil
	}
	r := &record.Stored{Accounts: len(m.accounts), Compared: m.compared, Unknown: m.unknown,
		Operations: map[string]map[string]int{}, Anomalies: map[string]int{}}
	for _, name := range sortedKeys(m.accounts) {
		m.accounts[name].record(r)
	}
	for _, check := range storedChecks {
		found, looked := m.findings[check.class]
		if !looked {
			continue
		}
		r.Anomalies[check.class] = len(found)
		for i, f := range found {
			r.ResyncBytes += f.bytes
			if i < storedDetails {
				r.Details = append(r.Details, f.detail(check.class))
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

func (f storedFinding) detail(class string) record.StoredDetail {
	account, folder, _ := strings.Cut(f.folder, "/")
	return record.StoredDetail{Class: class, Account: account, Folder: folder, UID: f.uid, Seq: f.seq, Text: f.text}
}

func (a *storedAccount) record(r *record.Stored) {
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
func (a *storedAccount) unread() string {
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
func unmeasured(accounts map[string]*storedAccount) []record.StoredGap {
	why := map[string]string{}
	for _, name := range sortedKeys(accounts) {
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
	for _, what := range sortedKeys(why) {
		gaps = append(gaps, record.StoredGap{What: what, Why: why[what]})
	}
	return gaps
}
