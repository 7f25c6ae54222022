package calibrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"maildrill/harness"
	"maildrill/harness/embedded"
	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/harness/workload"
	"maildrill/scenarios"
)

// victimCopies are offered by a driver that is going to be killed.
const victimCopies = 300

// Victim is this program as a process that a calibration kills or stops:
// "drive GATE DIR SEED" offers mail through a gate, "drill DIR" plays a whole
// drill. What it has reached it prints, a line each.
func Victim(ctx context.Context, args []string, out io.Writer) error {
	switch {
	case len(args) == 4 && args[0] == "drive":
		seed, err := strconv.ParseUint(args[3], 10, 64)
		return errors.Join(err, drive(ctx, args[1], args[2], seed, out))
	case len(args) == 2 && args[0] == "drill":
		return drill(ctx, args[1], out)
	}
	return fmt.Errorf("usage: victim drive GATE DIR SEED | victim drill DIR")
}

// drive is a driver and its ledger, and nothing else.
func drive(ctx context.Context, gate, dir string, seed uint64, out io.Writer) error {
	began := time.Now()
	clock := func() time.Duration { return time.Since(began) }
	events, err := ledger.CreateEvents(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		return err
	}
	log, err := ledger.Create(filepath.Join(dir, "ledger"))
	if err != nil {
		return err
	}
	t := world(nil, nil)
	c := workload.Config{Rate: rigRate, Seed: int64(seed), Limit: victimCopies, Sizes: []int64{2 << 10}, Entry: workload.EntryMX,
		Domain: domain, BounceDomain: bounceDomain, DNSNode: "dns1", Sessions: 8, Timeout: patience, ReplyTimeout: patience}
	for _, a := range t.Accounts[:users] {
		c.Mailboxes = append(c.Mailboxes, a.Address)
	}
	d, err := workload.New(c, throughGate(gate), log, identity.NewKey(t.Name, int64(seed)), clock)
	if err != nil {
		return err
	}
	err = errors.Join(events.Append(clock(), ledger.RunPlanned, "", "", victimSpec(len(t.Accounts))),
		events.Append(clock(), ledger.RunStarted, "", "", ledger.Start{}),
		events.Append(clock(), ledger.PhaseBegan, "", "", ledger.PhaseStart{Phase: "baseline"}))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "driving")
	return errors.Join(d.Run(ctx), log.Close(), events.Close())
}

func victimSpec(mailboxes int) measure.Spec {
	t := newTape(0)
	t.fill()
	s := t.spec
	s.QueueNodes, s.Mailboxes, s.Rate = []string{"mx1"}, mailboxes, 1
	return s
}

// throughGate dials the nodes of a system that runs in another process.
type throughGate string

// Dial implements workload.Dialer.
func (g throughGate) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", string(g))
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(c, "%s %s\n", node, service); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// drillSource is a whole drill in seconds.
const drillSource = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: victim}
topology: single-mx
workload: {rate: 20/s, arrivals: even, mailboxes: 4, sizes: [1KiB]}
phases: {baseline: 2s, observe: 60s, drain: 60s}
probes: {interval: 100ms, timeout: 1s}
timeline:
  - {id: crash, at: 0s, fault: node.crash, on: mx1, for: 2s}
objectives:
  loss: {max: 0}
  rto: {mx: 30s}
`

// drill plays it in a run folder of its own under dir, and prints each event
// of the fault as it happens.
func drill(ctx context.Context, dir string, out io.Writer) error {
	doc, problems := scenarios.Parse("victim.yaml", []byte(drillSource))
	if len(problems) > 0 {
		return problems
	}
	topo, problems := doc.ResolveTopology()
	if len(problems) > 0 {
		return problems
	}
	plan, problems := planning.Compile(doc, topo, nil)
	if len(problems) > 0 {
		return problems
	}
	plan.Scenario.Probes.Stable = scenarios.Duration(time.Second)
	plan.Scenario.Phases.Observe = scenarios.Duration(4 * time.Second)
	folder, err := harness.CreateFolder(dir, "victim")
	if err != nil {
		return err
	}
	_, err = harness.Run(ctx, ctx, plan, harness.Config{
		Runtime: embedded.New(embedded.Config{Dir: filepath.Join(dir, "scratch")}), Folder: folder, Seed: 7, Trial: 1, Trials: 1,
		Observe: func(e ledger.Event) {
			if e.Kind != ledger.Probed {
				fmt.Fprintln(out, e.Kind)
			}
		},
	})
	return err
}

// gate lets another process into the system of a rig. It ends with the context.
func (r *rig) gate(ctx context.Context) (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.pass(ctx, c)
		}
	}()
	return l.Addr().String(), nil
}

// pass connects one client with the service that its first line names.
func (r *rig) pass(ctx context.Context, c net.Conn) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	node, service, err := firstLine(c)
	if err != nil {
		return
	}
	in, err := r.system.Dial(ctx, node, topology.Service(service))
	if err != nil {
		return
	}
	defer in.Close()
	go func() { _, _ = io.Copy(in, c); _ = in.Close() }()
	_, _ = io.Copy(c, in)
}

// firstLine reads no byte beyond it.
func firstLine(c net.Conn) (node, service string, err error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < 200 {
		if _, err := io.ReadFull(c, one); err != nil {
			return "", "", err
		}
		if one[0] == '\n' {
			_, err := fmt.Sscan(string(line), &node, &service)
			return node, service, err
		}
		line = append(line, one[0])
	}
	return "", "", os.ErrInvalid
}
