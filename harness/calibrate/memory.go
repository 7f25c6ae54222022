package calibrate

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
)

// book keeps a history in memory: a ledger.Recorder, ledger.EventLog and
// ledger.Scanner in one.
type book struct {
	mu      sync.Mutex
	entries []ledger.Entry
	events  []ledger.Event
}

// Intend implements ledger.Recorder.
func (k *book) Intend(e ...ledger.Entry) error { return k.Record(e...) }

// Record implements ledger.Recorder.
func (k *book) Record(e ...ledger.Entry) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.entries = append(k.entries, e...)
	return nil
}

// Append implements ledger.EventLog.
func (k *book) Append(at time.Duration, kind, step, node string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events = append(k.events, ledger.Event{N: len(k.events) + 1, At: seconds(at), Kind: kind, Step: step, Node: node, Data: raw})
	return nil
}

// Each implements ledger.Scanner.
func (k *book) Each(visit func(ledger.Entry) error) error {
	for _, e := range k.entries {
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// Torn implements ledger.Scanner.
func (k *book) Torn() string { return "" }

// copy is a book that goes on from here.
func (k *book) copy() *book {
	k.mu.Lock()
	defer k.mu.Unlock()
	return &book{entries: slices.Clone(k.entries), events: slices.Clone(k.events)}
}

func (k *book) history() measure.History { return measure.History{Events: k.events, Ledger: k} }
