package keeper

import (
	"context"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/mux"
	"maildrill/harness/topology"
)

// Client is maildrill's end of a keeper.
type Client struct{ session *mux.Session }

// NewClient wraps a session. As long as it is open, the keeper keeps.
func NewClient(session *mux.Session) *Client { return &Client{session: session} }

// Done is closed when the keeper is gone.
func (c *Client) Done() <-chan struct{} { return c.session.Done() }

// Close lets the keeper go: it reverts, removes the run and ends.
func (c *Client) Close() error { return c.session.Close() }

// Hello returns when the keeper can do its work.
func (c *Client) Hello(ctx context.Context) (Hello, error) {
	var h Hello
	err := c.session.Call(ctx, verbHello, nil, &h)
	return h, err
}

// Hold returns when the keeper has the inverses.
func (c *Client) Hold(ctx context.Context, id string, steps []topology.Undo) error {
	return c.session.Call(ctx, verbHold, holdOrder{ID: id, Steps: steps}, nil)
}

// Release forgets the inverses of id.
func (c *Client) Release(ctx context.Context, id string) error {
	return c.session.Call(ctx, verbRelease, holdOrder{ID: id}, nil)
}

// Usage gives what every container that runs has used so far, by its name.
func (c *Client) Usage(ctx context.Context) (map[string]Used, error) {
	var all map[string]Used
	err := c.session.Call(ctx, verbUsage, nil, &all)
	return all, err
}

// Node addresses one node.
func (c *Client) Node(name string) Remote { return Remote{session: c.session, name: name} }

// Remote is one node in the keeper's hands. It has the abilities of package
// faults.
type Remote struct {
	session    *mux.Session
	name       string
	mechanisms []faults.Mechanism
}

// With names the mechanisms that the node has.
func (r Remote) With(m ...faults.Mechanism) Remote {
	r.mechanisms = m
	return r
}

func (r Remote) ask(ctx context.Context, verb string, o order, out any) error {
	o.Node = r.name
	return decoded(r.session.Call(ctx, verb, o, out))
}

// orderLimit bounds an order to a node, its grace and what it waits for on purpose
// aside. It ends in the keeper first, by answerLimit: what nobody waits for any
// more must neither come after the order that takes it back nor keep that waiting.
const (
	orderLimit  = time.Minute
	answerLimit = 5 * time.Second
)

// limit is that of one order.
func (o order) limit() time.Duration {
	train := time.Duration(o.Train.Count)*o.Train.Gap + o.Train.Patience
	return orderLimit + o.Grace + o.Visit.Timeout + train
}

// order has something changed, and waits for the answer even if the context
// ends meanwhile: a kill that nobody waits for any more could come after the
// start that takes it back.
func (r Remote) order(ctx context.Context, verb string, o order, out any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.limit()+answerLimit)
	defer cancel()
	if err := r.ask(whole, verb, o, out); err != nil {
		return err
	}
	return ctx.Err()
}

// Furnish makes the node's network that of the drill: conf becomes its
// resolv.conf(5), unless it is empty, and routes out of the drill go.
func (r Remote) Furnish(ctx context.Context, conf string) error {
	return r.ask(ctx, verbFurnish, order{Resolver: conf}, nil)
}

// State implements faults.Stater.
func (r Remote) State(ctx context.Context) (faults.State, error) {
	var s faults.State
	err := r.ask(ctx, verbState, order{}, &s)
	return s, err
}

// Kill implements faults.Killer.
func (r Remote) Kill(ctx context.Context, supervised bool) error {
	return r.order(ctx, verbKill, order{Supervised: supervised}, nil)
}

// Start implements faults.Starter.
func (r Remote) Start(ctx context.Context) error { return r.order(ctx, verbStart, order{}, nil) }

// Stop implements faults.Stopper; the grace is rounded up to whole seconds.
func (r Remote) Stop(ctx context.Context, grace time.Duration) error {
	return r.order(ctx, verbStop, order{Grace: grace}, nil)
}

// Pause implements faults.Pauser.
func (r Remote) Pause(ctx context.Context) error { return r.order(ctx, verbPause, order{}, nil) }

// Resume implements faults.Pauser.
func (r Remote) Resume(ctx context.Context) error { return r.order(ctx, verbResume, order{}, nil) }

// Isolate implements faults.Isolator.
func (r Remote) Isolate(ctx context.Context, ttl time.Duration) error {
	return r.order(ctx, verbIsolate, order{TTL: ttl}, nil)
}

// Rejoin implements faults.Isolator.
func (r Remote) Rejoin(ctx context.Context) error { return r.order(ctx, verbRejoin, order{}, nil) }

// Dropped implements faults.Isolator.
func (r Remote) Dropped(ctx context.Context) (packets uint64, on bool, err error) {
	var d droppedReply
	err = r.ask(ctx, verbDropped, order{}, &d)
	return d.Packets, d.On, err
}

// Attach makes devices of the images of the node's disks, and gives them by
// volume.
func (r Remote) Attach(ctx context.Context) (map[string]string, error) {
	var a attachReply
	err := r.order(ctx, verbAttach, order{}, &a)
	return a.Devices, err
}

// CutPower implements faults.PowerCutter.
func (r Remote) CutPower(ctx context.Context) error { return r.order(ctx, verbCutPower, order{}, nil) }

// Disks implements faults.PowerCutter.
func (r Remote) Disks(ctx context.Context) ([]faults.Disk, error) {
	var d disksReply
	err := r.ask(ctx, verbDisks, order{}, &d)
	return d.Disks, err
}

// Processes implements faults.Signaller.
func (r Remote) Processes(ctx context.Context, name string) ([]faults.Process, error) {
	var p processesReply
	err := r.ask(ctx, verbProcesses, order{Name: name}, &p)
	return p.Processes, err
}

// Signal implements faults.Signaller.
func (r Remote) Signal(ctx context.Context, name, signal string) (int, error) {
	var n int
	err := r.order(ctx, verbSignal, order{Name: name, Signal: signal}, &n)
	return n, err
}
