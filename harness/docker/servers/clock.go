package servers

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"maildrill/harness/topology"
)

// timer is one parameter of Postfix (postconf(5)) that the drill clock sets.
type timer struct{ Name, Value string }

// drillTimers make a queue that was blocked drain within seconds. Their
// defaults are minutes to days. The backoff is constant, and not shorter: each
// vain attempt costs the machine that the restarting server needs too.
var drillTimers = []timer{
	{"queue_run_delay", "2s"},
	{"minimal_backoff_time", "4s"},
	{"maximal_backoff_time", "4s"},
	{"transport_retry_time", "2s"},
	{"maximal_queue_lifetime", "10m"},
	{"bounce_queue_lifetime", "10m"},
	{"service_throttle_time", "2s"}, // smtpd ends where it cannot ask who its users are
	{"smtp_connect_timeout", "3s"},
	{"smtp_helo_timeout", "5s"},
	{"smtp_mail_timeout", "5s"},
	{"smtp_rcpt_timeout", "5s"},
	{"smtp_data_init_timeout", "5s"},
	{"smtp_data_xfer_timeout", "10s"},
	{"smtp_data_done_timeout", "20s"},
	{"smtp_quit_timeout", "3s"},
	{"lmtp_connect_timeout", "3s"},
	{"lmtp_lhlo_timeout", "5s"},
	{"lmtp_mail_timeout", "5s"},
	{"lmtp_rcpt_timeout", "5s"},
	{"lmtp_data_init_timeout", "5s"},
	{"lmtp_data_xfer_timeout", "10s"},
	{"lmtp_data_done_timeout", "20s"},
	{"lmtp_quit_timeout", "3s"},
}

// queueWakeup is how often the queue manager looks at its queues, in seconds
// (master(5)): under the drill clock, and by default.
const (
	drillWakeup   = "2"
	defaultWakeup = "300"
)

// Tuned names the timers that times of recovery and detection rest on, with
// their values, for the record: those of Postfix that the topology's clock has
// set; those of each node's own configuration, after the node's name; and how
// long DNS may keep the records that lead to servers.
func Tuned(t topology.Topology, nodes map[string]Container) map[string]string {
	tuned := map[string]string{}
	for _, timer := range timers(t.Clock) {
		tuned[timer.Name] = timer.Value
	}
	if len(tuned) > 0 {
		tuned["master.cf qmgr wakeup"] = drillWakeup + "s"
	}
	for node, c := range nodes {
		for name, value := range c.Timers {
			tuned[node+" "+name] = value
		}
	}
	addTTLs(tuned, t)
	return tuned
}

// addTTLs tells how long resolvers may keep records: what most have, and which
// have another. Those of the bounce domain are the drill's own.
func addTTLs(tuned map[string]string, t topology.Topology) {
	ttls, common := map[string]time.Duration{}, map[time.Duration]int{}
	for _, zone := range t.Zones {
		for _, r := range zone.Records {
			if zone.Name == t.BounceDomain || !slices.Contains([]string{"MX", "A", "CNAME"}, r.Type) {
				continue
			}
			name := strings.TrimPrefix(r.Name+"."+zone.Name, "@.")
			ttls[r.Type+" "+name] = r.TTL // of a set of records all have the same (RFC 2181, 5.2)
			common[r.TTL]++
		}
	}
	most := slices.MaxFunc(append(slices.Collect(maps.Keys(common)), 0), func(a, b time.Duration) int {
		return cmp.Or(cmp.Compare(common[a], common[b]), cmp.Compare(a, b))
	})
	if most > 0 {
		tuned["DNS TTL"] = most.String()
	}
	for name, ttl := range ttls {
		if ttl != most {
			tuned["DNS TTL "+name] = ttl.String()
		}
	}
}

func timers(c topology.Clock) []timer {
	if c == topology.Drill {
		return drillTimers
	}
	return nil
}

func wakeup(c topology.Clock) string {
	if len(timers(c)) > 0 {
		return drillWakeup
	}
	return defaultWakeup
}
