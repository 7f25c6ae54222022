// Package calibrate proves the instrument against a mail system whose truth is
// known: it plants every anomaly that maildrill claims to find and demands that
// exactly it is reported, and it damages the instrument on purpose and demands
// that the damage is noticed.
//
// Start with [Run]. The calibrations are the rows of one table (table.go),
// CAL-01 to CAL-24. A row has cases of two kinds:
//
//   - pure ones write a history whose truth is known ([tape]) and have it
//     judged. They take the judge as a parameter, so that each [Mutant], a
//     deliberately defective judge, can be put in its place: at least one row
//     must turn red.
//   - live ones run the embedded known-truth system ([rig]) with lies planted
//     and the real driver, probes, scanner and sink. Their instruments can be
//     made defective too ([Blunder]).
//
// One description of a lie, topology.Lie, serves both kinds and gives what must
// be reported (truth.go).
//
// The same seed gives the same cases.
package calibrate
