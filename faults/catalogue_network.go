package faults

// nodesAndLinks are the aims of most faults on the network.
var nodesAndLinks = []Aim{AtNode, AtLink}

// Parameters that faults on a path share.
var (
	peersParam     = Param{Name: "peers", Type: "list of nodes", Default: "[]", Doc: "the nodes at the other end; none: everybody. A link has its own"}
	portParam      = Param{Name: "port", Type: "integer", Default: "0", Doc: "of TCP and UDP, at either end; 0: all, or the service of the link"}
	directionParam = Param{Name: "direction", Type: "string", Default: "both", Doc: "`both`, `to` the peers, or `from` them"}
	familyParam    = Param{Name: "family", Type: "string", Default: "any", Doc: "`any`, `ipv4` or `ipv6`"}
)

// tableUndo is how every rule on packets ends.
const tableUndo = "the rule is taken out of the node's network namespace; the kernel ends it by itself at its deadline"

// What the kinds have in common whose packets still arrive.
const (
	treatedBy    = "nftables in the node's network namespace hands the packets to the keeper (NFQUEUE), which lets them go on; packets pass untouched if it dies. Where the kernel has netem, what leaves is delayed, broken and doubled by that instead; the record says which it was. "
	treatedProof = "on: the rule is listed, the keeper listens, and a train of datagrams through the rule, each way, "
	treatedGone  = "; off: no rule, and the train comes as it was sent"
	treatedUndo  = tableUndo + "; packets that wait in the keeper go on at once, in netem they are dropped"
	segments     = "Segments that leave the host as one (GSO) are chosen as one"
)

var treatedNeeds = ruleNeeds(Packets, CanMeter)

