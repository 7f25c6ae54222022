package controls

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// Statement is one sentence of page one.
type Statement struct {
	Topic Topic `json:"topic"`
	// Text is one sentence or a few. What people wrote is in it as it is.
	Text string `json:"text"`
	// Declared: people said so. Else the record shows it.
	Declared bool `json:"declared,omitempty"`
}

// Topic groups statements.
type Topic string

const (
	Environment Topic = "environment" // replica, staging or production
	Servers     Topic = "servers"     // real or simulated
	Clock       Topic = "clock"       // retry timers
	Difference  Topic = "difference"  // from production
	Exclusion   Topic = "exclusion"   // left out of the test
	Limit       Topic = "limit"       // what the test does not show
)

// Fidelity says how what was tested compares with production: what people
// declared, what the record shows, and what the test does not show. The order of
// the statements is that of the topics.
func Fidelity(r record.Record) []Statement {
	all := []Statement{environment(r), servers(r), clock(r)}
	for _, d := range said(r).Differences {
		all = append(all, Statement{Difference, d, true})
	}
	for _, d := range differences(r) {
		all = append(all, Statement{Difference, d, false})
	}
	for _, x := range said(r).Exclusions {
		all = append(all, Statement{Exclusion, x, true})
	}
	for _, l := range limits(r) {
		all = append(all, Statement{Limit, l, false})
	}
	return all
}

func simulated(r record.Record) bool { return r.Simulated || r.Run.Runtime == "embedded" }

// started says who started the servers, as far as the record knows.
func started(r record.Record) string {
	switch {
	case simulated(r):
		return "every server of this drill was simulated inside maildrill"
	case r.Run.Runtime == "docker":
		return "maildrill started every server of this drill in containers of its own"
	}
	return fmt.Sprintf("maildrill started every server of this drill (runtime: %s)", cmp.Or(r.Run.Runtime, "not recorded"))
}

// environment never takes people's word for what the record contradicts:
// maildrill starts every server of a drill itself.
func environment(r record.Record) Statement {
	declared := said(r).Environment
	switch declared {
	case "":
		return Statement{Environment, "Replica: nobody declared an environment, and " + started(r) + ".", false}
	case "replica":
		return Statement{Environment, "Replica: " + started(r) + ".", true}
	}
	return Statement{Environment, fmt.Sprintf("Declared as %s. The record contradicts this: %s, so that a replica was tested.", declared, started(r)), true}
}

func servers(r record.Record) Statement {
	switch {
	case simulated(r):
		return Statement{Servers, "SIMULATED: no real mail server ran. The record counts for no control.", false}
	case r.Run.Runtime == "":
		return Statement{Servers, "The record does not say what the servers ran on. It counts for no control.", false}
	}
	text := fmt.Sprintf("Real mail servers ran (runtime: %s).", r.Run.Runtime)
	if list := images(r); len(list) > 0 {
		text += " Images: " + strings.Join(list, ", ") + "; their digests are listed with the environment."
	}
	return Statement{Servers, text, false}
}

// images are those of the servers, without their digests.
func images(r record.Record) []string {
	var list []string
	for key, image := range r.Environment {
		if strings.HasPrefix(key, "image.") && key != "image.agent" {
			name, _, _ := strings.Cut(image, "@")
			list = append(list, name)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

func clock(r record.Record) Statement {
	switch r.Clock {
	case "production":
		return Statement{Clock, "Production clock: the servers' own retry timers.", false}
	case "drill":
		text := "Drill clock: retry timers were shortened, so that recovery times which rest on a retry do not carry over to production"
		if n := len(r.Tuned); n > 0 {
			text += fmt.Sprintf(" (%s)", count(n, "timer set for the drill, listed under the method", "timers set for the drill, listed under the method"))
		}
		return Statement{Clock, text + ".", false}
	}
	return Statement{Clock, fmt.Sprintf("The clock is not known (%s): recovery times do not carry over to production.", cmp.Or(r.Clock, "not recorded")), false}
}

// differences are those that every drill has.
func differences(r record.Record) []string {
	list := []string{
		"All nodes ran on one host and shared its processors, memory and disks.",
		fmt.Sprintf("The mail of the drill was synthetic: %s. %s",
			count(r.Accounting.Attempted, "copy was offered", "copies were offered"), real(r)),
		"Names were served by a name server of the drill.",
	}
	if simulated(r) {
		return append(list, "The network was simulated on the loopback interface.")
	}
	return append(list, "The network was one of containers on that host, without a way out: no distance, no equipment of yours, no third party.")
}

// real tells whether anything of real users was there.
func real(r record.Record) string {
	var copies []string
	for key, from := range r.Environment {
		if strings.HasPrefix(key, "copy.") {
			copies = append(copies, from)
		}
	}
	if len(copies) == 0 {
		return "No real user, mailbox or message was part of it."
	}
	slices.Sort(copies)
	return "Volumes began with copies of " + strings.Join(slices.Compact(copies), ", ") + ": what of real users is in them was part of it."
}

// limits say what the test does not show.
func limits(r record.Record) []string {
	list := []string{"A fail-over of the production system, and its behaviour under the load of production."}
	if len(said(r).Participants) == 0 {
		list = append(list, "How people noticed, decided and acted: nobody is recorded as a participant.")
	}
	for _, l := range []struct{ field, text string }{
		{"E16", "That your backups can be restored"},
		{"E18", "That people can be reached while mail is down"},
		{"E27", "That security holds while the system is degraded"},
		{"E28", "What load the system carries while it is degraded"},
	} {
		f, _ := field(l.field)
		if ok, why := f.Filled(r); !ok {
			list = append(list, fmt.Sprintf("%s: %s.", l.text, why))
		}
	}
	if s := r.Confidence.Statement; s != "" {
		list = append(list, "More than its trials support: "+s+".")
	}
	return list
}
