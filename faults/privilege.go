package faults

import "slices"

// Privilege is what whoever makes a fault must be allowed, on a container
// engine: a capability (capabilities(7)) or an access.
type Privilege string

// privileges are what the abilities and mechanisms take. A node's containers
// are given none of them.
var privileges = []struct {
	of    []Ability
	takes []Privilege
}{
	{[]Ability{CanState, CanKill, CanStart, CanStop, CanPause, CanReplace, Ability(Settings), Ability(Versions)}, []Privilege{"the engine's socket"}},
	{[]Ability{CanSignal, CanKill}, []Privilege{"the host's process ids", "SYS_PTRACE"}},
	{[]Ability{CanIsolate, CanVisit, CanMeter, Ability(Packets), Ability(Interfaces), Ability(Streams), Ability(Dialogue), Ability(Load)},
		[]Privilege{"the host's process ids", "SYS_ADMIN", "SYS_PTRACE", "NET_ADMIN"}},
	{[]Ability{Ability(Limits), Ability(Files), Ability(Names), CanTouch}, []Privilege{"the host's process ids", "SYS_ADMIN", "SYS_PTRACE"}},
	{[]Ability{CanCutPower, Ability(Disks)},
		[]Privilege{"the host's process ids", "SYS_ADMIN", "SYS_PTRACE", "MKNOD", "loop devices (loop(4))"}},
}

// Privileges are what the kind takes of whoever makes it.
func (k Kind) Privileges() []Privilege {
	var all []Privilege
	for _, p := range privileges {
		if !slices.ContainsFunc(k.Needs, func(a Ability) bool { return slices.Contains(p.of, a) }) {
			continue
		}
		for _, one := range p.takes {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}