// networkKinds act on the packets of a node's network namespace. Loopback, the
// engine's own rules and the way in of the drill are never touched.
var networkKinds = []Kind{
	{
		ID: "net.partition", Title: "Nodes cannot reach each other",
		StandsFor: "a failed switch or line, a firewall rule too many, a routing mistake between sites",
		Mechanism: "nftables in the node's network namespace drops the packets to and from the peers without an answer, those of established connections too",
		Proof:     "on: the rule is listed with its deadline, attempts from the node at every peer get no answer, and attempts at all others do; off: no rule, and every peer answers",
		Undo:      tableUndo, Params: []Param{peersParam, portParam, directionParam, familyParam},
		Needs: ruleNeeds(Packets, CanVisit), Aims: nodesAndLinks, New: newPartition,
	},
	{
		ID: "net.isolate", Title: "A host is cut off from everybody",
		StandsFor: "an unplugged cable, a dead network card, a switch port that is shut; the host lives on and knows nothing",
		Mechanism: "nftables in the node's network namespace drops every packet except on loopback, without an answer",
		Proof:     "on: the rule is listed, and attempts from the node at all others get no answer; off: no rule, and they do",
		Undo:      tableUndo, Needs: ruleNeeds(Packets, CanVisit), New: newIsolate,
	},
	{
		ID: "net.nic-down", Title: "A network card is down",
		StandsFor: "a pulled cable that the host notices, a driver that gave up, `ip link set eth0 down` on the wrong host",
		Mechanism: "every network interface of the node's network namespace but the loopback is set down: routes and IPv6 addresses vanish, and its own connections fail at once as unreachable (net.isolate leaves them to time out). The keeper, which has no network, is not cut off",
		Proof:     "on: the interfaces are down by the kernel's list, and attempts from the node at all others end as unreachable; off: attempts are taken, and links, addresses, routes and queues read as before",
		Undo:      "the interfaces are set up, and the addresses and routes that the kernel forgot are given back; the keeper does it by itself at the rule's deadline, the kernel does not",
		Needs:     ruleNeeds(Interfaces, CanVisit), New: newNICDown,
	},
	{
		ID: "net.egress-block", Title: "The provider blocks outgoing mail",
		StandsFor: "a provider or a firewall that blocks port 25, often after a complaint about spam",
		Mechanism: "nftables in the node's network namespace drops new TCP connections of the node to the port, without an answer; what clients open is answered on",
		Proof:     "on: the rule is listed, and attempts from the node at that port of all others get no answer; off: no rule, and they are taken or refused",
		Undo:      tableUndo,
		Params:    []Param{{Name: "port", Type: "integer", Default: "25", Doc: "the port that is blocked, 1 to 65535"}},
		Needs:     ruleNeeds(Packets, CanVisit), New: newEgressBlock,
	},
	{
		ID: "net.loss", Title: "Packets get lost",
		StandsFor: "a bad cable, a congested line, radio, a failing switch",
		Mechanism: "nftables in the node's network namespace drops packets at random (numgen), each way",
		Proof:     "on: the rule is listed, an attempt is lost, and the share of packets that the kernel has dropped lies in the 99 % interval of a binomial around the asked one; off: no rule, and no attempt is lost",
		Undo:      tableUndo,
		Params: []Param{{Name: "rate", Type: "percentage", Default: "30%", Doc: "share of the packets, 1% to 100%"},
			peersParam, portParam, directionParam, familyParam},
		Needs: ruleNeeds(Packets, CanVisit), Aims: nodesAndLinks, New: newLoss,
	},
	{
		ID: "net.latency", Title: "A path is slow to answer",
		StandsFor: "a long way, a detour after a cable was cut, a satellite, a router with full buffers",
		Mechanism: treatedBy + "Each packet waits, each way, handshakes and resets included. With a jitter packets overtake each other, as they do in netem",
		Proof:     treatedProof + "is as late as it should: the mean within 10 % or 5 ms, with a jitter within its 99 % interval more" + treatedGone,
		Undo:      treatedUndo,
		Params: []Param{{Name: "delay", Type: "duration", Default: "100ms", Doc: "of each way, 10ms to 5s: an answer takes it twice"},
			{Name: "jitter", Type: "duration", Default: "0s", Doc: "by which a packet may be earlier or later, each time as likely; up to the delay"},
			peersParam, portParam, directionParam, familyParam},
		Needs: treatedNeeds, Aims: nodesAndLinks, New: newLatency,
	},
	{
		ID: "net.bandwidth", Title: "A line carries little",
		StandsFor: "a congested or cheap line, a backup line, a policer at the provider, a backlog that drains while others work",
		Mechanism: treatedBy + "Each direction is a line of its own: packets go one after the other at the rate, and those that would wait longer than half a second (or behind 16 KiB, if that is longer) are dropped",
		Proof:     treatedProof + "comes at the asked rate within 15 %, IP headers included, while nobody else uses the line" + treatedGone,
		Undo:      treatedUndo,
		Params: []Param{{Name: "rate", Type: "bit rate", Default: "1Mbit/s", Doc: "of each way, 64kbit/s to 50Mbit/s"},
			peersParam, portParam, directionParam, familyParam},
		Needs: treatedNeeds, Aims: nodesAndLinks, New: newBandwidth,
	},
	{
		ID: "net.corrupt", Title: "Packets arrive broken",
		StandsFor: "a bad cable or module, a switch with bad memory, a driver with a bug",
		Mechanism: treatedBy + "One bit behind the IP header of a share of the packets is turned, after the checksum was made. The receiver's kernel drops what its checksum shows: to mail it looks like loss. " + segments,
		Proof:     treatedProof + "loses some that the receiver drops for their checksum (UDP InCsumErrors), and the share of packets chosen lies in the 99 % interval of a binomial around the asked one" + treatedGone,
		Undo:      treatedUndo,
		Params: []Param{{Name: "rate", Type: "percentage", Default: "10%", Doc: "share of the packets, 1% to 100%"},
			peersParam, portParam, directionParam, familyParam},
		Needs: treatedNeeds, Aims: nodesAndLinks, New: newCorrupt,
	},
	{
		ID: "net.duplicate", Title: "Packets arrive twice",
		StandsFor: "a loop in a switched network, two routers that both forward, a link layer that repeats what was acknowledged",
		Mechanism: treatedBy + "A share of the packets is sent a second time. " + segments,
		Proof:     treatedProof + "has some that arrive twice, and the share of packets chosen lies in the 99 % interval of a binomial around the asked one" + treatedGone,
		Undo:      treatedUndo,
		Params: []Param{{Name: "rate", Type: "percentage", Default: "10%", Doc: "share of the packets, 1% to 100%"},
			peersParam, portParam, directionParam, familyParam},
		Needs: treatedNeeds, Aims: nodesAndLinks, New: newDuplicate,
	},
	{
		ID: "net.reorder", Title: "Packets overtake each other",
		StandsFor: "traffic that is spread over several lines, a change of route, a router with several queues",
		Mechanism: treatedBy + "A share of the packets is held back for the delay, and those behind it pass",
		Proof:     treatedProof + "has some that come after one that was sent later (RFC 4737), and the share of packets chosen lies in the 99 % interval of a binomial around the asked one" + treatedGone,
		Undo:      treatedUndo,
		Params: []Param{{Name: "rate", Type: "percentage", Default: "10%", Doc: "share of the packets, 1% to 50%"},
			{Name: "delay", Type: "duration", Default: "50ms", Doc: "for which they are held back, 10ms to 1s"},
			peersParam, portParam, directionParam, familyParam},
		Needs: treatedNeeds, Aims: nodesAndLinks, New: newReorder,
	},
	{
		ID: "net.reset", Title: "Connections are refused and reset",
		StandsFor: "a firewall that rejects, a connection tracker that has forgotten its flows, a balancer without a backend",
		Mechanism: "nftables in the node's network namespace answers TCP segments to and from the peers with a reset, of new and of established connections",
		Proof:     "on: the rule is listed, and attempts from the node at the peers are refused or reset; off: no rule, and they are taken",
		Undo:      tableUndo, Params: []Param{peersParam, portParam, directionParam, familyParam},
		Needs: ruleNeeds(Packets, CanVisit), Aims: nodesAndLinks, New: newReset,
	},
	{
		ID: "net.half-open", Title: "Packets vanish in one direction",
		StandsFor: "an asymmetric route, a stateful firewall that has failed over, a connection that one end has forgotten",
		Mechanism: "nftables in the node's network namespace drops the packets of one direction without an answer; established sessions hang, and neither end learns why",
		Proof:     "on: the rule is listed, and attempts from the node get no answer; off: no rule, and they do",
		Undo:      tableUndo,
		Params: []Param{peersParam, portParam,
			{Name: "direction", Type: "string", Default: "from", Doc: "`from` the peers, or `to` them"}, familyParam},
		Needs: ruleNeeds(Packets, CanVisit), Aims: nodesAndLinks, New: newHalfOpen,
	},
	{
		ID: "net.mtu-blackhole", Title: "Short mail passes, long mail hangs",
		StandsFor: "a tunnel or VPN with a smaller MTU, on a path where ICMP is filtered (RFC 2923, section 2.1)",
		Mechanism: "nftables in the node's network namespace drops packets that are longer than the MTU, both ways, and nobody is told",
		Proof:     "on: the rule is listed, a short line to a server is answered and one of 1500 bytes is not; off: no rule, and both are",
		Undo:      tableUndo,
		Params:    []Param{{Name: "mtu", Type: "integer", Default: "1300", Doc: "longest packet that passes, in bytes, 256 to 1400"}, peersParam},
		Needs:     ruleNeeds(Packets, CanVisit), Aims: nodesAndLinks, New: newMTU,
	},
	{
		ID: "net.conn-limit", Title: "No more connections are taken",
		StandsFor: "a full connection table, a firewall's limit, a balancer at its maximum",
		Mechanism: "nftables in the node's network namespace drops new connections to the service beyond the limit (ct count); those of the drill's own looks are limited apart, so that they take none away",
		Proof:     "on: the rule is listed, and of more connections at the same time some are not taken; off: no rule, and all are",
		Undo:      tableUndo,
		Params: []Param{{Name: "limit", Type: "integer", Default: "5", Doc: "connections at the same time, 1 to 50"},
			{Name: "port", Type: "integer", Default: "0", Doc: "of the node; 0: the lowest of its services"}},
		Needs: ruleNeeds(Packets, CanVisit), New: newConnLimit,
	},
	{
		ID: "net.ipv6-broken", Title: "IPv6 is announced and does not work",
		StandsFor: "a router that lost its IPv6 routes, a tunnel that is down, a firewall that knows only IPv4, while the AAAA records stay",
		Mechanism: "nftables in the node's network namespace drops every IPv6 packet except on loopback",
		Proof:     "on: the rule is listed, and attempts from the node by IPv6 get no answer; off: no rule, and they do",
		Undo:      tableUndo, Needs: ruleNeeds(Packets, CanVisit), New: newIPv6Broken,
	},
}
