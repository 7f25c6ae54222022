package chronicle

import "maildrill/harness/record"

// Problems are the copies that the record's problems name.
type Problems struct {
	// Classes are the rows of the record, the worst first, with their lists of
	// numbers cut short.
	Classes []record.Problem `json:"classes"`
	// Copies are the worst first, and by number within a class. Total is how many
	// there are; Copies has at most [ProblemsMost] of them, some of each class.
	Copies []ProblemCopy `json:"copies"`
	Total  int           `json:"total"`
}

// ProblemsMost bounds the problem copies that are shown.
const ProblemsMost = 500

// ProblemCopy is one copy with all that is known of its way.
type ProblemCopy struct {
	Seq     uint32   `json:"seq"`
	Rcpt    uint16   `json:"rcpt,omitempty"`
	Class   string   `json:"class"`          // the worst
	Also    []string `json:"also,omitempty"` // other classes that it is in
	Planned bool     `json:"planned"`        // false: a phantom, of which the ledger has no intent
	// Recipient is masked.
	Recipient string   `json:"recipient,omitempty"`
	Due       float64  `json:"due"`
	Outcome   string   `json:"outcome,omitempty"`  // "accepted", ...; empty: none is known
	Sent      *float64 `json:"sent,omitempty"`     // when its end was written; nil: never
	Answered  *float64 `json:"answered,omitempty"` // when the last attempt ended, with a reply or without
	Node      string   `json:"node,omitempty"`     // that answered
	Code      int      `json:"code,omitempty"`     // SMTP reply code
	Enhanced  string   `json:"enhanced,omitempty"` // status code (RFC 3463)
	Reply     string   `json:"reply,omitempty"`
	Tries     []Try    `json:"tries,omitempty"` // attempts that decided nothing
	Seen      []Seen   `json:"seen,omitempty"`  // in mailboxes
	Queued    []string `json:"queued,omitempty"`
	Notices   []string `json:"notices,omitempty"`  // reports on its delivery
	Found     []Found  `json:"found,omitempty"`    // in files
	LastHop   string   `json:"last_hop,omitempty"` // the last host that is known to have had it
}

// Try is an attempt at a host that decided nothing.
type Try struct {
	At    float64 `json:"at"`
	Node  string  `json:"node"`
	Code  int     `json:"code,omitempty"`
	Error string  `json:"error,omitempty"`
}

// Found is a file of a node that holds a copy.
type Found struct {
	Node string `json:"node"`
	Path string `json:"path"`
}

// Seen is one physical copy in a mailbox.
type Seen struct {
	Store   string   `json:"store"`
	Mailbox string   `json:"mailbox"` // masked
	Scans   []int    `json:"scans"`   // that wrote it down: a later one leaves out accounts that have not changed
	UID     uint32   `json:"uid"`
	Arrived *float64 `json:"arrived,omitempty"` // the second in which it arrived begins here; nil: not known
	Damaged bool     `json:"damaged,omitempty"`
	Foreign string   `json:"foreign,omitempty"` // "misdelivered", ...
	Detail  string   `json:"detail,omitempty"`
	Hops    []string `json:"hops,omitempty"` // "host queue-id", the oldest first
}
