// Package scan times the reading of one mailbox as a drill does it.
package scan

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// Key signs the mail of the benchmark.
var Key = identity.NewKey("scan-benchmark", 1)

// Lap is one reading.
type Lap struct {
	Messages int
	Seconds  float64
	CPU      float64 // seconds, of the process
}

// Read scans the account with a new scanner into a new ledger. It is done when
// the ledger is closed. A message that is not intact or not ours is an error.
func Read(ctx context.Context, d probe.Dialer, store string, a topology.Account, folder string) (Lap, error) {
	before, began := used(), time.Now()
	log, err := ledger.Create(folder)
	if err != nil {
		return Lap{}, err
	}
	checked := &sound{Recorder: log}
	s := probe.Scanner{Dialer: d, Stores: []string{store}, Accounts: []topology.Account{a}, Key: Key, Recorder: checked,
		Clock: func() time.Duration { return time.Since(began) }, Began: began}
	r, err := s.Scan(ctx, 1)
	if err := errors.Join(err, log.Close()); err != nil {
		return Lap{}, err
	}
	if len(r.Unread) > 0 || checked.intact != r.Messages {
		return Lap{}, fmt.Errorf("read %d messages, %d of them intact and ours: %v", r.Messages, checked.intact, r.Unread)
	}
	return Lap{Messages: r.Messages, Seconds: time.Since(began).Seconds(), CPU: used() - before}, nil
}

// sound counts what is recorded as the owner's own and undamaged.
type sound struct {
	ledger.Recorder
	intact int
}

func (s *sound) Record(entries ...ledger.Entry) error {
	for _, e := range entries {
		if e.Integrity == ledger.Intact && e.Foreign == "" {
			s.intact++
		}
	}
	return s.Recorder.Record(entries...)
}

// used is the CPU time of this process so far, in seconds.
func used() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r) // fails for an invalid argument only
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
}
