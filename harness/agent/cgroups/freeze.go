package cgroups

import (
	"os"
	"slices"
	"strings"
)

// Freeze stops all processes of the group of a process, or thaws them, by the
// freezer of version 1 or cgroup.freeze of version 2 (cgroups(7)).
func Freeze(pid int, frozen bool) error {
	g, err := with(pid, freezer)
	if err != nil {
		return err
	}
	return g.freeze(frozen)
}

// Frozen tells whether all processes of the group of a process stand still.
func Frozen(pid int) (bool, error) {
	g, err := with(pid, freezer)
	if err != nil {
		return false, err
	}
	return g.frozen()
}

const freezer = "freezer"

func (g Group) freeze(frozen bool) error {
	name, words := "freezer.state", map[bool]string{true: "FROZEN", false: "THAWED"}
	if g.unified {
		name, words = "cgroup.freeze", map[bool]string{true: "1", false: "0"}
	}
	return os.WriteFile(g.file(name), []byte(words[frozen]), 0)
}

func (g Group) frozen() (bool, error) {
	name, word := "freezer.state", "FROZEN"
	if g.unified {
		name, word = "cgroup.events", "frozen 1"
	}
	text, err := os.ReadFile(g.file(name))
	return slices.Contains(strings.Split(string(text), "\n"), word), err
}
