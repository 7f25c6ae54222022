package inspect

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// patience is how long a transport may wait for one reply; usualRTO is how soon mail
// is wanted back where nobody has said.
const (
	patience = 2 * time.Minute
	usualRTO = 30 * time.Minute
)

// deliveryRules are about the way of a message.
var deliveryRules = []Rule{{
	ID: "hop-by-container-name", Risk: Bounce, Drill: "dns-nxdomain-bounces",
	Why:    "A name without a dot is the engine's to answer, and of a container that is down it says that there is no such name. A mail server takes that for final and sends the mail back.",
	Remedy: "Name the next hop by a name in DNS, or as [name] with a transport that defers (soft_bounce, or an address).",
	look:   each(byContainerName),
}, {
	ID: "empty-directory-bounces", Risk: Bounce, Drill: "directory-empty-550",
	Why:    "A directory that was restored empty answers, and knows nobody. With 550 every sender is told for good.",
	Remedy: "unknown_virtual_mailbox_reject_code = 450 while a directory is young or being moved, or a guarded copy of it.",
	look:   ofPostfix(emptyDirectory),
}, {
	ID: "one-smart-host", Risk: Outage, Drill: "smarthost-no-fallback",
	Why:    "Mail to the world waits for as long as that one provider is down.",
	Remedy: "smtp_fallback_relay, with an account at somebody else.",
	look:   ofPostfix(oneSmartHost),
}, {
	ID: "waits-long-for-a-reply", Risk: Delay, Drill: "cut-off-store-mail-waits",
	Why:    "A store that hangs keeps each delivery for as long, and the next ones wait behind: there are twenty at a time to one destination.",
	Remedy: "lmtp_connect_timeout, lmtp_lhlo_timeout and lmtp_data_done_timeout of some ten seconds on the way to one's own store.",
	look:   ofPostfix(longPatience),
}, {
	ID: "retries-later-than-wanted", Risk: Delay, Drill: "backup-mx-production-clock-waits",
	Why:    "After an outage each message waits for its own next attempt, and that may be this long after everything is mended.",
	Remedy: "Flush the queue (postqueue -f) as a step of the runbook, or a smaller maximal_backoff_time.",
	look:   ofPostfix(slowRetry),
}}

// hops are the parameters of Postfix that name a next hop.
var hops = []string{"virtual_transport", "mailbox_transport", "local_transport", "relay_transport", "default_transport", "relayhost", "smtp_fallback_relay"}

func byContainerName(s system, n node) (hits []hit) {
	if n.main == nil {
		return byVariable(s, n)
	}
	for _, name := range hops {
		host := nextHop(n.main.Value(name), name == "relayhost" || name == "smtp_fallback_relay")
		if _, err := netip.ParseAddr(host); host == "" || err == nil || strings.Contains(host, ".") || host == "localhost" {
			continue
		}
		hits = append(hits, hit{n.Name, n.setting(name), fmt.Sprintf("%s leads to %q, a name that the container engine answers for", name, host)})
	}
	return hits
}

// nextHop is the host of a transport (transport(5)): of "lmtp:inet:store:24" it is
// "store". bare: the value is a host without a transport before it.
func nextHop(value string, bare bool) string {
	if !bare {
		transport, rest, ok := strings.Cut(value, ":")
		if !ok || transport != "lmtp" && transport != "smtp" && transport != "relay" || strings.HasPrefix(rest, "unix:") {
			return ""
		}
		value = strings.TrimPrefix(rest, "inet:")
	}
	if inner, _, bracketed := strings.Cut(strings.TrimPrefix(value, "["), "]"); bracketed {
		return inner
	}
	host, _, _ := strings.Cut(value, ":")
	return strings.TrimSpace(host)
}

func emptyDirectory(_ system, n node) (hits []hit) {
	for maps, code := range map[string]string{"virtual_mailbox_maps": "unknown_virtual_mailbox_reject_code",
		"relay_recipient_maps": "unknown_relay_recipient_reject_code", "local_recipient_maps": "unknown_local_recipient_reject_code"} {
		for _, table := range n.main.Words(maps) {
			kind, _, _ := strings.Cut(strings.TrimPrefix(table, "proxy:"), ":")
			if (kind == "ldap" || kind == "mysql" || kind == "pgsql") && strings.HasPrefix(n.main.Value(code), "5") {
				hits = append(hits, hit{n.Name, n.setting(maps), fmt.Sprintf("recipients are asked of %s, and %s is %s", kind, code, n.main.Value(code))})
			}
		}
	}
	return hits
}

func oneSmartHost(_ system, n node) []hit {
	relayhost := n.main.Value("relayhost")
	if relayhost == "" || n.main.Value("smtp_fallback_relay") != "" {
		return nil
	}
	return []hit{{n.Name, n.setting("relayhost"), fmt.Sprintf("all mail to others goes through %s", relayhost)}}
}

func longPatience(_ system, n node) (hits []hit) {
	if !strings.HasPrefix(n.main.Value("virtual_transport"), "lmtp:") && !strings.HasPrefix(n.main.Value("mailbox_transport"), "lmtp:") {
		return nil
	}
	for _, name := range []string{"lmtp_connect_timeout", "lmtp_lhlo_timeout", "lmtp_data_done_timeout"} {
		limit, ok := n.main.Time(name)
		if ok && (limit > patience || limit == 0) {
			hits = append(hits, hit{n.Name, n.setting(name), fmt.Sprintf("%s is %s", name, n.main.Value(name))})
		}
	}
	return hits
}

func slowRetry(s system, n node) []hit {
	wanted := s.RTO
	if wanted == 0 {
		wanted = usualRTO
	}
	most, ok := n.main.Time("maximal_backoff_time")
	if !ok || most <= wanted {
		return nil
	}
	return []hit{{n.Name, n.setting("maximal_backoff_time"), fmt.Sprintf("a message may wait %s for its next attempt; mail is wanted back within %s", scenarios.Duration(most), scenarios.Duration(wanted))}}
}

// byVariable looks at the variables that images take the next hop from.
func byVariable(s system, n node) (hits []hit) {
	for _, key := range slices.Sorted(maps.Keys(n.Env)) {
		host, _, _ := strings.Cut(n.Env[key], ":")
		named := slices.ContainsFunc(s.Topology.Zones, func(z topology.Zone) bool { return z.Name == host })
		if n.Queue != "" && strings.Contains(key, "LMTP") && named && !strings.Contains(host, ".") {
			hits = append(hits, hit{n.Name, "", fmt.Sprintf("%s leads to %q, a name that the container engine answers for", key, host)})
		}
	}
	return hits
}
