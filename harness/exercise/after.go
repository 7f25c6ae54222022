package exercise

import "time"

// Drill is the run below the exercise, as its own record has it.
type Drill struct {
	Run        string      `json:"run"`
	Folder     string      `json:"folder"`
	Started    time.Time   `json:"started"`
	Ended      *time.Time  `json:"ended,omitempty"`
	Verdict    string      `json:"verdict,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Dirty      bool        `json:"dirty,omitempty"`
	AsDeclared bool        `json:"as_declared,omitempty"`
	Simulated  bool        `json:"simulated,omitempty"`
	Accepted   int         `json:"accepted"`
	Delivered  int         `json:"delivered"`
	Lost       int         `json:"lost"`
	Length     float64     `json:"length,omitempty"` // of the run, in seconds
	Objectives []Objective `json:"objectives,omitempty"`
	Outages    []Outage    `json:"outages,omitempty"`
	Faults     []Fault     `json:"faults,omitempty"`
	// SHA256 is the digest of its record.json.
	SHA256 string `json:"sha256,omitempty"`
}

// Objective of the drill.
type Objective struct {
	Name     string   `json:"name"`
	Target   string   `json:"target"`
	Measured string   `json:"measured"`
	High     *float64 `json:"high,omitempty"` // upper end; nil: open or no data
	Unit     string   `json:"unit,omitempty"`
	Verdict  string   `json:"verdict"`
	Reason   string   `json:"reason,omitempty"`
}

// Outage of a service. High nil: it did not end.
type Outage struct {
	Service string   `json:"service"`
	Low     float64  `json:"low"`
	High    *float64 `json:"high"`
}

// Fault of the drill, with its proofs, as far as it is known.
type Fault struct {
	Step      string     `json:"step"`
	Kind      string     `json:"kind"`
	On        []string   `json:"on,omitempty"`
	Injected  *time.Time `json:"injected,omitempty"`
	Reverted  *time.Time `json:"reverted,omitempty"`
	Effective bool       `json:"effective"`
	Exercised int        `json:"exercised"`
	Clean     bool       `json:"clean"`
}

// Level is a service level, and what was measured of it.
type Level struct {
	Provider     string   `json:"provider"`
	Service      string   `json:"service"`
	Recovery     float64  `json:"recovery,omitempty"`     // seconds
	Availability float64  `json:"availability,omitempty"` // per cent
	Longest      *float64 `json:"longest,omitempty"`      // outage, upper end, seconds
	Observed     *float64 `json:"observed,omitempty"`     // availability, lower end, per cent
}

// Facts are what was looked up when play was over.
type Facts struct {
	At       time.Time `json:"at"`
	Topology string    `json:"topology,omitempty"` // digest of what was drilled
	// Overdue are items of the programme past their date. Nil: not looked up.
	Programme string   `json:"programme,omitempty"`
	Overdue   []string `json:"overdue"`
	// Open are actions of earlier exercises that are neither done, verified nor
	// accepted, and past their date. Followed counts the exercises looked at.
	Followed int      `json:"followed"`
	Open     []string `json:"open"`
	// Regressions are objectives of the drill that became worse than those before,
	// and Compared is with how many runs that was compared.
	Compared    int      `json:"compared"`
	Regressions []string `json:"regressions"`
}

// Finding is what the exercise brought to light.
type Finding struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Text     string    `json:"text"`
	Analysis string    `json:"analysis,omitempty"`
	Cause    string    `json:"cause,omitempty"`
	Section  string    `json:"section,omitempty"` // of the plan
	Severity string    `json:"severity,omitempty"`
}

// Action is what is to be done about a finding.
type Action struct {
	ID       string     `json:"id"`
	Finding  string     `json:"finding,omitempty"`
	Title    string     `json:"title"`
	Owner    string     `json:"owner"`
	Due      string     `json:"due"` // a day
	Priority string     `json:"priority,omitempty"`
	Status   string     `json:"status"` // open, done, verified, accepted
	Created  time.Time  `json:"created"`
	Closed   *time.Time `json:"closed,omitempty"`
	// Run is the passing retest that verifies it.
	Run string `json:"run,omitempty"`
	// Changes counts the changes since it was made.
	Changes int `json:"changes,omitempty"`
}

// Acceptance is a risk that somebody accepts, until a day.
type Acceptance struct {
	Finding string `json:"finding,omitempty"`
	Action  string `json:"action,omitempty"`
	What    string `json:"what"`
	By      string `json:"by"`
	Until   string `json:"until"`
}

// HotWash is what one person says right after.
type HotWash struct {
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	Role      string    `json:"role,omitempty"`
	WentWell  string    `json:"went_well,omitempty"`
	Surprised string    `json:"surprised,omitempty"`
	Slowed    string    `json:"slowed,omitempty"`
	Change    string    `json:"change,omitempty"`
}

// Rating of a capability as HSEEP has it: P performed, S with some, M with major
// challenges, U unable.
type Rating struct {
	Capability string `json:"capability"`
	Rating     string `json:"rating"`
	Why        string `json:"why,omitempty"`
	By         string `json:"by"`
}

// Signature says who signed the record with an SSH key.
type Signature struct {
	Role string    `json:"role"`
	Name string    `json:"name"`
	At   time.Time `json:"at"`
	// Record is the SHA-256 of the exercise.json that was signed.
	Record string `json:"record_sha256"`
}

// Check is one thing that the exercise is judged by.
type Check struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Measured string  `json:"measured"`
	Verdict  Verdict `json:"verdict"`
	Reason   string  `json:"reason,omitempty"`
	// Requirements that need it.
	Requirements []string `json:"requirements,omitempty"`
}

// Expect is how the file declares that the exercise ends.
type Expect struct {
	Verdict Verdict  `json:"verdict"`
	Checks  []string `json:"checks,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Met     bool     `json:"met"`
}
