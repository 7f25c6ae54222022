package inspect

import (
	"fmt"
	"strings"

	"maildrill/harness/topology"
)

// watchRules are about who would be told, and what would be left.
var watchRules = []Rule{{
	ID: "nobody-watches", Risk: Blind, Drill: "dead-mx-raises-no-alarm",
	Why:    "The time to recover begins when somebody knows. Without a check from outside that is when a user calls.",
	Remedy: "A monitor that sends a message and reads it again, and that does not live beside what it watches.",
	look:   nobodyWatches,
}, {
	ID: "alert-through-the-mail", Risk: Blind, Drill: "alert-stuck-in-the-queue",
	Why:    "The alert that says that mail is broken waits in the broken queue.",
	Remedy: "A receiver that needs none of these servers: a webhook, an SMS, a provider of its own.",
	look:   each(alertByMail),
}, {
	ID: "no-backup-seen", Risk: Blind, Drill: "store-disk-lost-restored",
	Why:    "A second store is no back-up: what is deleted at one is deleted at the other. None is part of this system, so that no drill can restore it.",
	Remedy: "Add the server of the back-up and the way to restore, and time it.",
	look:   noBackup,
}}

func (s system) has(server string) bool {
	for _, n := range s.nodes {
		if kind, _, _ := strings.Cut(n.Server, "+"); kind == server {
			return true
		}
	}
	return false
}

func nobodyWatches(s system) []hit {
	if s.has("monitor") {
		return nil
	}
	return []hit{{"", "", "nothing in this system watches it"}}
}

func alertByMail(s system, n node) []hit {
	if n.Server != "monitor" || n.Settings["receiver"] != "email" {
		return nil
	}
	return []hit{{n.Name, "", fmt.Sprintf("%s sends its alerts as mail, through %s", n.Name, n.Settings["smarthost"])}}
}

func noBackup(s system) []hit {
	if s.has("backup") || len(s.Topology.Serving(topology.Store)) == 0 {
		return nil
	}
	return []hit{{"", "", "no back-up of the mailboxes is part of this system"}}
}
