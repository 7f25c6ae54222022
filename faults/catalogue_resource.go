package faults

// resourceKinds let the kernel grant a node's processes less.
var resourceKinds = []Kind{
	{
		ID:        "resource.cpu",
		Title:     "Processor time runs short",
		StandsFor: "a noisy neighbour, a quota that is too low, an overbooked host",
		Mechanism: "the processor quota of the node's control group is lowered (cpu.cfs_quota_us or cpu.max, in periods of 100 ms)",
		Proof:     "on: the kernel has the quota, and the number of periods in which it was used up moved (cpu.stat nr_throttled); off: the kernel has the former quota. The tool's own looks cost the node time too, and count",
		Undo:      "the former quota is written back as it was",
		Params: []Param{
			{Name: "cores", Type: "number", Default: "0.02", Doc: "processors that the node may use, at least 0.01"},
		},
		Needs: ruleNeeds(Limits, CanState, CanStart),
		New:   newCPULimit,
	},
	{
		ID:        "resource.memory",
		Title:     "Memory runs short",
		StandsFor: "a limit that is too low for the load, a neighbour on the host that takes it, a leak next door: the server reads its own programs from the disk again and again, and crawls",
		Mechanism: "the memory limit of the node's control group is lowered (memory.limit_in_bytes, and with swap 1 MiB more in memory.memsw.limit_in_bytes; memory.max, and memory.swap.max to 0). It is set beyond what the processes hold, without the page cache: a limit that leaves room for the cache is never met. One below what the kernel can take back is refused by version 1, which then gets the lowest that it takes; version 2 kills at once. If a process needs more than there is, the kernel kills one",
		Proof:     "on: the kernel has the limit, and counted that it was met (memory.failcnt, or memory.events max); off: the kernel has the former limit. Counted too: processes killed (oom_kills). The tool's own looks cost memory too, and count",
		Undo:      "the former limit is written back as it was; a node that died of it is started",
		Params: []Param{
			{Name: "limit", Type: "string", Default: "+1MiB", Doc: "a size, such as 32MiB, or with a plus sign what is granted beyond what the processes hold when the fault begins; at least 4KiB"},
		},
		Needs: ruleNeeds(Limits, CanState, CanStart),
		New:   newMemoryLimit,
	},
	{
		ID:        "resource.oom",
		Title:     "The kernel kills for want of memory",
		StandsFor: "a leak, one message that takes a gigabyte to scan, a memory limit that is too low: the OOM killer ends a daemon or the whole server",
		Mechanism: "the memory limit of the node's control group is lowered to what is in use and 16 MiB, and a process of the tool's own grows in that group until the kernel has to kill. Which process is killed is up to oom_score_adj (proc(5)), which is 1000 for those with the name meanwhile. As soon as one was killed the limit is what it was",
		Proof:     "on: the group's count of kills rose (memory.oom_control oom_kill, or memory.events), and a process with the name that ran before is gone; of the main process, that the node is down or was started anew. off: the node runs, and nothing is kept of it. Counted: kills",
		Undo:      "the node is started if it went down. Nothing else is left to undo: a daemon that nobody starts anew is a finding about the server",
		Momentary: true,
		Params: []Param{
			{Name: "name", Type: "string", Default: "main", Doc: "command name of the processes one of which is killed: qmgr, imap-login; main is the main process, with which the node ends"},
		},
		Needs: ruleNeeds(Limits, CanState, CanSignal, CanStart),
		New:   newOOM,
	},
	{
		ID:        "resource.fds",
		Title:     "A process can open no more files",
		StandsFor: "a leak of file descriptors, LimitNOFILE of a unit or `ulimit -n` too low for the number of clients: accept(2) and open(2) fail with EMFILE",
		Mechanism: "the soft limit of open files of each process with the name is lowered to what it has open and what is to stay free (prlimit(2), RLIMIT_NOFILE); processes that they start inherit it, others with the name that are started later do not: Postfix's smtpd ends at the first EMFILE, and master(8) starts one that is not limited, so that the fault is gone with one connection; daemons that stay, such as qmgr and Dovecot's, keep it. Only a process that raises its own limit gets out of it",
		Proof:     "on: each of them that still runs can open no more files than are to stay free, by its limit and what it has open (proc(5), fd and limits); the evidence says how the service fared meanwhile. off: they have their former limits, and with restart they are gone",
		Undo:      "each gets its own former limit back, and what it started meanwhile too. That is not always enough: Dovecot 2.3 stops to listen in a login or LMTP process at the first EMFILE of accept(2) (net_accept() failed: Too many open files) and never begins again, so that connections are taken by the kernel and nobody greets. So with restart, which is the default, they are ended (SIGTERM) for their master to start others, as an administrator would do, and with the main process the node is started anew; restart: false shows whether the server gets well by itself",
		Params: []Param{
			{Name: "name", Type: "string", Default: "(required)", Doc: "command name of the processes: imap-login, smtpd, master"},
			{Name: "free", Type: "integer", Default: "0", Doc: "files that each can still open"},
			{Name: "restart", Type: "bool", Default: "true", Doc: "whether those that were limited are started anew when the fault ends"},
		},
		Needs: ruleNeeds(Limits, CanState, CanSignal, CanStart),
		New:   newFDLimit,
	},
	{
		ID:        "resource.pids",
		Title:     "No more processes can be started",
		StandsFor: "a fork bomb next door, zombies that nobody reaps, a process limit that is too low",
		Mechanism: "the process limit of the node's control group is lowered (pids.max): fork(2) fails with EAGAIN",
		Proof:     "on: the kernel has the limit, and its counter of refused forks moved (pids.events max); off: the kernel has the former limit. A connection of the tool's own that needs a process counts too",
		Undo:      "the former limit is written back as it was",
		Params: []Param{
			{Name: "limit", Type: "string", Default: "50%", Doc: "processes and threads that the node may have, such as 20, or as a percentage of those that it has when the fault begins; those that it has stay"},
		},
		Needs: ruleNeeds(Limits, CanState, CanStart),
		New:   newPIDsLimit,
	},
}
