package faults

// Catalogue lists every kind of fault, family by family.
var Catalogue = []Kind{
	{
		ID:        "node.crash",
		Title:     "A host dies without a word",
		StandsFor: "power supply, kernel or hardware failure of one machine; a container host that is gone",
		Mechanism: "all traffic of the node is dropped, then its main process is killed (SIGKILL); nobody answers, not even with a reset",
		Proof:     "on: the drop is in force, the main process is gone or was started anew, and a connection from the outside times out; off: no drop, the node was started, and connections are answered",
		Undo:      "the drop is taken away, then the node is started, so that the fresh server meets a working network",
		Params: []Param{
			{Name: "supervised", Type: "bool", Default: "false", Doc: "let the node's supervisor start it again while the fault is held; the network stays silent until the revert"},
		},
		Needs: needs[crashable](),
		New:   newCrash,
	},
	{
		ID:        "node.stop",
		Title:     "A server is shut down in order",
		StandsFor: "planned maintenance, an upgrade, an operator's `systemctl stop`",
		Mechanism: "the main process gets SIGTERM, and SIGKILL after the grace; the host lives on and refuses connections",
		Proof:     "on: the node does not run, and a connection from the outside is refused; off: the node was started",
		Undo:      "the node is started",
		Params: []Param{
			{Name: "grace", Type: "duration", Default: "10s", Doc: "time from SIGTERM to SIGKILL, at most 10m"},
		},
		Needs: needs[stoppable](),
		New:   newStop,
	},
	{
		ID:        "node.freeze",
		Title:     "A server hangs",
		StandsFor: "a hung virtual machine, a stalled storage network, memory thrashing: it accepts TCP and never speaks",
		Mechanism: "every process of the node is paused; its kernel still completes handshakes until the listen queue is full",
		Proof:     "on: the node is paused, and a connection from the outside gets no greeting (or, once the listen queue is full, no answer); off: the node is not paused, and greets",
		Undo:      "the node is resumed",
		Needs:     needs[freezable](),
		New:       newFreeze,
	},
	{
		ID:        "node.flap",
		Title:     "A host dies and comes back, again and again",
		StandsFor: "a crash loop, a failing power supply, a watchdog that resets the machine",
		Mechanism: "node.crash for a part of each period, reverted for the rest of it",
		Proof:     "as node.crash, in every period",
		Undo:      "as node.crash",
		Params: []Param{
			{Name: "period", Type: "duration", Default: "10s", Doc: "length of one cycle, at least 1s"},
			{Name: "duty", Type: "percentage", Default: "50%", Doc: "share of the period in which the node is down, between 0% and 100%"},
			{Name: "count", Type: "integer", Default: "0", Doc: "how many times it goes down; 0: as long as the fault is held"},
		},
		Needs: needs[crashable](),
		New:   newFlap,
	},
	{
		ID:        "process.kill",
		Title:     "One daemon dies",
		StandsFor: "a crash of one program: a bug, the out-of-memory killer",
		Mechanism: "every process with the name gets SIGKILL; the rest of the node lives, and its kernel resets the connections",
		Proof:     "on: the processes that were signalled are gone or replaced; off: the node runs and nothing is killed any more. The evidence is structural only: what mail suffers, the service probes tell",
		Undo:      "killing ends; a node that went down with the process is started",
		Params: []Param{
			{Name: "name", Type: "string", Default: "(required)", Doc: "command name as the kernel shows it, at most 15 bytes: qmgr, smtpd, lmtp, imap-login"},
			{Name: "again", Type: "bool", Default: "false", Doc: "kill again whenever a supervisor brings it back while the fault is held"},
		},
		Needs:     needs[killable](),
		Momentary: true,
		New:       newProcessKill,
	},
	{
		ID:        "process.stop",
		Title:     "One daemon hangs",
		StandsFor: "a deadlock, a daemon that waits for ever on a lock or a dead dependency",
		Mechanism: "every process with the name gets SIGSTOP; a supervisor may start others beside them",
		Proof:     "on: the processes that were signalled are in state T; off: no process of that name is in state T. The evidence is structural only: what mail suffers, the service probes tell",
		Undo:      "the processes get SIGCONT",
		Params: []Param{
			{Name: "name", Type: "string", Default: "(required)", Doc: "command name as the kernel shows it, at most 15 bytes: qmgr, smtpd, lmtp, imap-login"},
		},
		Needs: needs[signallable](),
		New:   newProcessStop,
	},
}
