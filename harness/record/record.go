package record

// Record is record.json. Times are seconds since the start of the run on one
// monotonic clock.
type Record struct {
	Schema     string            `json:"schema"` // always [Schema]
	Run        Run               `json:"run"`
	Scenario   Scenario          `json:"scenario"`
	Simulated  bool              `json:"simulated"`
	Audit      bool              `json:"audit,omitempty"` // a run that is meant as evidence for an audit
	Evidence   *Evidence         `json:"evidence,omitempty"`
	Clock      string            `json:"clock"` // "drill" or "production"
	Tuned      map[string]string `json:"tuned,omitempty"`
	Verdict    Verdict           `json:"verdict"`
	Reason     string            `json:"reason,omitempty"`
	Dirty      bool              `json:"dirty"`
	Lacking    bool              `json:"lacking,omitempty"` // the error is the environment's, not maildrill's
	Accounting Accounting        `json:"accounting"`
	Problems   []Problem         `json:"problems,omitempty"`
	// LossGrades counts the lost copies by how well their loss is proven: L2
	// inferred, L3 bracketed by a later delivery, L4 with every volume searched.
	LossGrades map[string]int `json:"loss_grades,omitempty"`
	// DuplicateCauses counts the surplus copies by where their ways parted.
	DuplicateCauses map[string]int     `json:"duplicate_causes,omitempty"`
	Stored          *Stored            `json:"stored,omitempty"` // nil: no stored mail was asked for
	Objectives      []Objective        `json:"objectives"`
	Faults          []Fault            `json:"faults"`
	Actions         []Action           `json:"actions,omitempty"`
	Services        map[string]Service `json:"services"`
	Gates           []Gate             `json:"gates"`
	Phases          []Phase            `json:"phases"`
	Confidence      Confidence         `json:"confidence"`
	Host            *Host              `json:"host,omitempty"`
	Security        *Security          `json:"security,omitempty"` // nil: nothing was asked
	// Backscatter counts the notifications that outsiders got about mail that they
	// had not sent. Nil: they were not counted.
	Backscatter *int              `json:"backscatter,omitempty"`
	Times       *Times            `json:"times,omitempty"`
	Expect      *Expect           `json:"expect,omitempty"`
	Environment map[string]string `json:"environment,omitempty"`
	Topology    *Topology         `json:"topology,omitempty"` // what was drilled; nil: an older record
}

// Schema is the value of Record.Schema.
const Schema = "maildrill/record/v1"

// Verdict is how a run, an objective or a gate ended. The zero value is not a
// verdict, and never a pass.
type Verdict string

const (
	Passed       Verdict = "passed"
	Failed       Verdict = "failed"
	Inconclusive Verdict = "inconclusive"
	Aborted      Verdict = "aborted"
	Error        Verdict = "error"
)

// Interval is a measured quantity with both ends. High nil is an open end.
type Interval struct {
	Low  float64  `json:"low"`
	High *float64 `json:"high"`
}

// Run identifies one execution.
type Run struct {
	ID      string `json:"id"`
	Started string `json:"started"` // RFC 3339
	Ended   string `json:"ended"`
	Runtime string `json:"runtime"`
	Seed    int64  `json:"seed"`
	Trial   int    `json:"trial"`  // counts from 1
	Trials  int    `json:"trials"` // planned in all
	Series  string `json:"series,omitempty"`
	Tool    Tool   `json:"tool"`
	// Register is the place that the run took in the run register before it
	// started. Nil: it is in none.
	Register *Register `json:"register,omitempty"`
}

// Register is a place in a run register, and the register's state with it taken.
type Register struct {
	Origin string `json:"origin"` // the name of the key that signs it
	Index  int64  `json:"index"`  // of the start leaf, from 0
	Size   int64  `json:"size"`   // leaves
	Root   string `json:"root"`   // hash over them, base64 (RFC 6962)
}

// Tool is the maildrill that ran.
type Tool struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// Scenario identifies what was run.
type Scenario struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	SHA256      string   `json:"sha256"`
	Tags        []string `json:"tags"`
	Causes      []string `json:"causes"`
	Mitigations []string `json:"mitigations"`
	Controls    []string `json:"controls"`
}

// Accounting counts copies. Two sums hold, or the instrument is broken:
//
//	attempted = accepted + rejected_temporary + rejected_permanent + indeterminate + not_attempted
//	accepted  = delivered + damaged + notified + deferred + quarantined + lost + unknown
type Accounting struct {
	Planned   int `json:"planned"`
	Unsent    int `json:"unsent"`
	Attempted int `json:"attempted"`

	Accepted          int `json:"accepted"`
	RejectedTemporary int `json:"rejected_temporary"`
	RejectedPermanent int `json:"rejected_permanent"`
	Indeterminate     int `json:"indeterminate"`
	NotAttempted      int `json:"not_attempted"`

	Delivered   int `json:"delivered"`
	Damaged     int `json:"damaged"`
	Notified    int `json:"notified"`
	Deferred    int `json:"deferred"`
	Quarantined int `json:"quarantined"`
	Lost        int `json:"lost"`
	Unknown     int `json:"unknown"`

	Duplicates                int `json:"duplicates"`
	Misdelivered              int `json:"misdelivered"`
	DeliveredDespiteRejection int `json:"delivered_despite_rejection"`
	Resurrected               int `json:"resurrected"`
	Phantom                   int `json:"phantom"`

	Hidden     int `json:"hidden"`     // of the lost: on a disk, and no mailbox shows them
	Unreadable int `json:"unreadable"` // messages that a store lists and cannot show
	Misfiled   int `json:"misfiled"`   // in a folder of their recipient that they were not addressed to
	Late       int `json:"late"`       // of the accepted: found only after two readings had agreed without them
	Stale      int `json:"stale"`      // messages of another run
	Alien      int `json:"alien"`      // messages of no run
	Recovered  int `json:"recovered"`  // of the indeterminate: found
	Absent     int `json:"absent"`     // of the indeterminate: not found
}

