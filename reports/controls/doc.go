// Package controls maps controls of standards to what a drill shows of them.
//
// [Shipped] is the catalogue: one YAML file a framework, with ids, summaries in
// our own words (the text of most standards is under copyright) and, for each
// control, the evidence fields E01 to E29 that it asks for. [Fields] is the list
// of these fields; [Field.Filled] tells whether a record fills one, and where.
// [Map] puts the two together for one record, [Gaps] for several. [Fidelity] is
// what page one of a report says of the difference between what was tested and
// production.
//
// Rules it keeps:
//
//   - All functions are pure. They look at records, at no clock and no disk.
//   - Evidence is offered, and nothing more is claimed: whether it suffices is
//     for an auditor to say. No text of this package calls a system compliant.
//   - A record of simulated servers offers nothing, neither does one that left
//     something behind or has no conclusion. A missed objective is evidence that
//     a test took place, and the row says so.
//   - An empty field is shown with what would fill it. What only people know is
//     taken from the record's evidence, or handed to Map by who has it from
//     elsewhere: a debrief, a signature, a register.
//   - Texts of a record are handed on as they are. Who prints them makes them
//     harmless.
package controls
