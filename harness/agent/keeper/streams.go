package keeper

import (
	"context"
	"errors"
	"os"
	"sync"

	"maildrill/faults"
	"maildrill/harness/agent/intercept"
)

// proxies are the proxies of the run, one for each node with a rule that needs
// one.
type proxies struct {
	mu    sync.Mutex
	nodes map[string]*nodeProxy
}

// nodeProxy is the proxy of a node, nil while no rule stands. Orders for one
// node wait for each other: taking a rule may linger.
type nodeProxy struct {
	mu sync.Mutex
	*intercept.Proxy
	namespace string // identity of the one that it is in: "net:[4026531840]"
}

// proxied are the rules of one mechanism that a proxy carries out.
type proxied struct {
	mechanism faults.Mechanism
	proxies   *proxies
}

func (p proxied) put(ctx context.Context, n node, r faults.Rule) error {
	proxy, err := p.proxies.lock(ctx, n)
	if err != nil {
		return err
	}
	defer proxy.mu.Unlock()
	if proxy.Proxy == nil {
		if err := proxy.start(ctx, n); err != nil {
			return err
		}
	}
	return errors.Join(proxy.Put(ctx, r), proxy.tidy())
}

func (p proxied) take(ctx context.Context, n node, id string) error {
	proxy, err := p.proxies.lock(ctx, n)
	if err != nil {
		return err
	}
	defer proxy.mu.Unlock()
	if proxy.Proxy == nil {
		return nil
	}
	return errors.Join(proxy.Take(ctx, p.mechanism, id), proxy.tidy())
}

func (p proxied) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	proxy, err := p.proxies.lock(ctx, n)
	if err != nil {
		return nil, err
	}
	defer proxy.mu.Unlock()
	if proxy.Proxy == nil {
		return nil, nil
	}
	return proxy.Rules(ctx, p.mechanism)
}

// lock takes hold of the node's proxy. One that died, or whose namespace is
// gone, is put away.
func (p *proxies) lock(ctx context.Context, n node) (*nodeProxy, error) {
	p.mu.Lock()
	proxy := p.nodes[n.name]
	if proxy == nil {
		proxy = &nodeProxy{}
		p.nodes[n.name] = proxy
	}
	p.mu.Unlock()
	proxy.mu.Lock()
	if err := proxy.look(ctx, n); err != nil {
		proxy.mu.Unlock()
		return nil, err
	}
	return proxy, nil
}

func (p *nodeProxy) look(ctx context.Context, n node) error {
	if p.Proxy == nil {
		return nil
	}
	_, identity, err := n.network(ctx)
	if err != nil && !errors.Is(err, errDown) {
		return err
	}
	if err == nil && identity == p.namespace && !p.Gone() {
		return nil
	}
	return p.end()
}

func (p *nodeProxy) start(ctx context.Context, n node) error {
	path, identity, err := n.network(ctx)
	if err != nil {
		return err
	}
	p.Proxy, err = intercept.Start(path, Table(n.run)+"_proxy")
	p.namespace = identity
	return err
}

// tidy ends a proxy that has nothing to do.
func (p *nodeProxy) tidy() error {
	if !p.Idle() {
		return nil
	}
	return p.end()
}

// end forgets the proxy if it could be ended: else it is tried again.
func (p *nodeProxy) end() error {
	err := p.Close()
	if err == nil {
		p.Proxy = nil
	}
	return err
}

// network gives the network namespace of the node, by path and identity.
func (n node) network(ctx context.Context) (path, identity string, err error) {
	pid, err := n.namespace(ctx)
	if err != nil {
		return "", "", err
	}
	path = netns(pid)
	identity, err = os.Readlink(path)
	return path, identity, err
}
