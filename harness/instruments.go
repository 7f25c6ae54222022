package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/planning"
	"maildrill/harness/probe"
	"maildrill/harness/stored"
	"maildrill/harness/topology"
	"maildrill/harness/workload"
)

// seedLimit bounds the wait for the message that the IMAP probe asks for.
const seedLimit = 60 * time.Second

// instruments are the workload and all that looks at the system: the bounce
// sink, the probes, the queue reader and the scanner.
type instruments struct {
	r        *run
	recorder *annotator
	prober   *probe.Prober
	send     probe.Sender // the way that canaries take
	store    string
	way      *access // into the system, as users have it
	seed     probe.Seed
	driver   *workload.Driver
	stored   *stored.Instrument // nil: no stored mail was asked for
	queues   probe.QueueReader
	scanner  *probe.Scanner
	salter   *salter
	readings int

	sink     *probe.Sink
	sinkCtx  context.CancelFunc
	sinkWait sync.WaitGroup
	loadCtx  context.CancelFunc
	loadWait sync.WaitGroup
}

// instruments connects the instruments to the running system and proves that
// mail gets through: the seed message must arrive.
func (r *run) instruments(ctx context.Context) (*instruments, error) {
	t := r.plan.Topology
	if len(t.Serving(topology.Store)) == 0 {
		return nil, fmt.Errorf("topology %s has no node with the role store, so nothing could be read back", t.Name)
	}
	inst := &instruments{r: r, recorder: newAnnotator(r.ledger, t), store: r.plan.Mailboxes()[0], loadCtx: func() {}}
	inst.way = newAccess(r.system, t, time.Duration(r.plan.Scenario.Probes.Timeout))
	inst.prober = &probe.Prober{Dialer: inst.way, Key: r.key, BounceDomain: t.BounceDomain,
		Account: r.plan.ProbeAccount(), Timeout: time.Duration(r.plan.Scenario.Probes.Timeout)}
	inst.send = inst.sender()
	if err := inst.build(); err != nil {
		return nil, err
	}
	if err := inst.startSink(ctx); err != nil {
		return nil, err
	}
	seeding, cancel := context.WithTimeout(ctx, seedLimit)
	defer cancel()
	var err error
	if inst.seed, err = inst.prober.Seed(seeding, inst.send, inst.store); err != nil {
		inst.close()
		return nil, err
	}
	if err := inst.storeMail(ctx); err != nil {
		inst.close()
		return nil, err
	}
	return inst, nil
}

// sender is the way of canaries: by the MX records if there is a mail
// exchanger, else by submission.
func (i *instruments) sender() probe.Sender {
	t := i.r.plan.Topology
	if len(t.Serving(topology.MX)) > 0 {
		return i.prober.MX(t.WithRole(topology.DNS)[0].Name, t.MailDomain)
	}
	return i.prober.Submission(t.Submits())
}

func (i *instruments) build() error {
	t := i.r.plan.Topology
	i.queues = probe.QueueReader{Key: i.r.key, Recorder: i.recorder, Clock: i.r.clock, Index: i.recorder.index}
	readable, _ := i.r.plan.Queues()
	for _, name := range readable {
		instance, ok := i.r.system.Instance(name)
		if !ok {
			return fmt.Errorf("node %s does not run", name)
		}
		i.queues.Instances = append(i.queues.Instances, instance)
	}
	i.scanner = &probe.Scanner{Dialer: i.way, Accounts: t.Accounts, Key: i.r.key.Seeking(i.r.plan.Mark()), Recorder: i.recorder, Clock: i.r.clock, Began: i.r.began,
		Stores: i.r.plan.Mailboxes()}
	i.salter = newSalter(i)
	driver, err := workload.New(workloadConfig(i.r.plan, i.r.cfg.Seed), i.way, i.recorder, i.r.key, i.r.clock)
	if err != nil {
		return err
	}
	i.driver = driver
	i.r.mu.Lock()
	i.r.counters = i.metrics
	i.r.mu.Unlock()
	return nil
}

// workloadConfig hands the scenario's workload to the driver.
func workloadConfig(p *planning.Plan, seed int64) workload.Config {
	w, t := p.Scenario.Workload, p.Topology
	c := workload.Config{
		Rate: float64(w.Rate), Poisson: w.Arrivals == "poisson", Seed: seed, Limit: w.Messages,
		Recipients: w.Recipients, Entry: w.Entry, TLS: w.TLS, Sessions: w.Sessions, PerConnection: w.PerConnection,
		Domain: t.MailDomain, BounceDomain: t.BounceDomain,
		DNSNode:        first(t.WithRole(topology.DNS)),
		SubmissionNode: t.Submits(),
		RelayNode:      first(t.Serving(topology.Relay)), Views: w.Views,
	}
	passwords := map[string]topology.Account{}
	for _, a := range p.WorkloadAccounts() {
		c.Mailboxes = append(c.Mailboxes, a.Address)
		passwords[a.Address] = a
	}
	if w.Entry == workload.EntrySubmission {
		c.Login = func(mailbox string) (string, string) { return passwords[mailbox].User, passwords[mailbox].Password }
	}
	for _, s := range w.Sizes {
		c.Sizes = append(c.Sizes, int64(s))
	}
	return c
}

