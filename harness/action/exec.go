package action

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// scriptKinds run a script in the node. A back-up and a restore are told from
// others, so that records and reports time them.
var scriptKinds = []Kind{
	{
		ID: "exec", Title: "Run a script in a node", Aim: AtNodes, New: newExec, Needs: []faults.Ability{CanScript},
		Params: []faults.Param{script, {Name: "expect", Type: "integer", Default: "0", Doc: "exit code that means done"}},
		Does:   scripted,
	},
	{
		ID: "backup", Title: "Make a back-up", Aim: AtNodes, New: newScript, Needs: []faults.Ability{CanScript},
		Params: []faults.Param{script}, Does: scripted + ", which must be 0",
	},
	{
		ID: "restore", Title: "Restore a back-up", Aim: AtNodes, New: newScript, Needs: []faults.Ability{CanScript},
		Params: []faults.Param{script}, Does: scripted + ", which must be 0",
	},
}

const scripted = "sh -c in the node, as its image has it; over when the script has ended, judged by its exit code"

// execute runs a script.
type execute struct {
	script string
	expect int
}

func newExec(decode func(any) error) (Action, error) {
	var with struct {
		Script string `yaml:"script"`
		Expect int    `yaml:"expect"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.Expect < 0 || with.Expect > 255 {
		return nil, fmt.Errorf("expect is %d; valid: an exit code, 0 to 255", with.Expect)
	}
	return execute{with.Script, with.Expect}, someScript(with.Script)
}

func newScript(decode func(any) error) (Action, error) {
	var with struct {
		Script string `yaml:"script"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	return execute{script: with.Script}, someScript(with.Script)
}

func someScript(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("`script` is missing: what sh -c is to run in the node")
	}
	return nil
}

// Check implements [Particular].
func (execute) Check(t topology.Topology, on []string) []Misfit { return shelled(t, on) }

// shelled refuses nodes in which nothing can be run.
func shelled(t topology.Topology, on []string) []Misfit {
	return refuse(t, on, func(n topology.Node) string {
		if why := own(n); why != "" {
			return why + ", which has no shell"
		}
		return ""
	})
}

func (a execute) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	return runScript(ctx, s, node, a.script, a.expect)
}

// runScript runs a script in a node and keeps the end of what it printed.
func runScript(ctx context.Context, s Site, node, script string, expect int) (Outcome, error) {
	n, err := find[topology.Scripter](s, node, "cannot run a script")
	if err != nil {
		return Outcome{}, err
	}
	var said Tail
	code, err := n.Script(ctx, script, &said)
	if err == nil && code != expect {
		err = fmt.Errorf("the script ended with %d, not %d", code, expect)
	}
	return Outcome{Output: said.String()}, err
}
