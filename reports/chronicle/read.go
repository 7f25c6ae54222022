package chronicle

import (
	"fmt"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Sources are what a chronicle is read from.
type Sources struct {
	Record record.Record
	Events []ledger.Event
	Ledger ledger.Scanner // nil: the run has none
	// Torn says what of the history is missing already; empty: nothing is known
	// to be.
	Torn string
	// Addresses are shown as they are, not masked.
	Addresses bool
}

// Read reads a chronicle. It fails only if the ledger cannot be read for another
// reason than that it is cut short. The texts that a [ledger.Reader] leaves out
// (see [ledger.Reader.Terse]) are all read afterwards.
func Read(s Sources) (Chronicle, error) {
	story := readEvents(s.Events)
	t, err := readEntries(s.Ledger, story)
	if err != nil {
		return Chronicle{}, err
	}
	end := endOf(story.end, t.end, s.Record)
	c := Chronicle{End: seconds(end), Stalls: story.stalls, Depths: story.depths(), Events: story.moments, EventsLeftOut: story.dark,
		Doubts: append(story.doubts(), t.doubts()...)}
	c.Lanes, c.Effects = lanes(story, s.Record, c.End), effects(story, s.Record, c.End)
	if err := c.mail(s, t, end); err != nil {
		return Chronicle{}, err
	}
	c.Torn = torn(s)
	return c, nil
}

// longest bounds the end of a run: history and record may say anything.
const longest = 10 * 365 * 24 * time.Hour

// endOf is the last moment that anything is known of.
func endOf(events, mail time.Duration, r record.Record) time.Duration {
	end := max(events, mail)
	for _, p := range r.Phases {
		end = max(end, time.Duration(min(p.Ended, longest.Seconds())*float64(time.Second)))
	}
	return min(end, longest)
}

// mail draws the copies: first all are settled and weighed, then some are drawn.
func (c *Chronicle) mail(s Sources, t *entries, end time.Duration) error {
	f, doubts := readFates(s.Record)
	c.Doubts = append(c.Doubts, doubts...)
	r, sus := newRates(end), newSuspects(f)
	accept, arrive := newQuantiles(end, t.planned), newQuantiles(end, t.planned)
	thin := newThinning(accept.grid)
	t.each(func(k ledger.Copy, one *copyState) {
		f.settle(k, one)
		r.count(one)
		thin.weigh(k, one)
		sus.suspect(k, one)
		if one.accepted() {
			accept.add(one.due, one.took)
		}
		if one.arrival() {
			_, high := one.arrivalOf()
			arrive.add(one.due, high)
		}
	})
	c.Rates, c.Accept, c.Arrive = r.rows, accept.rows(end), arrive.rows(end)
	c.draw(f, thin, t, s.Record)
	if s.Ledger != nil {
		c.Doubts = append(c.Doubts, f.disagreements(s.Record.Accounting)...)
	}
	var err error
	c.Problems, err = problems(s.Ledger, sus, &t.copyTable, s.Record, veil{off: s.Addresses})
	return err
}

func (c *Chronicle) draw(f *fates, thin *thinning, t *entries, r record.Record) {
	thin.decide()
	c.Copies.Fates = f.counts
	if r.Times != nil && r.Times.Late != nil {
		c.Copies.Limit = r.Times.Late.Limit
	}
	t.each(func(k ledger.Copy, one *copyState) {
		if thin.draws(k, one) {
			c.Copies.Points = append(c.Copies.Points, f.point(k, one))
		}
	})
	c.Thinned = thin.sentence()
}

// doubts are entries that fit no copy.
func (t *entries) doubts() []string {
	var said []string
	if t.misplans > 0 {
		said = append(said, fmt.Sprintf("%d intents in the ledger name a copy twice, or one that cannot be; they are left out", t.misplans))
	}
	if t.strays > 0 {
		said = append(said, fmt.Sprintf("%d entries of the ledger are of copies that were never planned; they are left out", t.strays))
	}
	return said
}

// torn joins what is known to be missing.
func torn(s Sources) string {
	var said []string
	if s.Torn != "" {
		said = append(said, s.Torn)
	}
	if s.Ledger != nil && s.Ledger.Torn() != "" {
		said = append(said, "the ledger is cut short: "+s.Ledger.Torn())
	}
	return strings.Join(said, "; ")
}
