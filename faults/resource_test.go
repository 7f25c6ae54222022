package faults_test

import (
	"strings"
	"testing"

	"maildrill/faults/faulttest"
)

func init() {
	required["resource.fds"] = "name: qmgr"
	for _, id := range resources {
		variants = append(variants, variant{"limit " + id, id, "", false})
	}
	variants = append(variants,
		variant{"processes to a number", "resource.pids", "limit: '20'", false},
		variant{"memory beyond", "resource.memory", "limit: +2.5MiB", false},
		variant{"the kernel kills the node", "resource.oom", "", false},
		variant{"the kernel kills a daemon", "resource.oom", "name: qmgr", true},
		variant{"no files", "resource.fds", "name: qmgr", false},
		variant{"some files", "resource.fds", "{name: qmgr, free: 3, restart: false}", false},
		variant{"memory to a size", "resource.memory", "limit: 32MiB", false})
}

var resources = []string{"resource.cpu", "resource.memory", "resource.pids"}

func TestLimitsThatLieComeOut(t *testing.T) {
	for _, id := range append([]string{"resource.fds"}, resources...) {
		liesAboutRulesComeOut(t, id, func(t *testing.T, lie faulttest.Lie) *scene {
			return newScene(t, id, required[id], faulttest.NewNode("mx1", lie))
		})
	}
}

// A limit that is as low already proves nothing, and the negative control says so.
func TestLowLimitsShowBeforeTheFault(t *testing.T) {
	s := newScene(t, "resource.pids", "limit: '1000'", faulttest.NewNode("mx1"))
	if e := s.look(); !e.Effective {
		t.Errorf("the control is green: %+v", e)
	}
}

func TestLimitsAreRefused(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"resource.cpu", "cores: 0.001", "valid: 0.01"},
		{"resource.memory", "limit: 32", "a size such as"},
		{"resource.memory", "limit: +1KiB", "a size such as"},
		{"resource.memory", "limit: NaNMiB", "a size such as"},
		{"resource.oom", "name: a/b", "no command name"},
		{"resource.fds", "", "name is missing"},
		{"resource.fds", "{name: qmgr, free: -1}", "valid: 0"},
		{"resource.pids", "limit: '-1'", "neither a number"},
		{"resource.pids", "limit: 2000%", "not between"},
	} {
		if _, err := kind(t, c.kind).New(with(c.with)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: error %v, want one with %q", c.kind, c.with, err, c.want)
		}
	}
}

// A kill that nobody died of proves nothing, nor does a death without a kill.
func TestTheKernelMustHaveKilled(t *testing.T) {
	for _, lie := range []faulttest.Lie{faulttest.RuleSpares, faulttest.RulePretends} {
		for _, with := range []string{"", "name: qmgr"} {
			s := newScene(t, "resource.oom", with, faulttest.NewNode("mx1", lie))
			s.do(s.fault.Inject)
			if e := s.look(); e.Installed && e.Effective {
				t.Errorf("%q is proven although %s: %+v", with, lie, e)
			}
		}
	}
	s := newScene(t, "resource.oom", "", faulttest.NewNode("mx1", faulttest.TakeFails))
	s.do(s.fault.Inject)
	s.do(s.fault.Revert)
	if e := s.look(); !e.Installed {
		t.Errorf("proven gone although the rule stands: %+v", e)
	}
}