// Problem names copies of one anomaly class, as ranges of sequence numbers.
type Problem struct {
	Class string `json:"class"` // lost, duplicated, damaged, ...
	Count int    `json:"count"`
	Seqs  string `json:"seqs"` // "3 17-21 40"
	Note  string `json:"note,omitempty"`
}

// Objective is one target with what was measured.
type Objective struct {
	Name     string             `json:"name"` // "rto.mx"
	Target   map[string]float64 `json:"target"`
	Measured *Interval          `json:"measured"` // nil: no data
	Unit     string             `json:"unit"`     // "s", "copies", "%"
	Verdict  Verdict            `json:"verdict"`
	Reason   string             `json:"reason"`
}

// Fault is one step of the timeline with its proofs.
type Fault struct {
	Step      string    `json:"step"`
	Kind      string    `json:"kind"`
	Targets   []string  `json:"targets"`
	Injected  *Interval `json:"injected"`
	Effective *Interval `json:"effective"`
	Healed    *Interval `json:"healed"`
	Proofs    Proofs    `json:"proofs"`
	Reverted  bool      `json:"reverted"`
	Residue   []string  `json:"residue"`
	// State is proven, ineffective, unexercised, partial, overreach, dirty,
	// refused (it would have met another fault from which it cannot be told) or not
	// reached.
	State string `json:"state"`
	// By names the ways in which it was made, where the kind has several.
	By []string `json:"by,omitempty"`
	// Measured compares what was asked for with what was seen last.
	Measured []Measured `json:"measured,omitempty"`
	// Counted is what the fault's own counters counted, by what it was. Where they
	// count the system's traffic their sum is what met the fault; others say what
	// the fault itself has done.
	Counted map[string]uint64 `json:"counted,omitempty"`
	// LastSeen is when a fault was last seen in effect, in seconds, that was
	// gone while it was still to be held. Nil: it stayed.
	LastSeen *float64 `json:"last_seen,omitempty"`
	Detail   string   `json:"detail,omitempty"`

	Clock     *FaultClock `json:"clock,omitempty"`
	Detection *Detection  `json:"detection,omitempty"`
	Capacity  *Interval   `json:"capacity,omitempty"` // seconds until the load is carried as before
	Losses    *Losses     `json:"losses,omitempty"`
}

// Measured is one quantity of a fault on one of its targets.
type Measured struct {
	Target string  `json:"target"`
	What   string  `json:"what"` // "delay"
	Unit   string  `json:"unit"` // "s", "B/s", "share"
	Asked  float64 `json:"asked"`
	Seen   float64 `json:"seen"`
	Within bool    `json:"within"` // as near as the kind promises
}

// Proofs are the three levels at which a fault is proven. Exercised counts
// what met it.
type Proofs struct {
	Installed bool   `json:"installed"`
	Effective bool   `json:"effective"`
	Exercised uint64 `json:"exercised"`
}

// Service is the availability of one service, or of a service at one node
// ("mx@mx1").
type Service struct {
	Probes  int      `json:"probes"`
	Failed  int      `json:"failed"`
	Outages []Outage `json:"outages"`
}

// Outage is one interruption. RTA is the recovery time actual, measured from
// when the fault became effective to stable recovery; FirstSuccess is when the
// first good probe after the interruption ended.
type Outage struct {
	Began        Interval `json:"began"`
	RTA          Interval `json:"rta"`
	FirstSuccess *float64 `json:"first_success"`
	Step         string   `json:"step,omitempty"`
	// Manual is how much of it manual steps were waited for, in seconds, from when
	// they were shown to when they were acknowledged or given up. The rest is what
	// machines took. Nil: there was no manual step.
	Manual *float64 `json:"manual,omitempty"`
}

// Gate is one condition that must hold before the data mean anything.
type Gate struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail"`
	// TimesOnly: if it failed, objectives on times are open, and no others.
	TimesOnly bool `json:"times_only,omitempty"`
}

// Phase is one stretch of the run.
type Phase struct {
	Name  string  `json:"name"`
	Began float64 `json:"began"`
	Ended float64 `json:"ended"`
}

// Confidence says what the trials of the series support, from the first up to
// this one.
type Confidence struct {
	Trials       int    `json:"trials"` // with a conclusion: those that failed, and those that passed and left nothing behind
	Failed       int    `json:"failed"`
	Inconclusive int    `json:"inconclusive"` // without a conclusion
	Statement    string `json:"statement"`
}

// Expect is the declared ending of the scenario and whether it came true.
type Expect struct {
	Verdict    Verdict  `json:"verdict"`
	Objectives []string `json:"objectives,omitempty"`
	Met        bool     `json:"met"`
}
