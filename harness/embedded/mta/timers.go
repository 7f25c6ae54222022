package mta

import (
	"time"

	"maildrill/harness/topology"
)

// Timers are the waits that decide how soon mail flows again.
type Timers struct {
	RetryMin, RetryMax       time.Duration // between two attempts at a message
	Expiry                   time.Duration // age at which a message is returned
	Connect, Command, Finish time.Duration // connection, each reply, reply to the message
}

// TimersOf gives the timers of a clock: Postfix's defaults for production, and
// what the real servers of a drill are tuned to.
func TimersOf(c topology.Clock) Timers {
	if c == topology.Production {
		return Timers{RetryMin: 300 * time.Second, RetryMax: 4000 * time.Second, Expiry: 5 * 24 * time.Hour,
			Connect: 30 * time.Second, Command: 300 * time.Second, Finish: 600 * time.Second}
	}
	return Timers{RetryMin: 4 * time.Second, RetryMax: 4 * time.Second, Expiry: 10 * time.Minute,
		Connect: 3 * time.Second, Command: 5 * time.Second, Finish: 20 * time.Second}
}

// backoff doubles the wait with each attempt, from 1.
func (t Timers) backoff(attempt int) time.Duration {
	wait := t.RetryMin
	for ; attempt > 1 && wait < t.RetryMax; attempt-- {
		wait *= 2
	}
	return min(wait, t.RetryMax)
}
