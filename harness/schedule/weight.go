package schedule

import (
	"slices"
	"strings"

	"maildrill/harness/planning"
)

// Weight is what a drill takes of its host.
type Weight struct {
	CPU    float64 // cores, on average
	Memory int64   // bytes, at most
	// Alone says why nothing may run beside the drill; "": something may.
	Alone string
	// Uses are what only one drill at a time can have.
	Uses []string
}

// What a node and a message take on Docker, as measured with Postfix and
// Dovecot on two CPUs: 0.47 cores and 620 MB for six nodes and 7 messages a
// second, maildrill itself and the agents included.
const (
	cpuOfNode     = 0.05
	cpuOfMessage  = 0.025 // per message a second
	cpuOfTransfer = 0.02  // per MiB a second
	memoryOfNode  = 110 << 20
)

// solitary are the faults whose drills run alone: they load the host, or what
// they do is a speed that a neighbour would change. An entry that ends with a
// dot is a family.
var solitary = []struct{ fault, why string }{
	{"resource.cpu", "takes the CPUs of the host"},
	{"resource.memory", "takes memory of the host, and its page cache"},
	{"resource.oom", "takes memory of the host"},
	{"resource.", "sets limits that a busy host reaches sooner"},
	{"load.", "loads the host as much as it can"},
	{"storage.slow", "measures the speed of a disk that all drills share"},
	{"net.bandwidth", "measures a speed"},
}

// terminal is where people acknowledge what they did.
const terminal = "the terminal"

// heavyRate is a workload, in messages a second, that measures the host as much
// as the mail system.
const heavyRate = 50

// Weigh tells what a plan takes. The nodes of a simulated system are parts of
// maildrill, and take next to nothing.
func Weigh(p *planning.Plan, simulated bool) Weight {
	rate := float64(p.Scenario.Workload.Rate)
	nodes := len(p.Topology.Nodes)
	if simulated {
		nodes = 1
	}
	w := Weight{
		CPU:    float64(nodes)*cpuOfNode + rate*cpuOfMessage + rate*meanSize(p)*cpuOfTransfer,
		Memory: int64(nodes) * memoryOfNode,
	}
	if rate >= heavyRate {
		w.Alone = "its workload loads the host"
	}
	for _, s := range p.Steps {
		if why := alone(s.Kind.ID); why != "" && w.Alone == "" {
			w.Alone = s.Kind.ID + " " + why
		}
		if s.Action == "manual" && !slices.Contains(w.Uses, terminal) {
			w.Uses = append(w.Uses, terminal)
		}
	}
	return w
}

func alone(fault string) string {
	for _, s := range solitary {
		if s.fault == fault || strings.HasSuffix(s.fault, ".") && strings.HasPrefix(fault, s.fault) {
			return s.why
		}
	}
	return ""
}

// meanSize of a message, in MiB.
func meanSize(p *planning.Plan) float64 {
	sizes := p.Scenario.Workload.Sizes
	if len(sizes) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range sizes {
		sum += float64(s)
	}
	return sum / float64(len(sizes)) / (1 << 20)
}
