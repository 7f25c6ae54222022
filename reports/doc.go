// Package reports turns a record into what people and machines read. Every
// report is a pure function of the record: it measures nothing, judges nothing
// and looks at no clock, so it can be written again years later, byte for byte.
//
// [Formats] is the one table of them: what every run folder holds, and what is
// made when somebody asks. Some join several runs. [Terminal] is what a person
// sees after a run, [Series] what the trials of one scenario say together.
//
// Three promises hold in each of them. A recovery time stands beside its clock.
// A record of the embedded runtime says SIMULATED. Text that came from a
// scenario, a server or the mail itself is shown, never obeyed: control
// characters, escape sequences, broken UTF-8 and the marks of Markdown, XML,
// metrics and job logs lose their meaning, and what is too long is cut and says
// so. The package hostile has the corpus that each format is tried with.
package reports
