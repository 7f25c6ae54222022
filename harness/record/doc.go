// Package record owns the shape of record.json, the one canonical result of a
// run. Every report is a pure function of it.
//
// [Marshal] writes a record and [Unmarshal] reads one back; the same record
// always gives the same bytes. [ExitCode] turns a record into the exit code of
// maildrill, [Worst] joins the codes of several runs, and [Record.Meets] tells
// whether a run ended as its scenario declared. [Evidence] is what people say
// about a run; [Evidence.Wanting] is the one place that knows what an audit
// needs of it.
package record
