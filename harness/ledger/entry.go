package ledger

import "time"

// Copy is one recipient of one message: the unit of account.
type Copy struct {
	Stream uint16 // StreamWorkload, StreamProbe, StreamSentinel
	Seq    uint32 // dense within the stream, from 1
	Rcpt   uint16 // index in the message's recipient list, from 0
}

// Kind tells what an entry says. The zero value is never written.
type Kind uint8

const (
	// Intent: the copy is going to be offered, at most a second later. Start is
	// its intended time, Detail its recipient address. It is the first entry of
	// every copy, and on stable storage before the first byte of the terminator.
	Intent Kind = iota + 1
	// Unsent: its time came and it was never started, because the driver was
	// saturated or stopped. It counts against the driver, never against the system.
	Unsent
	// Try: one connection to one host that decided nothing, from Start to End;
	// another followed. Node is the host tried, Phase where it ended, Code the
	// last reply, Detail the error.
	Try
	// Outcome: the verdict on the copy, and the last attempt, which came to it:
	// from Start to End, when the reply was read. Sent is when the terminator was
	// written (0: never); Node the host that answered.
	Outcome
	// Seen: one physical copy found by scan number Scan in Mailbox, stored at
	// Arrived. Hops is given only where copies have to be told apart: of
	// duplicated, damaged, misdelivered and foreign ones.
	Seen
	// Queued: found in the queue of Node by reading number Scan.
	Queued
	// Notified: a bounce for the copy arrived; Detail is the DSN action.
	Notified
	// Withdrawn: the intent was committed ahead of time and the workload ended
	// before its time came. Nothing of the copy was offered; it leaves the
	// accounts altogether.
	Withdrawn
	// Planted: the instrument makes this anomaly itself, to see whether the judge
	// finds it (in-run salting). Detail is the class: "lost", "duplicated",
	// "damaged", "misfiled", "phantom". It comes before the copy's intent, so that
	// no torn ledger shows the copy without it.
	Planted
	// Raw: the token of a copy that no mailbox shows was looked for in the files
	// of Node; Detail is the path where it was found, empty: nowhere.
	Raw
)

// Verdict is the submission verdict of a copy (RFC 5321, sections 4.2.5 and
// 3.8; RFC 1047 for the gap that makes it indeterminate).
type Verdict uint8

const (
	Accepted          Verdict = iota + 1 // complete 2yz after the final dot
	RejectedTemporary                    // complete 4yz
	RejectedPermanent                    // complete 5yz
	Indeterminate                        // lost between the terminator and its reply
	NotAttempted                         // ended before the terminator
)

// Phase is how far an SMTP transaction came.
type Phase uint8

const (
	PhaseResolve  Phase = iota + 1 // MX and address lookup
	PhaseConnect                   // TCP
	PhaseGreeting                  // 220
	PhaseHello                     // EHLO
	PhaseTLS                       // STARTTLS or implicit TLS
	PhaseAuth
	PhaseMail
	PhaseRcpt
	PhaseData    // 354
	PhaseContent // streaming, before any byte of the terminator
	PhaseReply   // from the first byte of the terminator to the full reply
	PhaseDone
)

// Integrity is the state of a physical copy.
type Integrity uint8

const (
	Intact  Integrity = iota + 1
	Damaged           // Detail says how
)

// Entry is one line of the history. Which fields mean something depends on
// Kind; the others are zero.
type Entry struct {
	Kind        Kind
	Copy        Copy
	Start, End  time.Duration
	Sent        time.Duration // when the first byte of the terminator was written; 0: never
	Arrived     time.Duration // INTERNALDATE (RFC 9051, section 2.3.3), in whole seconds
	Attempt     uint16        // of the driver, as the message found says
	Node        string
	Verdict     Verdict
	Phase       Phase
	Code        uint16 // SMTP reply code
	Enhanced    string // enhanced status code (RFC 3463)
	Detail      string
	Scan        uint16
	Mailbox     string // user and folder, "u1@drill.test/INBOX"
	UID         uint32
	UIDValidity uint32
	Integrity   Integrity
	// Hops is the Received chain of a seen copy, newest first, as
	// "host queue-id" pairs joined by ";".
	Hops string
	// Foreign is the class of a seen message that is no rightful copy of this run:
	// "stale" (other run), "alien" (no token), "misdelivered" (this run, a mailbox
	// that is not among the recipients; Copy.Rcpt means nothing then), "unaddressed"
	// (this run, but the recipients are gone; Copy.Rcpt means nothing), "unreadable"
	// (the server lists it and cannot show it, Detail says how; whose it is, is not
	// known, and Copy means nothing).
	Foreign string
	Size    uint32 // bytes of the message as offered; with Intent
	// Unmarked is 1 for a seen copy without the header field by which a filter marks
	// what it has looked at, where the drill asks for that.
	Unmarked uint8
}

// Recorder is the write side. It is safe for concurrent use.
type Recorder interface {
	// Intend returns when the entries are on stable storage. Calls made at
	// the same time share one fdatasync.
	Intend(entries ...Entry) error
	// Record appends without waiting for the disk.
	Record(entries ...Entry) error
}

// Scanner is the read side: each entry in the order written. It stops at the
// first error of the callback, and tolerates a torn tail, which Torn reports.
type Scanner interface {
	Each(func(Entry) error) error
	Torn() string
}

// Streams of sequence numbers. Only the workload's copies are accounted for.
const (
	StreamWorkload uint16 = 0
	StreamProbe    uint16 = 1 // canaries
	StreamSentinel uint16 = 2 // sent after quiescence, to prove the path alive
)
