// Package trend follows the objectives of one scenario over its runs, and tells
// whether the newest run is slower than those before it.
//
// What is comparable: runs of the same scenario on real servers, in the same
// runtime, which the record names, and under the same clock; by default those of the newest run. Where
// the scenario file, maildrill or an image changed from one run to the next, the
// point is marked: that is what a trend is looked at for. A scenario of which
// only the name stayed is told apart by [Options.SameScenario].
//
// What is sound: a point of a run that came to its end and left nothing behind,
// whose objective was judged passed or failed, or straddles its target with every
// gate passed. To leave out what straddles the target would leave out the slow ones.
//
// # The rule
//
// A measured time is an interval, and runs scatter: a retry falls due a little
// earlier or later. A regression must be larger than both. Of the last five
// sound points before the newest, let M be the median of their upper ends, and D
// the median distance of the upper ends from M. The newest run has regressed if its
// lower end is above
//
//	max(M × (1 + worse), M + 3 × D)
//
// so that it is surely slower than what most of them surely did not exceed, by
// more than the share that was asked for, and by more than they differ from each
// other. "Surely" has a price: what is slower by less than the width of the
// intervals is not found. The limit is printed, so that everybody sees from where
// on it would be.
//
// The rule looks at times alone (unit s). Counts of copies have no interval
// around them that says how they scatter.
//
// Fewer than [Fewest] sound points before the newest are too few runs to tell. So
// is a newest run that gave no sound value: an older one does not speak for it.
//
// How often it is wrong, with worse = 20 % and nothing slower, by the test
// TestHowOftenTheRuleIsWrong (judged thousands of times; intervals of 2 % of the time):
//
//	runs scatter evenly by ±10 %      0.0 %
//	as a normal distribution, 5 %     below 0.1 %
//	as a normal distribution, 10 %    2.1 %
//	evenly by ±33 %                   10 %, without the second term 20 %
//
// and how often it finds what is slower by 30 %: 79 %, 86 %, 64 %, 42 %; by 50 %:
// 100 %, 100 %, 93 %, 63 %.
//
// Over 300 populations of 200 runs of eight scenarios, as noisy as package
// historytest makes them, it is wrong in none of 6,000 judgements, and misses one
// scenario planted slower by 30 % in 10 populations.
package trend
