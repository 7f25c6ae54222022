package store

import (
	"maildrill/harness/record"
	"maildrill/reports/history"
)

// file is what a row of runs rests on.
type file struct {
	run   history.Run
	size  int64 // of record.json, 0 without
	stamp int64 // when it was changed last, or the folder without one; nanoseconds; 0: look again
}

const (
	text   = "TEXT NOT NULL"
	whole  = "INTEGER NOT NULL"
	real   = "REAL" // may be unknown
	parent = "folder TEXT NOT NULL REFERENCES runs ON DELETE CASCADE"
	place  = "place INTEGER NOT NULL"
	kind   = "kind TEXT NOT NULL"
)

var runs = table[file]{"runs", nil, []column[file]{
	{"folder", text, func(f *file) any { return &f.run.Folder }},
	{"started", text, func(f *file) any { return (*instant)(&f.run.Started) }},
	{"started_by", text, func(f *file) any { return &f.run.StartedBy }},
	{"ended", "TEXT", func(f *file) any { return (*instant)(&f.run.Ended) }},
	{"scenario", text, func(f *file) any { return &f.run.Scenario.Name }},
	{"outcome", text, func(f *file) any { return &f.run.Outcome }},
	{"problem", text, func(f *file) any { return &f.run.Problem }},
	{"simulated", whole, func(f *file) any { return &f.run.Simulated }},
	{"copy_of", text, func(f *file) any { return &f.run.CopyOf }},
	{"id", text, func(f *file) any { return &f.run.ID }},
	{"title", text, func(f *file) any { return &f.run.Scenario.Title }},
	{"scenario_sha256", text, func(f *file) any { return &f.run.Scenario.SHA256 }},
	{"runtime", text, func(f *file) any { return &f.run.Runtime }},
	{"clock", text, func(f *file) any { return &f.run.Clock }},
	{"verdict", text, func(f *file) any { return &f.run.Verdict }},
	{"reason", text, func(f *file) any { return &f.run.Reason }},
	{"dirty", whole, func(f *file) any { return &f.run.Dirty }},
	{"expected", "INTEGER", func(f *file) any { return &f.run.Expected }},
	{"exit_code", whole, func(f *file) any { return &f.run.ExitCode }},
	{"seed", whole, func(f *file) any { return &f.run.Seed }},
	{"trial", whole, func(f *file) any { return &f.run.Trial }},
	{"trials", whole, func(f *file) any { return &f.run.Trials }},
	{"series", text, func(f *file) any { return &f.run.Series }},
	{"tool_version", text, func(f *file) any { return &f.run.Tool.Version }},
	{"tool_sha256", text, func(f *file) any { return &f.run.Tool.SHA256 }},
	{"accepted", whole, func(f *file) any { return &f.run.Accepted }},
	{"lost", whole, func(f *file) any { return &f.run.Lost }},
	{"unknown", whole, func(f *file) any { return &f.run.Unknown }},
	{"record_sha256", text, func(f *file) any { return &f.run.SHA256 }},
	{"record_size", whole, func(f *file) any { return &f.size }},
	{"record_stamp", whole, func(f *file) any { return &f.stamp }},
}}

// objective is one of a run, with the interval taken apart: measured is 0 where
// there are no data, high NULL is an open end.
type objective struct {
	record.Objective
	measured bool
	span     ends
}

type ends struct{ low, high *float64 }

var objectives = table[objective]{"objectives", []string{parent, place}, []column[objective]{
	{"name", text, func(o *objective) any { return &o.Name }},
	{"target", text, func(o *objective) any { return encoded[map[string]float64]{&o.Target} }},
	{"measured", whole, func(o *objective) any { return &o.measured }},
	{"low", real, func(o *objective) any { return &o.span.low }},
	{"high", real, func(o *objective) any { return &o.span.high }},
	{"unit", text, func(o *objective) any { return &o.Unit }},
	{"verdict", text, func(o *objective) any { return &o.Verdict }},
	{"reason", text, func(o *objective) any { return &o.Reason }},
}}

var faults = table[history.Fault]{"faults", []string{parent, place}, []column[history.Fault]{
	{"step", text, func(f *history.Fault) any { return &f.Step }},
	{"kind", text, func(f *history.Fault) any { return &f.Kind }},
	{"targets", text, func(f *history.Fault) any { return encoded[[]string]{&f.Targets} }},
	{"state", text, func(f *history.Fault) any { return &f.State }},
}}

var outages = table[history.Outage]{"outages", []string{parent, place}, []column[history.Outage]{
	{"service", text, func(o *history.Outage) any { return &o.Service }},
	{"step", text, func(o *history.Outage) any { return &o.Step }},
	{"began_low", "REAL NOT NULL", func(o *history.Outage) any { return &o.Began.Low }},
	{"began_high", real, func(o *history.Outage) any { return &o.Began.High }},
	{"rta_low", "REAL NOT NULL", func(o *history.Outage) any { return &o.RTA.Low }},
	{"rta_high", real, func(o *history.Outage) any { return &o.RTA.High }},
}}

// label is one word of a list of words.
type label struct{ value string }

var labels = table[label]{"labels", []string{parent, kind, place}, []column[label]{
	{"value", text, func(l *label) any { return &l.value }},
}}

// lists are the lists of words of a run, by the kind of their labels.
var lists = []struct {
	kind string
	at   func(*history.Run) *[]string
}{
	{"tag", func(r *history.Run) *[]string { return &r.Scenario.Tags }},
	{"cause", func(r *history.Run) *[]string { return &r.Scenario.Causes }},
	{"mitigation", func(r *history.Run) *[]string { return &r.Scenario.Mitigations }},
	{"control", func(r *history.Run) *[]string { return &r.Scenario.Controls }},
	{"failed gate", func(r *history.Run) *[]string { return &r.FailedGates }},
}

// setting is one fact about the system of a run.
type setting struct{ name, value string }

var settings = table[setting]{"settings", []string{parent, kind}, []column[setting]{
	{"name", text, func(s *setting) any { return &s.name }},
	{"value", text, func(s *setting) any { return &s.value }},
}}

// facts are the maps of a run, by the kind of their settings.
var facts = []struct {
	kind string
	at   func(*history.Run) *map[string]string
}{
	{"environment", func(r *history.Run) *map[string]string { return &r.Environment }},
	{"tuned", func(r *history.Run) *map[string]string { return &r.Tuned }},
}