func first(nodes []topology.Node) string {
	if len(nodes) == 0 {
		return ""
	}
	return nodes[0].Name
}

func (i *instruments) startSink(ctx context.Context) error {
	ctx, i.sinkCtx = context.WithCancel(context.WithoutCancel(ctx))
	listener, err := i.r.system.Listen(ctx, topology.SMTP)
	if err != nil {
		i.sinkCtx()
		return fmt.Errorf("listen for bounces: %w", err)
	}
	i.sink = &probe.Sink{Key: i.r.key, Domain: i.r.plan.Topology.BounceDomain, Recorder: i.recorder, Clock: i.r.clock}
	if err := i.startAlerts(ctx); err != nil {
		i.sinkCtx()
		return err
	}
	i.sinkWait.Go(func() {
		if err := i.sink.Serve(ctx, listener); err != nil && !errors.Is(err, net.ErrClosed) && ctx.Err() == nil {
			i.r.fail(fmt.Errorf("the bounce sink ended: %w", err))
		}
	})
	return nil
}

// startLoad begins the workload and the probes.
func (i *instruments) startLoad(ctx context.Context) {
	ctx, i.loadCtx = context.WithCancel(context.WithoutCancel(ctx))
	i.loadWait.Go(func() {
		if err := i.driver.Run(ctx); err != nil {
			i.r.fail(fmt.Errorf("the workload ended: %w", err))
		}
	})
	i.loadWait.Go(func() { i.salter.sow(ctx, time.Duration(i.r.plan.Scenario.Phases.Baseline)) })
	if i.stored != nil {
		i.loadWait.Go(func() { i.stored.Operate(ctx) })
	}
	i.startSecurity(ctx)
	for _, s := range i.r.plan.Services {
		i.loadWait.Go(func() { i.probes(ctx, s) })
	}
}

// stopLoad ends workload and probes, and returns when what was in flight is
// known.
func (i *instruments) stopLoad() {
	i.loadCtx()
	i.loadWait.Wait()
}

func (i *instruments) close() {
	i.stopLoad()
	i.sinkCtx()
	i.sinkWait.Wait()
	i.r.events.append(ledger.SinkClosed, "", "", ledger.Backscatter{Messages: i.sink.Strays()})
}

// probes runs the probes of one service until the context ends.
func (i *instruments) probes(ctx context.Context, s planning.Service) {
	rules := i.r.plan.Scenario.Probes
	interval, timeout := time.Duration(rules.Interval), time.Duration(rules.Timeout)
	schedule := probe.Schedule{Service: s.Name, Node: s.Node, Interval: interval, Limit: 2 * timeout,
		Clock: i.r.clock, Report: i.report}
	switch {
	case s.Name == "mx" && s.Node != "":
		schedule.Check = i.prober.MXAt(s.Node)
	case s.Name == "mx":
		schedule.Check = i.prober.Canary(i.send)
		schedule.Limit = time.Duration(len(i.r.plan.Topology.WithRole(topology.MX))+1) * timeout
	case s.Name == "submission":
		schedule.Check = i.prober.Canary(i.prober.Submission(i.r.plan.Topology.Submits()))
	case s.Name == "imap":
		schedule.Check = i.prober.IMAP(i.store, i.seed)
	case s.Name == "delivery":
		probe.Delivery{Prober: i.prober, Send: i.send, Store: i.store, Interval: interval, Clock: i.r.clock, Report: i.report}.Run(ctx)
		return
	}
	schedule.Run(ctx)
}

func (i *instruments) report(res ledger.ProbeResult, node string) {
	i.r.live.probed(planning.Service{Name: res.Service, Node: node}.Key(), res.OK)
	i.r.events.append(ledger.Probed, "", node, res)
}

func (i *instruments) counters() workload.Counters { return i.driver.Counters() }

func (i *instruments) metrics() map[string]float64 {
	c := i.driver.Counters()
	rejected := c.RejectedTemporary + c.RejectedPermanent
	return map[string]float64{
		"accepted": float64(c.Accepted), "rejected": float64(rejected), "indeterminate": float64(c.Indeterminate),
		"attempted":    float64(c.Accepted + rejected + c.Indeterminate + c.NotAttempted),
		"in_flight":    float64(c.Planned - c.Unsent - c.Accepted - rejected - c.Indeterminate - c.NotAttempted),
		"in_reply_gap": float64(c.Replying),
	}
}
