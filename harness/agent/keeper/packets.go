package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"maildrill/faults"
	"maildrill/harness/agent/netrules"
)

// packets puts rules on packets into the network namespaces of nodes.
type packets struct {
	mu         sync.Mutex // one writer
	specs      specs
	treatments treatments
	queue      uint16 // the number of the last one
}

// specs are the texts of the rules that were put, by node and id: the kernel
// keeps what they mean.
type specs map[[2]string]json.RawMessage

// treatments are those of the rules whose packets still arrive, and behind each
// those that it has replaced and that could not be ended yet.
type treatments map[[2]string][]Treatment

func (p *packets) put(ctx context.Context, n node, r faults.Rule) error {
	var spec faults.PacketSpec
	if err := r.Decode(&spec); err != nil {
		return err
	}
	pid, err := n.namespace(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := [2]string{n.name, r.ID}
	if err := p.stand(n, pid, r, spec); err != nil {
		return fmt.Errorf("filter packets of %s: %w", n.name, err)
	}
	p.specs[key] = r.Spec
	return nil
}

// stand puts the rule in the place of one with its id.
func (p *packets) stand(n node, pid int, r faults.Rule, spec faults.PacketSpec) error {
	if !spec.Treats() {
		return n.kernel.Filter(pid, r.ID, spec, r.TTL)
	}
	p.queue++
	now, err := n.kernel.Treat(pid, r.ID, spec, r.TTL, p.queue)
	if err != nil {
		return err
	}
	key := [2]string{n.name, r.ID}
	err = p.end(key) // nothing feeds the one before any more
	p.treatments[key] = append([]Treatment{now}, p.treatments[key]...)
	return err
}

// end ends the treatments of a rule. One that cannot be ended is kept, to be tried
// again.
func (p *packets) end(key [2]string) error {
	var errs []error
	left := slices.DeleteFunc(p.treatments[key], func(t Treatment) bool {
		err := t.Close()
		errs = append(errs, err)
		return err == nil
	})
	if p.treatments[key] = left; len(left) == 0 {
		delete(p.treatments, key)
	}
	return errors.Join(errs...)
}

// take takes a rule away. A namespace that is gone took it along.
func (p *packets) take(ctx context.Context, n node, id string) error {
	pid, down := n.namespace(ctx)
	if down != nil && !errors.Is(down, errDown) {
		return down
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := [2]string{n.name, id}
	delete(p.specs, key)
	var err error
	if down == nil {
		err = n.kernel.Unfilter(pid, id)
	}
	if err = errors.Join(err, p.end(key)); err != nil {
		return fmt.Errorf("let packets of %s pass: %w", n.name, err)
	}
	return nil
}

// rules lists what stands. One whose packets nobody treats any more does not.
func (p *packets) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	pid, err := n.namespace(ctx)
	if errors.Is(err, errDown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found, err := n.kernel.Filters(pid)
	var standing []faults.Standing
	for _, f := range found {
		key := [2]string{n.name, f.ID}
		s := faults.Standing{ID: f.ID, Spec: p.specs[key], By: "nftables", Left: f.Left,
			Counters: map[string]uint64{faults.PacketsMet: f.Counters[faults.PacketsMet]}, Looks: seen(f)}
		if all := p.treatments[key]; len(all) > 0 {
			t := all[0]
			if !t.Alive() {
				continue
			}
			s.By = t.By()
			s.Looks[faults.PacketsTreated], s.Looks[faults.PacketsOverflown] = t.Counts()
		}
		standing = append(standing, s)
	}
	return standing, err
}

// seen are the counters of visits, and what the rule let pass of all packets.
func seen(f netrules.Filtered) map[string]uint64 {
	all := map[string]uint64{}
	for name, n := range f.Looks {
		all[name] = n
	}
	if passing, ok := f.Counters[faults.PacketsPassing]; ok {
		all[faults.PassingOfSystem] = passing
	}
	return all
}
