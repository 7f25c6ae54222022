package cgroups

import "os"

// Freeze stops all processes of the group of a process, or thaws them, by the
// freezer of version 1 or cgroup.freeze of version 2 (cgroups(7)).
func Freeze(pid int, frozen bool) error {
	g, err := with(pid, freezer)
	if err != nil {
		return err
	}
	return g.freeze(frozen)
}

const freezer = "freezer"

func (g Group) freeze(frozen bool) error {
	name, words := "freezer.state", map[bool]string{true: "FROZEN", false: "THAWED"}
	if g.unified {
		name, words = "cgroup.freeze", map[bool]string{true: "1", false: "0"}
	}
	return os.WriteFile(g.file(name), []byte(words[frozen]), 0)
}
