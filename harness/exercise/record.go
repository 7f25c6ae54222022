package exercise

import "time"

// Schema is the value of Record.Schema.
const Schema = "maildrill/exercise/v1"

// Record is exercise.json: an exercise as it stands after the events of its log.
type Record struct {
	Schema string `json:"schema"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Title  string `json:"title"`
	Story  string `json:"story,omitempty"`
	Goal   string `json:"goal"`
	Form   string `json:"form"` // tabletop, functional, ...
	State  State  `json:"state"`
	// SHA256 is the digest of the game day's file, which is in the folder as it was
	// when the exercise was made.
	SHA256      string     `json:"sha256"`
	Mitigations []string   `json:"mitigations"`
	Causes      []string   `json:"causes"`
	Controls    []string   `json:"controls"`
	Scenario    string     `json:"scenario,omitempty"` // empty: without containers
	Base        string     `json:"base,omitempty"`     // folder that paths of the game day are relative to
	Set         []string   `json:"set,omitempty"`      // values of it that are different in this exercise
	Simulated   bool       `json:"simulated"`          // the drill was on simulated servers
	Plan        Plan       `json:"plan"`
	Planned     *time.Time `json:"planned,omitempty"`
	Created     time.Time  `json:"created"`
	Started     *time.Time `json:"started,omitempty"`
	Ended       *time.Time `json:"ended,omitempty"` // of play
	// Held is how long play stood still, in seconds.
	Held      float64    `json:"held"`
	HeldSince *time.Time `json:"held_since,omitempty"`
	// Fault is when the first fault was released.
	Fault *time.Time `json:"fault,omitempty"`

	Hypotheses  []Hypothesis `json:"hypotheses"`
	People      []Person     `json:"people"`
	Channels    []Channel    `json:"channels"`
	RollCall    *RollCall    `json:"rollcall,omitempty"`
	Notices     []Notice     `json:"notices"`
	Card        []Answer     `json:"card"`
	StopWhen    []string     `json:"stop_when"`
	Differences []string     `json:"differences,omitempty"` // from production
	ReportTo    []string     `json:"report_to,omitempty"`
	Injects     []Inject     `json:"injects"`
	Steps       []Step       `json:"steps"`
	Marks       []Mark       `json:"marks"`
	Notes       []Note       `json:"notes"`
	Messages    []Message    `json:"messages"`
	Transitions []Transition `json:"transitions"`
	Leaders     []Leader     `json:"leaders"`
	Drill       *Drill       `json:"drill,omitempty"`
	Progress    []Beat       `json:"progress"` // of the drill, as it was led
	Levels      []Level      `json:"levels"`
	Facts       *Facts       `json:"facts,omitempty"`

	Findings   []Finding    `json:"findings"`
	Actions    []Action     `json:"actions"`
	Risks      []Acceptance `json:"risks"`
	HotWash    []HotWash    `json:"hotwash"`
	Ratings    []Rating     `json:"ratings"`
	Signatures []Signature  `json:"signatures"`

	// Checks and Verdict are there once play is over.
	Checks  []Check `json:"checks"`
	Verdict Verdict `json:"verdict,omitempty"`
	Expect  *Expect `json:"expect,omitempty"`
	// Events counts the lines of the log, Head is the SHA-256 of the last one.
	Events int    `json:"events"`
	Head   string `json:"head"`
}

// Verdict is how a check or the exercise ended: passed, failed, inconclusive or
// aborted. The zero value is no verdict.
type Verdict string

// Verdicts.
const (
	Passed       Verdict = "passed"
	Failed       Verdict = "failed"
	Inconclusive Verdict = "inconclusive"
	Aborted      Verdict = "aborted"
)

// Plan is the recovery plan that is exercised.
type Plan struct {
	Document   string `json:"document"`
	Version    string `json:"version"`
	Reviewed   string `json:"reviewed"`
	WithinDays int    `json:"within_days"`
	Topology   string `json:"topology,omitempty"` // digest of what the plan describes
	Runbook    string `json:"runbook,omitempty"`
}

// Hypothesis is what was believed, and what came of it.
type Hypothesis struct {
	ID        string `json:"id"`
	Text      string `json:"text"`
	Objective string `json:"objective,omitempty"`
	Outcome   string `json:"outcome"` // open, confirmed, refuted
	Why       string `json:"why,omitempty"`
	By        string `json:"by,omitempty"`
}

// Person is one who has a part.
type Person struct {
	Role       string `json:"role"`
	Name       string `json:"name"`
	Deputy     string `json:"deputy,omitempty"`
	Channel    string `json:"channel,omitempty"`
	Trained    string `json:"trained,omitempty"`
	WithinDays int    `json:"within_days,omitempty"`
	Waived     string `json:"waived,omitempty"`
	// Acted is who did something in this part: the person or the deputy.
	Acted string `json:"acted,omitempty"`
}

// Channel is a way to reach people.
type Channel struct {
	ID        string   `json:"id"`
	Kind      string   `json:"kind"`
	Provider  string   `json:"provider,omitempty"`
	DependsOn []string `json:"depends_on,omitempty"`
}

// RollCall is who was called, and who answered.
type RollCall struct {
	Quorum int     `json:"quorum"`
	Within float64 `json:"within"` // seconds
	Calls  []Call  `json:"calls"`
}

// Call is one person who was called. Code is the SHA-256 of the one-time code: the
// code itself is kept nowhere.
type Call struct {
	Person   string     `json:"person"`
	Role     string     `json:"role"`
	Channel  string     `json:"channel"`
	Code     string     `json:"code_sha256,omitempty"`
	Sent     time.Time  `json:"sent"`
	Failed   string     `json:"failed,omitempty"` // why it did not go out
	Answered *time.Time `json:"answered,omitempty"`
	Via      string     `json:"via,omitempty"`
}

// Notice is a message to those whom the exercise touches.
type Notice struct {
	ID          string     `json:"id"`
	When        string     `json:"when"`
	Lead        float64    `json:"lead,omitempty"` // seconds
	Channel     string     `json:"channel"`
	Audience    string     `json:"audience"`
	Text        string     `json:"text"`
	Acknowledge bool       `json:"acknowledge,omitempty"`
	Sent        *time.Time `json:"sent,omitempty"`
	Failed      string     `json:"failed,omitempty"`
	Code        string     `json:"code_sha256,omitempty"`
	Answered    *time.Time `json:"answered,omitempty"`
	AnsweredBy  string     `json:"answered_by,omitempty"`
}

// Answer is one line of the go/no-go card.
type Answer struct {
	ID       string     `json:"id"`
	Question string     `json:"question"`
	Machine  bool       `json:"machine"` // maildrill answers it
	State    string     `json:"state"`   // open, go, no-go, waived
	Detail   string     `json:"detail,omitempty"`
	By       string     `json:"by,omitempty"`
	At       *time.Time `json:"at,omitempty"`
}

// Inject is something that happens to the players.
type Inject struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Text     string `json:"text,omitempty"`
	Channel  string `json:"channel,omitempty"`
	Step     string `json:"step,omitempty"`
	Surprise bool   `json:"surprise,omitempty"`
	// Due is when it releases itself, in seconds of play; nil: on demand.
	Due      *float64   `json:"due,omitempty"`
	Asked    *time.Time `json:"asked,omitempty"`
	Released *time.Time `json:"released,omitempty"`
	By       string     `json:"by,omitempty"`
	Failed   string     `json:"failed,omitempty"` // of the message to the players
}

// Step is one step of the runbook.
type Step struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Role     string     `json:"role,omitempty"`
	After    string     `json:"after,omitempty"`
	Releases string     `json:"releases,omitempty"`
	Expect   float64    `json:"expect,omitempty"` // seconds; 0: not said
	Began    *time.Time `json:"began,omitempty"`
	Ended    *time.Time `json:"ended,omitempty"`
	Result   string     `json:"result"` // open, begun, done, skipped, failed
	By       string     `json:"by,omitempty"`
	Note     string     `json:"note,omitempty"` // what was done otherwise than planned
	// Took is how long it took, in seconds, from the inject or the step that called
	// for it. Nil: not known.
	Took *float64 `json:"took,omitempty"`
}

// Mark is a milestone that people call: detected, declared, restored, verified or
// normal.
type Mark struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Role string    `json:"role,omitempty"`
}

// Note is what somebody wrote down. At may be before the line of the log.
type Note struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Role string    `json:"role,omitempty"`
	Kind string    `json:"kind"` // observation, decision, action, milestone
	Text string    `json:"text"`
}

// Transition is a change of state.
type Transition struct {
	At   time.Time `json:"at"`
	From State     `json:"from"`
	To   State     `json:"to"`
	By   string    `json:"by"`
	Role string    `json:"role,omitempty"`
	Why  string    `json:"why,omitempty"`
	// Digest of the topology, where one is approved or started.
	Digest string `json:"digest,omitempty"`
}

// Message went out to all who take part, or failed to.
type Message struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Role    string    `json:"role,omitempty"`
	Kind    string    `json:"kind"` // announcement, inject, stop, real-world, all-clear
	Channel string    `json:"channel"`
	Text    string    `json:"text"`
	Failed  string    `json:"failed,omitempty"`
}

// Beat is something that the drill did.
type Beat struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Step string    `json:"step,omitempty"`
	Node string    `json:"node,omitempty"`
	Text string    `json:"text"`
}

// Leader is a process that led the exercise.
type Leader struct {
	PID  int        `json:"pid"`
	Took time.Time  `json:"took"`
	Left *time.Time `json:"left,omitempty"`
	Lost bool       `json:"lost,omitempty"` // it was killed; found by the next who looked
}
