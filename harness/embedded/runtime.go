package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// Config says where the runtime keeps its files.
type Config struct {
	// Dir takes one folder for each run, which is removed with the system.
	// Empty: the folder for temporary files.
	Dir string
}

// Runtime runs topologies in this process.
type Runtime struct{ config Config }

var _ topology.Runtime = (*Runtime)(nil)

// New makes the runtime. It cannot fail: there is nothing that it needs.
func New(c Config) *Runtime {
	if c.Dir == "" {
		c.Dir = os.TempDir()
	}
	return &Runtime{c}
}

// Name is "embedded".
func (r *Runtime) Name() string { return "embedded" }

// Simulated is true: no real mail server runs.
func (r *Runtime) Simulated() bool { return true }

// Abilities are what can be done to nodes here, for planning.Compile. Single
// processes cannot be signalled: a node is one.
func (r *Runtime) Abilities() []faults.Ability {
	return []faults.Ability{faults.CanState, faults.CanKill, faults.CanStart, faults.CanStop, faults.CanPause, faults.CanIsolate}
}

// Servers are the kinds of server that have a counterpart here, for
// planning.Compile.
func (r *Runtime) Servers() []string { return slices.Clone(servers) }

// Start brings the topology up and returns when every node is ready by real
// dialogue. On error nothing is left running. A topology with a server that
// has no counterpart here is refused with errors.ErrUnsupported.
func (r *Runtime) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	if err := runnable(t); err != nil {
		return nil, fmt.Errorf("start %s: %w", t.Name, err)
	}
	s, err := r.make(ctx, t, o)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", t.Name, err)
	}
	if err := s.up(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", t.Name, err), s.Close(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// make lays the system out: folders, addresses, hosts. Nothing runs yet.
func (r *Runtime) make(ctx context.Context, t topology.Topology, o topology.Options) (*System, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.RunID == "" {
		return nil, errors.New("options: no run id")
	}
	dir := filepath.Join(r.config.Dir, "maildrill-"+o.RunID)
	if err := os.MkdirAll(r.config.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("%w: %w", topology.ErrUnavailable, err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: make the run's folder: %w", topology.ErrUnavailable, err)
	}
	s, err := newSystem(ctx, t, o, dir)
	if err != nil {
		return nil, errors.Join(err, os.Remove(dir))
	}
	return s, nil
}

// servers are the kinds of server that have a counterpart here.
var servers = []string{"postfix", "dovecot", "postfix+dovecot", "dns", "outside"}

// maxNodes is how many fit into the planned addresses.
const maxNodes = 200

// runnable reports every reason why a topology cannot run here.
func runnable(t topology.Topology) error {
	var err error
	if len(t.WithRole(topology.Outside)) == 0 {
		err = errors.New("no outside node: nothing could enter")
	}
	if len(t.Nodes) > maxNodes {
		err = errors.Join(err, fmt.Errorf("%d nodes, at most %d are possible", len(t.Nodes), maxNodes))
	}
	for _, n := range t.Nodes {
		if !slices.Contains(servers, n.Server) {
			err = errors.Join(err, fmt.Errorf("node %s: the embedded runtime cannot run server %q, only %q: %w",
				n.Name, n.Server, servers, errors.ErrUnsupported))
		}
		if d := n.Defects; d != nil && len(d.FalseDSN)+len(d.LoseWhile) > 0 && !isMTA(n) {
			err = errors.Join(err, fmt.Errorf("node %s: a false report, or a loss while others are in trouble, needs a node that receives by SMTP: %w", n.Name, errors.ErrUnsupported))
		}
	}
	return err
}

// isMTA tells whether the node receives and sends by SMTP.
func isMTA(n topology.Node) bool {
	return n.Has(topology.MX) || n.Has(topology.Submission) || n.Has(topology.Relay)
}

// prefix6 begins the planned IPv6 addresses; it is unique local (RFC 4193).
var prefix6 = [8]byte{0xfd, 0x19, 0x80, 0x18}

// plan gives each node its addresses: of IPv4 out of the range for benchmarks
// (RFC 2544), which is routed nowhere, and of IPv6 if the topology has it.
func plan(t topology.Topology) topology.Addresses {
	addresses := topology.Addresses{}
	for i, n := range t.Nodes {
		last := byte(10 + i)
		addresses[n.Name] = []netip.Addr{netip.AddrFrom4([4]byte{198, 18, 0, last})}
		if t.IPv6 {
			six := [16]byte{15: last}
			copy(six[:], prefix6[:])
			addresses[n.Name] = append(addresses[n.Name], netip.AddrFrom16(six))
		}
	}
	return addresses
}
