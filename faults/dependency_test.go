package faults_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// dependencyVariants are the effects on each dependency.
var dependencyVariants = []struct {
	kind, with string
	serve      func(net.Conn)
}{
	{"dep.directory", "effect: down", faulttest.Directory},
	{"dep.directory", "{effect: slow, delay: 200ms}", faulttest.Directory},
	{"dep.directory", "effect: empty", faulttest.Directory},
	{"dep.directory", "{effect: wrong, value: stranger@drill.test}", faulttest.Directory},
	{"dep.filter", "effect: down", faulttest.Filter},
	{"dep.filter", "{effect: slow, delay: 200ms}", faulttest.Filter},
	{"dep.filter", "effect: accept-all", faulttest.Filter},
	{"dep.filter", "effect: reject-all", faulttest.Filter},
	{"dep.filter", "effect: tempfail", faulttest.Filter},
}

// toDependency aims at the link from a node to a dependency.
func toDependency(kind string, serve func(net.Conn), lies ...faulttest.Lie) faults.Target {
	n := faulttest.NewNode("mx1", lies...)
	t := n.Target()
	t.Node = faulttest.Dependencies{Node: n, Serve: serve}
	for i, p := range t.Peers {
		if p.Name == "mx1" {
			t.Peers[i].Node = t.Node
		}
	}
	to, _ := t.Peer("store1")
	service := map[string]string{"dep.directory": "ldap", "dep.filter": "milter"}[kind]
	t.Link = &faults.Link{Name: "mx1-store1", To: to, Service: service, Port: 389}
	return t
}

func TestDependencyConformance(t *testing.T) {
	for _, v := range dependencyVariants {
		t.Run(v.kind+" "+v.with, func(t *testing.T) {
			t.Parallel() // some wait for what comes late
			mk := func(*testing.T) faults.Target { return toDependency(v.kind, v.serve) }
			faulttest.Conformance(t, kind(t, v.kind), mk, faulttest.Options{With: with(v.with), Within: 10 * time.Second, Every: time.Millisecond})
		})
	}
}

// What a proxy claims and does not do is not proven; what it does after it
// claims to have ended is seen.
func TestDependencyLiesComeOut(t *testing.T) {
	for _, v := range dependencyVariants {
		t.Run(v.kind+" "+v.with, func(t *testing.T) {
			t.Parallel()
			for _, lie := range []faulttest.Lie{faulttest.RuleSpares, faulttest.RulePretends} {
				f, target := made(t, v.kind, v.with), toDependency(v.kind, v.serve, lie)
				must(t, f.Inject(t.Context(), target))
				if e := looked(t, f, target); e.Installed && e.Effective {
					t.Errorf("%s: proven: %+v", lie, e)
				}
			}
			for _, lie := range []faulttest.Lie{faulttest.TakeFails, faulttest.TakeHides} {
				f, target := made(t, v.kind, v.with), toDependency(v.kind, v.serve, lie)
				must(t, f.Inject(t.Context(), target))
				if e := looked(t, f, target); !e.Installed || !e.Effective {
					t.Errorf("%s: not proven: %+v", lie, e)
				}
				_ = f.Revert(t.Context(), target)
				if e := looked(t, f, target); !e.Installed && !e.Effective {
					t.Errorf("%s: proven gone: %+v", lie, e)
				}
			}
		})
	}
}

func TestDependencyParameters(t *testing.T) {
	for params, want := range map[string]string{
		"effect: gone":               "effect; valid: ",
		"{effect: slow, delay: 1ms}": "at least 200ms",
		"{effect: wrong, value: ''}": "1 to 60 bytes",
		"{effect: wrong, value: " + strings.Repeat("x", 61) + "}": "1 to 60 bytes",
	} {
		if _, err := kind(t, "dep.directory").New(with(params)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", params, err, want)
		}
	}
}

func made(t *testing.T, id, params string) faults.Fault {
	t.Helper()
	f, err := kind(t, id).New(with(params))
	must(t, err)
	return f
}

func looked(t *testing.T, f faults.Fault, target faults.Target) faults.Evidence {
	t.Helper()
	e, err := f.Verify(t.Context(), target)
	must(t, err)
	return e
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
