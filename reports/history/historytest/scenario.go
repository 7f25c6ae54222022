package historytest

// Scenario is a drill of which it is known how it goes.
type Scenario struct {
	Name, Title                   string
	Causes, Mitigations, Controls []string
	Truths                        []Truth
}

// Truth is what an objective's time really is, in seconds.
type Truth struct {
	Objective string
	Max       float64
	Seconds   float64
	// Scatter is how far a run may be from Seconds, as a share of it: each value
	// in between is as likely. A retry that falls due at any moment makes such a
	// scatter.
	Scatter float64
	// Width is how wide the measured interval is around what is true, in seconds.
	Width float64
}

// rpo is not lost mail: the interval is only its resolution.
func rpo(width float64) Truth { return Truth{"rpo", 2, 0, 0, width} }

// Library are eight scenarios, as noisy as real ones: a probe every 250 ms and a
// fault that takes effect within half a second give intervals of 0.4 to 1 s.
var Library = []Scenario{
	{"backup-mx-takes-over", "Mail keeps arriving when the primary MX dies", []string{"hardware-failure", "server-failure"},
		[]string{"backup-mx", "redundancy", "failover"}, []string{"iso27001:A.5.30", "nist80053:CP-4(3)"},
		[]Truth{{"rto.mx", 8, 1.2, 0.3, 0.9}, {"rto.delivery", 40, 31, 0.06, 0.8}, rpo(0.05)}},
	{"single-server-crash", "One server for all dies and comes back", []string{"server-failure"}, []string{"dr-plan"}, nil,
		[]Truth{{"rto.mx", 60, 34, 0.04, 0.5}, {"rto.imap", 60, 33, 0.04, 0.5}, rpo(0.1)}},
	{"balanced-mx-crash", "A dead server leaves the pool", []string{"server-failure", "hardware-failure"}, []string{"redundancy", "load-balancing"}, nil,
		[]Truth{{"rto.mx", 15, 6, 0.1, 0.6}, {"rto.delivery", 30, 12, 0.08, 0.6}}},
	{"power-cut-of-the-store", "The store loses its power", []string{"power-outage"}, []string{"ups", "dr-plan"}, []string{"iso27001:A.7.11"},
		[]Truth{{"rto.imap", 90, 48, 0.05, 0.7}, {"rto.delivery", 90, 52, 0.05, 0.8}, rpo(0.2)}},
	{"site-is-lost", "A whole site is gone", []string{"site-loss"}, []string{"replication", "failover"}, nil,
		[]Truth{{"rto.submission", 120, 71, 0.07, 0.9}, {"rto.delivery", 120, 80, 0.07, 1}, rpo(0.3)}},
	{"dns-servfail-defers", "The resolver answers SERVFAIL", []string{"dns-failure"}, []string{"monitoring"}, nil,
		[]Truth{{"rto.delivery", 45, 22, 0.08, 0.7}, {"detect", 20, 9, 0.1, 0.5}}},
	{"smarthost-down", "The smart host is gone", []string{"vendor-outage"}, []string{"vendor-sla", "monitoring"}, []string{"soc2:A1.3"},
		[]Truth{{"rto.delivery", 60, 27, 0.05, 0.6}, {"drain", 60, 15, 0.1, 1}}},
	{"queue-manager-killed", "The queue manager is killed and supervised", []string{"software-crash"}, []string{"redundancy"}, nil,
		[]Truth{{"rto.delivery", 30, 14, 0.06, 0.4}, {"capacity", 40, 18, 0.08, 0.9}}},
}
