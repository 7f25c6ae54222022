package harness

import (
	"time"

	"maildrill/harness/ledger"
)

// eventLog writes events and tells the observer. A history that cannot be
// written ends the run: what is not recorded must not be claimed.
type eventLog struct {
	log     *ledger.Events
	clock   func() time.Duration
	observe func(ledger.Event)
	broken  func(error)
}

func (e *eventLog) append(kind, step, node string, data any) {
	at := e.clock()
	if err := e.log.Append(at, kind, step, node, data); err != nil {
		e.broken(err)
	}
	if e.observe != nil {
		e.observe(ledger.Event{At: ledger.Seconds(at), Kind: kind, Step: step, Node: node})
	}
}
