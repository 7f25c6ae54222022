// Package badge draws a run as a small picture for a README or a wiki page:
// subject on the left, verdict, recovery time and date on the right.
//
// The picture asks for nothing from outside: no font, no style sheet, no script.
// It never claims more than the record: only a pass on real servers is green, a
// simulated or old one is grey, and without a date there is no pass to show.
package badge
