package faults

import "time"

// IMAPScript is how a proxy that speaks IMAP (RFC 9051) departs from handing on
// what both ends say. Each part is off while it is zero.
type IMAPScript struct {
	// Answers are given in place of the server's: tagged, NO.
	Answers []IMAPAnswer `json:"answers,omitempty"`
	// Delay comes before the tagged answer to the commands Late, or to each.
	Delay time.Duration `json:"delay,omitempty"` // ns
	Late  []string      `json:"late,omitempty"`
	Bye   *IMAPBye      `json:"bye,omitempty"`
	// StartTLS is what becomes of STARTTLS (RFC 9051, 6.2.1).
	StartTLS SMTPStartTLS `json:"startTLS,omitempty"`
}

// IMAPAnswer is a NO to some commands, which do not reach the server. A command
// stands for its UID variant too.
type IMAPAnswer struct {
	Commands []string `json:"commands"`
	Code     string   `json:"code,omitempty"` // response code (RFC 9051, 7.1; RFC 5530): "UNAVAILABLE"
	Text     string   `json:"text"`
	// Share of the occasions at which it is given, from 0 to 1.
	Share float64 `json:"share"`
}

// IMAPBye ends a session by an untagged BYE (RFC 9051, 7.1.5).
type IMAPBye struct {
	At IMAPPoint `json:"at"`
	// After is how many commands of a session are answered before its end.
	After int    `json:"after,omitempty"`
	Code  string `json:"code,omitempty"`
	Text  string `json:"text"`
	// Share of the connections that are ended, from 0 to 1.
	Share float64 `json:"share"`
}

// IMAPPoint is a point of a connection.
type IMAPPoint string

const (
	IMAPGreeting IMAPPoint = "greeting" // in place of the greeting
	IMAPLogin    IMAPPoint = "login"    // after a login that succeeded
	IMAPSession  IMAPPoint = "session"  // in place of the answer to a command
)

// Coded writes a response code and a text as they stand in an answer of IMAP or
// POP3 (RFC 2449, 8).
func Coded(code, text string) string {
	if code == "" {
		return text
	}
	return "[" + code + "] " + text
}
