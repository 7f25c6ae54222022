package calibrate

import "context"

// calibration is one row of the table.
type calibration struct {
	id, title string
	// pure judges histories whose truth is known. It takes the judge from the
	// bench, so that a mutant can be put in its place.
	pure func(*Bench)
	// live runs the known-truth system with real instruments.
	live func(context.Context, *Bench)
	// alone: it measures time or memory, and nothing else may run beside it.
	alone bool
}

// table lists the calibrations of measurement 11.1, in its order.
var table = []calibration{
	{id: "CAL-01", title: "a perfect system shows no anomaly and no outage", pure: perfect, live: perfectLive},
	{id: "CAL-02", title: "exactly the copies that were dropped are lost", pure: lies(dropped), live: liesLive(dropped)},
	{id: "CAL-03", title: "dropped with the reply lost: indeterminate, never lost", pure: lies(unansweredDropped), live: liesLive(unansweredDropped)},
	{id: "CAL-04", title: "kept with the reply lost: indeterminate, and found", pure: lies(unansweredKept), live: liesLive(unansweredKept)},
	{id: "CAL-05", title: "refused after the dot, and delivered all the same", pure: lies(despite), live: liesLive(despite)},
	{id: "CAL-06", title: "duplicates are counted once, however often they are read", pure: duplicates, live: liesLive(twice)},
	{id: "CAL-07", title: "every kind of damage is found, line ends are none", pure: lies(damage), live: liesLive(damage)},
	{id: "CAL-08", title: "wrong mailboxes and wrong folders", pure: lies(misplaced), live: liesLive(misplaced)},
	{id: "CAL-09", title: "reports of delivery, true, false, unreadable and astray; none of null-sender mail", pure: lies(reported), live: reportedLive},
	{id: "CAL-10", title: "what waits in a queue is deferred, never lost", pure: deferral, live: liesLive(held)},
	{id: "CAL-11", title: "every outage lies inside its bracket", pure: brackets, live: outagesLive, alone: true},
	{id: "CAL-12", title: "how far back a loss reaches", pure: setbacks},
	{id: "CAL-13", title: "a blind reader passes nothing and loses nothing", pure: blindness, live: blindnessLive},
	{id: "CAL-14", title: "UID reuse, UIDNEXT and UIDVALIDITY going back, resurrected mail", pure: shelves(identityCases)},
	{id: "CAL-15", title: "what cached clients do not see", pure: shelves(cacheCases)},
	{id: "CAL-16", title: "POP3: deletions, their lost reply, changed UIDLs", pure: shelves(popCases)},
	{id: "CAL-17", title: "mail of nobody, of another run, never sent, without recipients, unreadable", pure: strangers, live: strangersLive},
	{id: "CAL-18", title: "a killed driver, a torn ledger, a flipped bit", pure: torn, live: killed},
	{id: "CAL-19", title: "a clock that jumps, a driver that sleeps", pure: clocks, live: asleep},
	{id: "CAL-20", title: "a slow driver has unsent copies, no lost ones; a saturated host spoils times alone", pure: slow, live: slowLive},
	{id: "CAL-21", title: "no load, no fault, no effect, no exercise: inconclusive", pure: nothingShown},
	{id: "CAL-22", title: "a million copies in bounded memory", live: memory, alone: true},
	{id: "CAL-23", title: "random systems are reported as they are", pure: anything, live: anythingLive},
	{id: "CAL-24", title: "judged again, and from a copied ledger, the record is the same", pure: again},
}
