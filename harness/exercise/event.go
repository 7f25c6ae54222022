package exercise

import (
	"encoding/json"
	"time"
)

// Event is one line of the log. Each line carries the SHA-256 of the line before
// it, so that a changed or dropped line shows.
type Event struct {
	N    int             `json:"n"`
	At   time.Time       `json:"at"`
	By   string          `json:"by"`
	Role string          `json:"role,omitempty"`
	Via  string          `json:"via"` // terminal, console, channel, leader
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
	Prev string          `json:"prev"`
}

// Actor is who does something, and by which way.
type Actor struct {
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
	Via  string `json:"via"`
}

// Kinds of events, with the type of their data.
const (
	Created        = "created"         // Making
	StateChanged   = "state"           // Move
	CardAnswered   = "card"            // CardAnswer
	RollCalled     = "roll.called"     // Calling
	RollAnswered   = "roll.answered"   // Code
	NoticeSent     = "notice.sent"     // Sending
	NoticeAnswered = "notice.answered" // Code
	InjectAsked    = "inject.asked"    // Target: somebody wants it released
	InjectReleased = "inject.released" // Release
	StepChanged    = "step"            // StepChange
	Marked         = "mark"            // Milestone
	Noted          = "note"            // Remark
	Said           = "said"            // Saying: a message that went out to all
	LeaderTook     = "leader.took"     // Leading
	LeaderLeft     = "leader.left"     // Leading
	DrillBegan     = "drill.began"     // Drill
	DrillSaid      = "drill.said"      // Progress
	DrillEnded     = "drill.ended"     // Drill
	FactsSeen      = "facts"           // Facts
	Judged         = "hypothesis"      // Judgement
	Found          = "finding"         // Finding
	ActionChanged  = "action"          // Action
	RiskAccepted   = "risk"            // Acceptance
	Debriefed      = "hotwash"         // HotWash
	Rated          = "rating"          // Rating
	SignedOff      = "signed"          // Signature
)

// Making is how an exercise begins.
type Making struct {
	ID      string     `json:"id"`
	SHA256  string     `json:"sha256"`
	Planned *time.Time `json:"planned,omitempty"`
	// Set overrides values of the scenario beyond what the file says, "path=value".
	Set []string `json:"set,omitempty"`
	// Base is the folder that paths in the file are relative to; empty: the library.
	Base string `json:"base,omitempty"`
	// Seed draws the times of injects between two.
	Seed uint64 `json:"seed"`
}

// Move is a change of state.
type Move struct {
	To  State  `json:"to"`
	Why string `json:"why,omitempty"`
	// Digest of the topology: what is approved, and what play starts with.
	Digest string `json:"digest,omitempty"`
}

// CardAnswer answers a line of the go/no-go card.
type CardAnswer struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Detail string `json:"detail,omitempty"`
}

// Calling is a call to one person. Code is the SHA-256 of the one-time code.
type Calling struct {
	Person  string `json:"person"`
	Role    string `json:"role"`
	Channel string `json:"channel"`
	Code    string `json:"code_sha256"`
	Failed  string `json:"failed,omitempty"`
}

// Code is the SHA-256 of a one-time code that came back.
type Code struct {
	Code string `json:"code_sha256"`
}

// Sending is a notice that was sent, or could not be.
type Sending struct {
	ID     string `json:"id"`
	Code   string `json:"code_sha256,omitempty"`
	Failed string `json:"failed,omitempty"`
}

// Target names an inject.
type Target struct {
	ID string `json:"id"`
}

// Release is an inject that was released.
type Release struct {
	ID     string `json:"id"`
	Failed string `json:"failed,omitempty"` // its message did not go out
}

// StepChange is what somebody says of a step: begun, done, skipped or failed.
type StepChange struct {
	ID     string `json:"id"`
	Result string `json:"result"`
	Note   string `json:"note,omitempty"`
}

// Milestone is a mark. Ago is how long before the line it was, in seconds.
type Milestone struct {
	Kind string  `json:"kind"`
	Ago  float64 `json:"ago,omitempty"`
}

// Remark is a note. Ago is how long before the line it was, in seconds.
type Remark struct {
	Kind string  `json:"kind,omitempty"`
	Text string  `json:"text"`
	Ago  float64 `json:"ago,omitempty"`
}

// Saying is a message to all who take part.
type Saying struct {
	Kind    string `json:"kind"`
	Channel string `json:"channel"`
	Text    string `json:"text"`
	Failed  string `json:"failed,omitempty"`
}

// Leading is a process that leads, or that left.
type Leading struct {
	PID  int    `json:"pid"`
	Lost bool   `json:"lost,omitempty"`
	Why  string `json:"why,omitempty"`
}

// Progress is what the drill does: a phase, a fault with its proof, a guard.
type Progress struct {
	Kind string `json:"kind"`
	Step string `json:"step,omitempty"`
	Node string `json:"node,omitempty"`
	Text string `json:"text"`
}

// Judgement is what people say of a hypothesis: confirmed or refuted.
type Judgement struct {
	ID      string `json:"id"`
	Outcome string `json:"outcome"`
	Why     string `json:"why,omitempty"`
}
