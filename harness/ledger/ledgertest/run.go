// Package ledgertest writes ledgers as runs do, of any size, for tests and
// benchmarks of those who read them.
package ledgertest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"maildrill/harness/ledger"
)

// Run is a run in which nothing goes wrong: each copy is intended, accepted by
// one of two hosts, and found once in its mailbox by scan number Scan.
type Run struct {
	Copies    int
	Mailboxes int
	Rate      int // copies a second
	Scan      uint16
}

const (
	inFlight = 64 // outcomes that wait, at most
	secondMX = 10 // each so many copies goes to the second host
)

// Write writes the run, durable or not, as the recorder does it.
func (r Run) Write(to ledger.Recorder) error {
	w := &writer{Run: r, to: to, rand: rand.New(rand.NewPCG(uint64(r.Copies), 7))}
	for begun := 0; begun < r.Copies; begun += r.Rate { // a second's intents together
		if err := w.offer(begun, min(begun+r.Rate, r.Copies)); err != nil {
			return err
		}
	}
	if err := w.outcomes(len(w.flying)); err != nil {
		return err
	}
	return w.scan()
}

type writer struct {
	Run
	to     ledger.Recorder
	rand   *rand.Rand
	rounds [][]int32 // of one copy to each mailbox: which comes when
	flying []ledger.Entry
	batch  []ledger.Entry
}

// mailbox tells to whom copy number n (from 0) goes: in each round to all, in
// an order of chance.
func (w *writer) mailbox(n int) int {
	if n/w.Mailboxes == len(w.rounds) {
		round := make([]int32, w.Mailboxes)
		for i, p := range w.rand.Perm(w.Mailboxes) {
			round[i] = int32(p)
		}
		w.rounds = append(w.rounds, round)
	}
	return int(w.rounds[n/w.Mailboxes][n%w.Mailboxes])
}

func (w *writer) due(n int) time.Duration {
	return 10*time.Second + time.Duration(n)*time.Second/time.Duration(w.Rate)
}

func address(mailbox int) string { return fmt.Sprintf("u%d@drill.test", mailbox+1) }

func (w *writer) offer(from, to int) error {
	w.batch = w.batch[:0]
	for n := from; n < to; n++ {
		e := ledger.Entry{Kind: ledger.Intent, Copy: ledger.Copy{Seq: uint32(n + 1)}, Start: w.due(n), Detail: address(w.mailbox(n))}
		w.batch = append(w.batch, e)
	}
	if err := w.to.Intend(w.batch...); err != nil {
		return err
	}
	for n := from; n < to; n++ {
		w.flying = append(w.flying, w.outcome(n))
	}
	return w.outcomes(len(w.flying) - inFlight)
}

// outcome is an acceptance after some milliseconds.
func (w *writer) outcome(n int) ledger.Entry {
	start := w.due(n) + time.Duration(w.rand.IntN(300_000))
	sent := start + time.Duration(1_000_000+w.rand.ExpFloat64()*2_000_000)
	node := "mx1"
	if n%secondMX == 0 {
		node = "mx2"
	}
	return ledger.Entry{Kind: ledger.Outcome, Copy: ledger.Copy{Seq: uint32(n + 1)}, Start: start, Sent: sent,
		End: sent + time.Duration(500_000+w.rand.ExpFloat64()*4_000_000), Node: node, Verdict: ledger.Accepted, Phase: ledger.PhaseDone,
		Code: 250, Enhanced: "2.0.0", Detail: queueID(w.rand.Uint32())}
}

// queueID is a reply as Postfix gives it with enable_long_queue_ids.
func queueID(chance uint32) string {
	const digits = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
	id := []byte("4Z00000z0000000")
	for i := range id[2:] {
		if id[2+i] == '0' {
			id[2+i] = digits[chance%52]
			chance = chance/52*31 + 17
		}
	}
	return "2.0.0 Ok: queued as " + string(id)
}

// outcomes records that many of those in flight, about in their order.
func (w *writer) outcomes(n int) error {
	if n <= 0 {
		return nil
	}
	for i := range n {
		k := min(i+w.rand.IntN(8), len(w.flying)-1)
		w.flying[i], w.flying[k] = w.flying[k], w.flying[i]
	}
	err := w.to.Record(w.flying[:n]...)
	w.flying = append(w.flying[:0], w.flying[n:]...)
	return err
}

// scan finds the mail, mailbox by mailbox.
func (w *writer) scan() error {
	places := make([][]int32, len(w.rounds)) // of each mailbox, by round
	for r, round := range w.rounds {
		places[r] = make([]int32, w.Mailboxes)
		for i, m := range round {
			places[r][m] = int32(i)
		}
	}
	now := w.due(w.Copies) + 30*time.Second
	for m := range w.Mailboxes {
		now += 30 * time.Millisecond
		w.batch = w.batch[:0]
		for r := range places {
			if n := r*w.Mailboxes + int(places[r][m]); n < w.Copies {
				w.batch = append(w.batch, w.seen(m, n, now))
			}
		}
		if err := w.to.Record(w.batch...); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) seen(mailbox, n int, now time.Duration) ledger.Entry {
	return ledger.Entry{Kind: ledger.Seen, Copy: ledger.Copy{Seq: uint32(n + 1)}, Start: now, End: now, Node: "store",
		Scan: w.Scan, Mailbox: address(mailbox) + "/INBOX", UID: uint32(n/w.Mailboxes + 1), UIDValidity: 1764000000 + uint32(mailbox),
		Integrity: ledger.Intact, Arrived: w.due(n).Truncate(time.Second) - 250*time.Millisecond, Attempt: 1}
}
