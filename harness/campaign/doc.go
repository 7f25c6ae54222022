// Package campaign looks for schedules of faults that a mail system does not
// survive: single faults first, then pairs, then three at once, drawn from a seed.
// A schedule that fails is made as small as it can be and still fail.
//
// Call [NewBase] for what is searched, [NewGenerator] for what would be tried, and [Search]
// to try it with a [Runner]. Everything here is data and arithmetic: the runner is
// handed in, and a schedule is an ordinary scenario ([Base.Scenario]) that anybody
// can run again.
//
// The same seed gives the same schedules in the same order. Mail servers are not
// deterministic: the seed repeats what is done to them, not what they do, so that
// every finding carries how often it was seen again.
package campaign
