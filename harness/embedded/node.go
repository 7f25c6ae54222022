package embedded

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"maildrill/harness/embedded/mta"
	"maildrill/harness/embedded/network"
	"maildrill/harness/embedded/store"
	"maildrill/harness/topology"
)

// node is one host of the topology, over all its lives.
type node struct {
	topology.Node
	system *System
	host   *network.Host
	dir    string
	log    *log.Logger

	logPath string

	running atomic.Bool // life is not nil; for those who must not wait for mu

	mu     sync.Mutex
	life   *life // nil: it is down
	starts int
	exit   int
	paused bool
	halted bool // by operators, until they start it
}

// life is one run of a node's servers.
type life struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
	mta    *mta.Server  // nil: the node has none
	boxes  *store.Store // nil: the node has none
}

// end stops the servers and returns when they have.
func (l *life) end() {
	l.cancel()
	l.wg.Wait()
}

// boot begins a life. When it returns, every service listens. n.mu is held.
func (n *node) boot() error {
	ctx, cancel := context.WithCancel(n.system.life)
	l := &life{cancel: cancel}
	err := errors.Join(ctx.Err(), n.serve(ctx, l))
	if err != nil {
		l.end()
		return fmt.Errorf("start %s: %w", n.Name, err)
	}
	n.life = l
	n.running.Store(true)
	n.starts++
	n.log.Printf("%s started, life %d", n.Name, n.starts)
	return nil
}

// serve opens what the node's roles ask for.
func (n *node) serve(ctx context.Context, l *life) error {
	if n.Has(topology.DNS) {
		if err := n.serveNames(ctx, l); err != nil {
			return err
		}
	}
	if n.Has(topology.Store) {
		if err := n.serveStore(ctx, l); err != nil {
			return err
		}
	}
	if isMTA(n.Node) {
		return n.serveMTA(ctx, l)
	}
	return nil
}

// offered are the services that each kind of server here can give.
var offered = struct{ mta, store []topology.Service }{
	mta:   []topology.Service{topology.SMTP, topology.MSA},
	store: []topology.Service{topology.LMTP, topology.IMAP, topology.POP3},
}

// listen opens those of the services that the node asks for.
func (n *node) listen(services []topology.Service) (map[topology.Service]mta.Port, error) {
	ports := map[topology.Service]mta.Port{}
	for _, s := range services {
		if _, wanted := n.Services[s]; !wanted && s != topology.LMTP { // mail has to come in somehow
			continue
		}
		port, err := n.host.Listen(s)
		if err != nil {
			for _, open := range ports {
				open.Cut()
			}
			return nil, err
		}
		ports[s] = port
	}
	return ports, nil
}

func (n *node) serveMTA(ctx context.Context, l *life) error {
	server, err := mta.Open(mta.Config{
		Node: n.Node, Topology: n.system.topology, Addrs: n.system.addresses[n.Name], Dir: n.queueDir(),
		Dial: n.dial, Awake: n.host.Awake, Holds: n.system.holds, Log: n.log,
	})
	if err != nil {
		return err
	}
	ports, err := n.listen(offered.mta)
	if err != nil {
		return err
	}
	l.mta = server
	l.wg.Go(func() { server.Run(ctx, ports) })
	return nil
}

func (n *node) serveStore(ctx context.Context, l *life) error {
	boxes, err := store.Open(filepath.Join(n.dir, "mail"), n.system.topology.Accounts, n.log)
	if err != nil {
		return err
	}
	if n.Defects != nil {
		boxes.Veil = n.Defects.Veil
	}
	ports, err := n.listen(offered.store)
	if err != nil {
		return err
	}
	if port, ok := ports[topology.LMTP]; ok {
		c := mta.LMTP{Host: n.Host, Boxes: boxes, Log: n.log}
		if !isMTA(n.Node) { // else its mail server tells the lies
			c.Defects = n.Defects
		}
		l.wg.Go(func() { mta.ServeLMTP(ctx, c, port) })
	}
	if port, ok := ports[topology.IMAP]; ok {
		l.wg.Go(func() { boxes.ServeIMAP(ctx, port) })
	}
	if port, ok := ports[topology.POP3]; ok {
		l.wg.Go(func() { boxes.ServePOP3(ctx, port) })
	}
	l.boxes = boxes
	return nil
}

// notOffered names the services that the node asks for and that nothing here
// can give.
func (n *node) notOffered() string {
	var missing []string
	for s := range n.Services {
		given := n.Has(topology.DNS) && s == topology.Domain || n.Has(topology.Outside) ||
			isMTA(n.Node) && slices.Contains(offered.mta, s) ||
			n.Has(topology.Store) && slices.Contains(offered.store, s)
		if !given {
			missing = append(missing, string(s))
		}
	}
	slices.Sort(missing)
	return strings.Join(missing, " ")
}

func (n *node) queueDir() string { return filepath.Join(n.dir, "queue") }
