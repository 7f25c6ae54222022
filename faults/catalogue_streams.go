package faults

const (
	streamMechanism = "new connections of the sending nodes pass a proxy in their own network that knows no protocol (Toxiproxy's toxics), so that the server sees their addresses; those that exist are reset when a node next sends data on them. "
	streamUndo      = "new connections go directly; those in the proxy are ended at once, at the latest within two seconds"
	streamProof     = "on: the rules stand in the proxies, and a visit of the service from each sending node "
	streamGone      = "; off: no rule stands, and the visit is as ever. Services that greet: SMTP, submission, LMTP, IMAP, POP3"
)

var (
	streamNeeds = ruleNeeds(Streams, CanVisit)
	streamAims  = []Aim{AtLink, AtNode}
)

// streamKinds act on connections whatever they carry.
var streamKinds = []Kind{
	{
		ID: "link.reset", Title: "Connections are reset",
		StandsFor: "a firewall that lost its state, a balancer that was restarted, a server that ran out of memory for sockets",
		Mechanism: streamMechanism + "Both ends see a reset: when the first data come, some time after them, or after so many bytes one way",
		Proof:     streamProof + "is reset; a look is reset at once" + streamGone,
		Undo:      streamUndo,
		Params: []Param{
			{Name: "after", Type: "duration", Default: "0s", Doc: "time from the first data to the reset"},
			{Name: "bytes", Type: "integer", Default: "0", Doc: "bytes of one direction that pass before the reset; 0: any"},
		},
		Needs: streamNeeds, Aims: streamAims, New: newLinkReset,
	},
	{
		ID: "link.stall", Title: "Connections stay, and nothing passes",
		StandsFor: "a half-open connection, a path that drops what it does not know: TCP says all is well",
		Mechanism: streamMechanism + "Data are taken from both ends and dropped, from the beginning or some time later",
		Proof:     streamProof + "is connected and not greeted within three seconds; a look stalls at once" + streamGone,
		Undo:      streamUndo,
		Params:    []Param{{Name: "after", Type: "duration", Default: "0s", Doc: "time from the connection to the stall"}},
		Needs:     streamNeeds, Aims: streamAims, New: newLinkStall,
	},
	{
		ID: "link.slicer", Title: "Data come in small pieces",
		StandsFor: "a path with tiny packets, a middlebox that inspects byte by byte: what one read brought comes in many",
		Mechanism: streamMechanism + "Data are cut into pieces that come one after the other, both ways",
		Proof:     streamProof + "takes as long as its pieces do" + streamGone,
		Undo:      streamUndo,
		Params: []Param{
			{Name: "size", Type: "integer", Default: "8", Doc: "bytes of a piece, 1 to 16"},
			{Name: "delay", Type: "duration", Default: "50ms", Doc: "between two pieces, 20ms to 200ms"},
		},
		Needs: streamNeeds, Aims: streamAims, New: newLinkSlicer,
	},
	{
		ID: "link.slow-close", Title: "Connections end late",
		StandsFor: "a server or a balancer that is slow to close: sockets and processes that wait pile up",
		Mechanism: streamMechanism + "The end of a connection is handed on late, both ways",
		Proof:     streamProof + "is over as late as it should be" + streamGone,
		Undo:      streamUndo,
		Params:    []Param{{Name: "delay", Type: "duration", Default: "2s", Doc: "50ms to 10s"}},
		Needs:     streamNeeds, Aims: streamAims, New: newLinkSlowClose,
	},
	{
		ID: "link.slow", Title: "A link has a long delay, made in user space",
		StandsFor: "a satellite link, a detour after a cable was cut. It needs nothing of the kernel; the TCP handshake itself is not slower",
		Mechanism: streamMechanism + "Data come late, each way",
		Proof:     streamProof + "waits for an answer twice as long; it is measured" + streamGone,
		Undo:      streamUndo,
		Params:    []Param{{Name: "delay", Type: "duration", Default: "200ms", Doc: "of each way, 50ms to 10s"}},
		Needs:     streamNeeds, Aims: streamAims, New: newLinkSlow,
	},
}
