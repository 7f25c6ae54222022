package ledger

// The data of events, by kind. They are facts as they were seen; nothing here
// is judged.

// ProbeResult is the data of [Probed].
type ProbeResult struct {
	// Service is what the probe proves: "mx", "submission", "delivery",
	// "imap". With a node it is that service at that node only, and the event
	// carries the node: "mx@mx1" in the record.
	Service   string  `json:"service"`
	Scheduled Seconds `json:"scheduled"`
	Start     Seconds `json:"start"`
	End       Seconds `json:"end"`
	OK        bool    `json:"ok"`
	Error     string  `json:"error,omitempty"`
}

// Proof is the data of [FaultControl], [FaultProof] and [FaultClean]: one
// look at a fault, bracketed by when the look began and ended.
type Proof struct {
	Began         Seconds           `json:"began"`
	Ended         Seconds           `json:"ended"`
	Installed     bool              `json:"installed"`
	Effective     bool              `json:"effective"`
	BystanderHurt bool              `json:"bystander_hurt,omitempty"`
	Counters      map[string]uint64 `json:"counters,omitempty"`
	Counts        bool              `json:"counts,omitempty"`  // they count the system's own traffic that met it, 0 included
	Partial       bool              `json:"partial,omitempty"` // only some of it is there
	By            string            `json:"by,omitempty"`      // which way it was made, where there are several
	Measured      []Measured        `json:"measured,omitempty"`
	Detail        string            `json:"detail,omitempty"`
	Error         string            `json:"error,omitempty"`
}

// Measured compares one quantity that a fault was asked for with what is seen.
type Measured struct {
	What   string  `json:"what"` // "delay"
	Unit   string  `json:"unit"` // "s", "B/s", "share"
	Asked  float64 `json:"asked"`
	Seen   float64 `json:"seen"`
	Within bool    `json:"within"` // as near as the kind promises
}

// Call is the data of [FaultInjecting], [FaultInjected], [FaultReverting],
// [FaultReverted] and [ActionBegan]: a call and how it returned.
type Call struct {
	Kind  string  `json:"kind"`
	Began Seconds `json:"began"`
	Ended Seconds `json:"ended,omitempty"`
	Error string  `json:"error,omitempty"`
}

// Deed is the data of [ActionDone]: an action on one node, or on none, and how it
// ended.
type Deed struct {
	Call
	// Result is "done", "failed", "timed out", "not acknowledged" or "cancelled".
	Result string `json:"result,omitempty"`
	Output string `json:"output,omitempty"` // the end of what was printed
	By     string `json:"by,omitempty"`     // who acknowledged it
	Via    string `json:"via,omitempty"`    // "terminal" or "ack"
	Note   string `json:"note,omitempty"`   // what they said to it
}

// QueueReading is the data of [QueueRead]: one reading of one node's queue.
type QueueReading struct {
	Reading int    `json:"reading"`
	Count   int    `json:"count"`
	Ours    int    `json:"ours"` // of this run's copies
	Error   string `json:"error,omitempty"`
}

// ScanResult is the data of [Scanned]: one full reading of every mailbox.
type ScanResult struct {
	Scan      int      `json:"scan"`
	Mailboxes int      `json:"mailboxes"`
	Messages  int      `json:"messages"`
	Unread    []string `json:"unread,omitempty"` // mailboxes that could not be read, with the error
	Digest    string   `json:"digest"`           // of what was found; two agreeing scans have the same
	// Standing are the accounts that read exactly as in an earlier scan, byte for
	// byte: their messages are not written down again.
	Standing []Standing `json:"standing,omitempty"`
}

// Standing is one account at one store that had not changed since a scan.
type Standing struct {
	Store   string `json:"store"`
	Account string `json:"account"` // address
	Scan    int    `json:"scan"`    // whose entries say what is there
}

// Sentinel is the data of [SentinelSeen]: a message sent after the queues were
// empty, to prove that the path is alive.
type Sentinel struct {
	Path    string  `json:"path"`
	Sent    Seconds `json:"sent"`
	Arrived Seconds `json:"arrived,omitempty"`
	Error   string  `json:"error,omitempty"`
}

// Salting is the data of [Salted]: the anomalies of kind [Planted] were put into
// the mailboxes, as far as there is something to put.
type Salting struct {
	Placed int    `json:"placed"` // messages
	Error  string `json:"error,omitempty"`
}

// Stall is the data of [Gap]: the instrument was late by Late at To.
type Stall struct {
	From Seconds `json:"from"`
	To   Seconds `json:"to"`
}

// PhaseStart is the data of [PhaseBegan].
type PhaseStart struct {
	Phase string `json:"phase"`
}

// Ending is the data of [RunEnded] and [Aborted].
type Ending struct {
	How   string `json:"how"` // "complete", "guard", "signal", "person", "error"
	Why   string `json:"why,omitempty"`
	Wall  string `json:"wall,omitempty"` // RFC 3339
	Dirty bool   `json:"dirty,omitempty"`
	// Lacking: the error is the environment's: no engine, no image, a host that
	// cannot do it.
	Lacking bool `json:"lacking,omitempty"`
}

// Leftovers is the data of [Residue]: what could not be proven gone.
type Leftovers struct {
	Items []string `json:"items"`
}

// Refusal is the data of [FaultRefused].
type Refusal struct {
	Kind string `json:"kind"`
	Why  string `json:"why"`
}

// Traces is the data of [TracesNoted] and [TracesCompared].
type Traces struct {
	Nodes []string `json:"nodes"`
}

// Start is the data of [RunStarted].
type Start struct {
	Wall        string            `json:"wall"` // RFC 3339
	Environment map[string]string `json:"environment,omitempty"`
	Tuned       map[string]string `json:"tuned,omitempty"` // timers that the clock has set
}
