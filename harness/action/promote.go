package action

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// promote leads the names of a node to another.
type promote struct{ from, script string }

func newPromote(decode func(any) error) (Action, error) {
	var with struct {
		From   string `yaml:"from"`
		Script string `yaml:"script"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.From == "" {
		return nil, errors.New("`from` is missing: the node whose names are to lead here")
	}
	return promote{with.From, with.Script}, nil
}

// Needs implements [Needer].
func (a promote) Needs() []faults.Ability {
	if a.script == "" {
		return nil
	}
	return []faults.Ability{CanScript}
}

// Check implements [Particular].
func (a promote) Check(t topology.Topology, on []string) []Misfit {
	wrong := refuse(t, on, func(n topology.Node) string {
		switch {
		case own(n) != "":
			return own(n)
		case n.Name == a.from:
			return "cannot be promoted from itself"
		}
		return ""
	})
	if a.script != "" {
		wrong = append(wrong, shelled(t, on)...)
	}
	if _, ok := t.Node(a.from); !ok {
		return append(wrong, Misfit{Key: "with.from", What: fmt.Sprintf("unknown node %q", a.from), Wrong: a.from, Valid: names(t)})
	}
	led := slices.ContainsFunc(t.Zones, func(z topology.Zone) bool {
		return slices.ContainsFunc(z.Records, func(r topology.Record) bool { return r.Node == a.from })
	})
	if !led {
		wrong = append(wrong, Misfit{Key: "with.from", What: fmt.Sprintf("no name leads to node %q", a.from)})
	}
	return wrong
}

func names(t topology.Topology) (list []string) {
	for _, n := range t.Nodes {
		list = append(list, n.Name)
	}
	return list
}

func (a promote) Do(ctx context.Context, s Site, node string) (o Outcome, err error) {
	if a.script != "" {
		if o, err = runScript(ctx, s, node, a.script, 0); err != nil {
			return o, err
		}
	}
	moved, err := s.Lead(ctx, a.from, node)
	if err != nil {
		return o, err
	}
	o.Output = strings.TrimPrefix(o.Output+"\n"+strings.Join(moved, ", ")+" lead to "+node, "\n")
	return o, nil
}
