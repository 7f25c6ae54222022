// Package reports turns a record into what people and machines read. Every
// report is a pure function of the record: it measures nothing, judges nothing
// and looks at no clock, so it can be written again years later.
//
// [Formats] lists what is written into a run folder; [Terminal] is what a
// person sees after a run; [JUnit] joins several runs into one file.
//
// Three promises hold in each of them. A recovery time stands beside its clock.
// A record of the embedded runtime says SIMULATED. Text that came from a
// scenario, a server or the mail itself is shown, never obeyed: control
// characters, escape sequences, broken UTF-8 and the marks of Markdown and XML
// lose their meaning.
package reports
