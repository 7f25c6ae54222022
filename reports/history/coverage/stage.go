package coverage

import (
	"slices"
	"strings"

	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

// Stage is where a copy is when a fault strikes.
type Stage string

// Stages of a message's life, in their order.
const (
	Streaming    Stage = "streaming"       // on its way in, before the final dot
	ReplyGap     Stage = "reply gap"       // after the dot, before the 250
	Incoming     Stage = "incoming"        // in the queue, not yet picked up
	Active       Stage = "active"          // being routed
	Deferred     Stage = "deferred"        // waiting for the next try
	NextReplyGap Stage = "hop-2 reply gap" // handed to the next server, not yet acknowledged
	InLMTP       Stage = "LMTP in flight"  // on its way into the store
	Unsynced     Stage = "stored-unsynced" // in the store, not yet on its disk
	Unreplicated Stage = "stored-unreplicated"
	Indexed      Stage = "indexed"
	Read         Stage = "read"
	FlagOp       Stage = "flag-op in flight"
	BackingUp    Stage = "backup in progress"
)

// Stages lists all of them.
var Stages = []Stage{Streaming, ReplyGap, Incoming, Active, Deferred, NextReplyGap, InLMTP, Unsynced, Unreplicated, Indexed, Read, FlagOp, BackingUp}

var (
	queued  = []Stage{Incoming, Active, Deferred}
	entered = []Stage{Streaming, ReplyGap}
	kept    = []Stage{Unsynced, Indexed}
	client  = []Stage{Read, FlagOp}
	onward  = []Stage{NextReplyGap}
)

// met says which stages a fault can meet: by its kind, or by its family (an entry
// that ends with a dot), and by where it strikes. The first row that fits holds;
// "" fits everything. Links are places too: "link to store".
var met = []struct {
	fault, place string
	stages       []Stage
}{
	{"dns.", "", []Stage{Streaming, Active, Deferred}},
	{"smtp.cut-after-eod", "", []Stage{ReplyGap, NextReplyGap}},
	{"smtp.cut-before-eod", "", []Stage{Streaming}},
	{"smtp.", "", []Stage{Streaming, ReplyGap, Active, Deferred}},
	{"lmtp.", "", []Stage{InLMTP, Active, Deferred}},
	{"imap.", "", client},
	{"dep.directory", "", []Stage{Streaming, Active}},
	{"dep.filter", "", []Stage{Streaming, ReplyGap, Active}},
	{"dep.smarthost", "", []Stage{Active, Deferred, NextReplyGap}},
	{"dep.balancer-backend-dead", "", []Stage{Streaming}},
	{"load.stolen-account", "", []Stage{Streaming, Incoming, Active, Deferred}},
	{"load.auth-brute-force", "", []Stage{Streaming}},
	{"tls.certificate", "store", []Stage{InLMTP, Read, FlagOp}},
	{"tls.certificate", "", []Stage{Streaming, Deferred}},
	{"cred.", "", []Stage{Streaming, Deferred}},
	{"storage.", "store", []Stage{InLMTP, Unsynced, Indexed, Read, FlagOp}},
	{"storage.", "", []Stage{ReplyGap, Incoming, Active, Deferred}},
	{"", "link to store", []Stage{InLMTP, Active, Deferred}},
	{"", "link to mx", []Stage{NextReplyGap, Active, Deferred}},
	{"", "link to submission", []Stage{NextReplyGap, Active, Deferred}},
	{"", "link to relay", []Stage{NextReplyGap, Active, Deferred}},
	{"", "link to directory", []Stage{Streaming, Active}},
	{"", "link to filter", []Stage{Streaming, ReplyGap}},
	{"", "link to", []Stage{Streaming, Active}},
	{"", "mx", slices.Concat(entered, queued, onward, []Stage{InLMTP})},
	{"", "submission", slices.Concat(entered, queued, onward)},
	{"", "relay", slices.Concat(entered, queued, onward)},
	{"", "store", slices.Concat([]Stage{InLMTP}, kept, client)},
	{"", "balancer", slices.Concat(entered, []Stage{Read})},
	{"", "directory", []Stage{Streaming, Active}},
	{"", "filter", []Stage{Streaming, ReplyGap}},
	{"", "dns", []Stage{Streaming, Active, Deferred}},
	{"", "outside", []Stage{Streaming}},
	{"", "", nil}, // another server: nobody knows what passes through it
}

// Met gives the stages that a fault can meet at a place.
func Met(fault, place string) []Stage {
	for _, row := range met {
		kind := row.fault == "" || row.fault == fault || strings.HasSuffix(row.fault, ".") && strings.HasPrefix(fault, row.fault)
		where := row.place == "" || row.place == place || row.place == "link to" && strings.HasPrefix(place, "link to ")
		if kind && where {
			return row.stages
		}
	}
	return nil
}

// places are what a target is in the mail flow: a node may have several roles.
func places(t topology.Topology, a planning.Aimed) []string {
	name, before := a.Node, ""
	if a.Link != nil {
		name, before = a.Link.To, "link to "
	}
	n, _ := t.Node(name)
	var list []string
	for _, r := range n.Roles {
		role := string(r)
		if r == topology.Other {
			role = n.Server // directory, filter, custom
		}
		list = append(list, before+role)
	}
	return list
}

// meets adds the stages that the whole scenario brings about: a replica that may
// lag, a backup that may be going on. Without operations on stored mail no flag
// is under way.
func meets(p *planning.Plan, fault, place string) []Stage {
	stages := slices.Clone(Met(fault, place))
	if p.Scenario.Workload.Stored == nil {
		stages = slices.DeleteFunc(stages, func(s Stage) bool { return s == FlagOp })
	}
	if !slices.Contains(stages, Unsynced) {
		return stages
	}
	if len(p.Topology.WithRole(topology.Store)) > 1 {
		stages = append(stages, Unreplicated)
	}
	if _, backedUp := p.Scenario.Cycles["backup"]; backedUp {
		stages = append(stages, BackingUp)
	}
	return stages
}
