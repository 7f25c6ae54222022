package faults

import "time"

// POP3Script is how a proxy that speaks POP3 (RFC 1939) departs from handing on
// what both ends say. Each part is off while it is zero.
type POP3Script struct {
	// Errors are given in place of the server's answers.
	Errors []POP3Error `json:"errors,omitempty"`
	// Delay comes before the answer to the commands Late, or to each.
	Delay time.Duration `json:"delay,omitempty"` // ns
	Late  []string      `json:"late,omitempty"`
	// Cut breaks the connection in the answer to RETR, after CutAfter bytes of
	// the message as they are on the wire, or before its end.
	Cut      bool  `json:"cut,omitempty"`
	CutAfter int64 `json:"cutAfter,omitempty"`
	// CutShare of the messages are cut, from 0 to 1.
	CutShare float64 `json:"cutShare,omitempty"`
}

// POP3Error is an -ERR to a command, which does not reach the server.
type POP3Error struct {
	Command string `json:"command"`
	Code    string `json:"code,omitempty"` // response code (RFC 2449, 8; RFC 3206): "SYS/TEMP"
	Text    string `json:"text"`
	// Share of the occasions at which it is given, from 0 to 1.
	Share float64 `json:"share"`
}
