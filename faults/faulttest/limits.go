package faulttest

import (
	"encoding/json"

	"maildrill/faults"
)

func init() { shown[faults.Limits] = limitsShown }

// granted is what the node in memory is granted of each resource.
var granted = map[faults.Resource]int64{faults.Memory: 1 << 30, faults.CPU: 4000, faults.PIDs: 1000}

// share is what a node gets that may have no more than it uses.
const share = 10

// limitsShown adds what the kernel counts to the rules, and its limits.
func limitsShown(n *Node, standing []faults.Standing) []faults.Standing {
	low := map[faults.Resource]int64{}
	for r, limit := range granted {
		low[r] = limit
	}
	void := map[string]bool{}
	for _, r := range n.rules {
		if r.Mechanism != faults.Limits {
			continue
		}
		spec := limitOf(r)
		if void[r.ID] = r.void; r.void {
			continue
		}
		if granted[spec.Resource] == 0 {
			continue
		}
		if spec.Limit == 0 {
			spec.Limit = share
		}
		low[spec.Resource] = min(low[spec.Resource], spec.Limit)
	}
	for i, s := range standing {
		if !void[s.ID] {
			standing[i].Counters = map[string]uint64{"limit_hits": 1, "oom_kills": 1, "throttled": 1, "forks_refused": 1}
			standing[i].Looks = map[string]uint64{faults.LimitSet: 1 << 20, faults.InUse: 1 << 19}
		}
	}
	for r, limit := range low {
		text, err := json.Marshal(faults.LimitSpec{Resource: r, Limit: limit})
		if err == nil && n.running {
			standing = append(standing, faults.Standing{ID: faults.KernelLimit, Spec: text})
		}
	}
	return standing
}

func limitOf(r rule) (spec faults.LimitSpec) {
	_ = r.Decode(&spec) // what cannot be read limits nothing
	return spec
}

// putLimit lets the kernel kill one process of those that a rule names.
func (n *Node) putLimit(r rule) {
	spec := limitOf(r)
	if r.Mechanism != faults.Limits || spec.Resource != faults.OOM || r.void {
		return
	}
	for i, p := range n.processes {
		if p.Command == spec.Process || spec.Process == "" {
			n.processes[i].State = "Z"
			break
		}
	}
	n.reap()
}

// tookLimits starts those anew that a rule was to end.
func (n *Node) tookLimits(m faults.Mechanism, id string) {
	for _, r := range n.rules {
		spec := limitOf(r)
		if r.Mechanism != m || r.ID != id || !spec.Restart {
			continue
		}
		for i, p := range n.processes {
			if p.Command == spec.Process {
				n.processes[i] = n.spawn(p.Command)
			}
		}
	}
}

// plenty is how many files a process can open that nobody limits.
const plenty = 1000

// freeFiles is how many it can open.
func (n *Node) freeFiles(command string) int {
	for _, r := range n.rules {
		if spec := limitOf(r); r.Mechanism == faults.Limits && !r.void && spec.Resource == faults.FDs && spec.Process == command {
			return int(spec.Spare)
		}
	}
	return plenty
}
