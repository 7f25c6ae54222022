package docker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent"
	"maildrill/harness/agent/keeper"
	"maildrill/harness/topology"
)

// Check is one mechanism, measured on this engine.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Untried: the trial would take what this engine has not got yet.
	Untried bool   `json:"untried,omitempty"`
	Detail  string `json:"detail"`           // what was seen
	Advice  string `json:"advice,omitempty"` // what to do if it is not OK, or what will not work
	// LeavesOut are the kinds of fault that cannot be made without it; none while
	// it works.
	LeavesOut []string `json:"leaves_out,omitempty"`
	// Spare: nothing needs it, because there is another way.
	Spare bool `json:"spare,omitempty"`
}

// without names the kinds of fault that are left out if the check is not OK.
func (c Check) without(kinds []string) Check {
	if !c.OK {
		c.LeavesOut = kinds
	}
	return c
}

// examLimit bounds each mechanism's trial.
const examLimit = 5 * time.Second

// Doctor tries every mechanism that drills rely on, with a few containers and
// keepers of its own that are gone when it returns. It stops at the first one
// without which the others cannot be tried.
func Doctor(ctx context.Context, c Config) []Check {
	r, err := New(ctx, c)
	if err != nil {
		return []Check{checked("container engine", "", err, advice)}
	}
	defer r.Close()
	checks := []Check{checked("container engine", fmt.Sprintf("version %s, API %s, %s, kernel %s, storage %s",
		r.info.ServerVersion, r.cli.ClientVersion(), r.info.OperatingSystem, r.info.KernelVersion, r.info.Driver), nil, "")}
	s, six, err := r.patient(ctx)
	checks = append(checks, checked("keeper, network, way in",
		"a keeper with the engine's socket, an internal network, streams over standard input and output", err,
		"the engine must allow --pid=host, the capabilities SYS_ADMIN, NET_ADMIN and SYS_PTRACE, and a bind of its own socket (MAILDRILL_ENGINE_SOCKET)"))
	if err != nil {
		return checks
	}
	checks = append(checks, s.examine(ctx)...)
	checks = append(checks, s.examineHost(ctx)...)
	checks = append(checks, s.examineIPv6(ctx, six))
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	checks = append(checks, checked("removal", "nothing of the trial is left", s.Close(limit), "maildrill cleanup"))
	return append(checks, r.examineDisks(ctx)...)
}

func checked(name, detail string, err error, advice string) Check {
	if err != nil {
		return Check{Name: name, Detail: err.Error(), Advice: advice}
	}
	return Check{Name: name, OK: true, Detail: detail}
}

// patient starts the smallest system there is, with IPv6 if the engine has it.
func (r *Runtime) patient(ctx context.Context) (s *System, ipv6, err error) {
	t := topology.Topology{
		Name: "doctor", IPv6: true,
		Nodes: []topology.Node{
			{Name: "dns", Host: "dns.doctor.test", Server: agent.DNS},
			{Name: "outside", Host: "outside.doctor.test", Server: agent.Outside},
		},
		Zones: []topology.Zone{{Name: "doctor.test", Records: []topology.Record{{Name: "dns", Type: "A", Node: "dns"}}}},
	}
	o := topology.Options{RunID: fmt.Sprintf("doctor-%x", time.Now().UnixNano())}
	started, err := r.Start(ctx, t, o)
	if err != nil {
		ipv6, t.IPv6 = err, false
		started, err = r.Start(ctx, t, o)
	}
	if err != nil {
		return nil, ipv6, err
	}
	return started.(*System), ipv6, nil
}

func (s *System) examine(ctx context.Context) []Check {
	return []Check{
		checked("containment", "the drill's network has no route out", s.examineContainment(ctx),
			"do not run drills on this engine: its mail may find a way out"),
		checked("name resolution", "containers ask the drill's own name server", s.examineNames(ctx),
			"a firewall on the engine's host may drop UDP on bridges"),
		checked("isolation", "a node was cut off by nftables, which counted what it dropped", s.examineRules(ctx),
			hostMechanisms[0].advice).without(leavesOut(faults.CanIsolate)),
	}
}

// examineHost has the keeper try on itself what a host may lack.
func (s *System) examineHost(ctx context.Context) (checks []Check) {
	for _, w := range hostMechanisms {
		var needs []faults.Ability
		for _, m := range w.mechanisms {
			needs = append(needs, faults.Ability(m))
		}
		checks = append(checks, checked(w.title, w.detail, s.tries(ctx, needs...), w.advice).without(leavesOut(needs...)))
	}
	netem := checked("netem", "the kernel emulates bad networks itself (netem(8))", s.tries(ctx, keeper.Netem),
		"nothing has to be done: loss, latency and bandwidth are made in another way; with CONFIG_NET_SCH_NETEM (modprobe sch_netem) the kernel can")
	netem.Spare = !netem.OK
	return append(checks, netem)
}

func (s *System) tries(ctx context.Context, needs ...faults.Ability) error {
	var names []string
	for _, n := range needs {
		names = append(names, string(n))
	}
	lacks, err := s.keeper.Try(ctx, names...)
	for _, name := range slices.Sorted(maps.Keys(lacks)) {
		err = errors.Join(err, fmt.Errorf("%s: %s", name, lacks[name]))
	}
	return err
}

// examineContainment dials an address for documentation (RFC 5737): the kernel
// itself must say that there is no route.
func (s *System) examineContainment(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, examLimit)
	defer cancel()
	conn, err := s.outside.Dial(ctx, netip.MustParseAddrPort("192.0.2.1:9"))
	if err == nil {
		_ = conn.Close()
	}
	if !errors.Is(err, topology.ErrUnreachable) {
		return fmt.Errorf("a connection to 192.0.2.1 was tried: %v", err)
	}
	return nil
}

func (s *System) examineNames(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, examLimit)
	defer cancel()
	want := s.layout.addresses["dns"][0].String()
	got, err := s.outside.Lookup(ctx, "dns.doctor.test")
	if err == nil && !slices.Contains(got, want) {
		err = fmt.Errorf("dns.doctor.test is %v, want %s", got, want)
	}
	return err
}

// examineRules cuts the vantage off and looks whether it is.
func (s *System) examineRules(ctx context.Context) error {
	node := s.keeper.Node("outside")
	if err := node.Isolate(ctx, time.Minute); err != nil {
		return err
	}
	cut := s.answers(ctx, "dns", time.Second)
	packets, on, err := node.Dropped(ctx)
	if err := errors.Join(err, node.Rejoin(ctx)); err != nil {
		return err
	}
	if cut == nil || !on || packets == 0 {
		return fmt.Errorf("a cut namespace is not silent: dial %v, %d packets dropped, in force %v", cut, packets, on)
	}
	return s.answers(ctx, "dns", examLimit)
}

func (s *System) examineIPv6(ctx context.Context, start error) Check {
	err := start
	if err == nil {
		err = s.answers(ctx, s.layout.addresses["dns"][1].String(), examLimit)
	}
	return checked("IPv6", "nodes reach each other by IPv6", err, "topologies with ipv6: true will not start on this engine")
}

// answers tells whether the name server takes a connection.
func (s *System) answers(ctx context.Context, node string, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	conn, err := s.Dial(ctx, node, topology.Domain)
	if err != nil {
		return err
	}
	return conn.Close()
}
