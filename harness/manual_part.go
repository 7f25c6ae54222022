package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"maildrill/faults"
	"maildrill/harness/control"
	"maildrill/harness/ledger"
)

// part is a fault that was asked for, on one of its targets. It watches its
// holding and remembers how it stands.
type part struct {
	f         *byHand
	h         *holding
	bystander *spared

	mu             sync.Mutex
	stands         string
	dirty          error
	last, previous ledger.Proof
	looked         bool
	hurt           bool // a look while it was held saw that somebody else suffers
	counters       map[string]uint64
	called, taken  *ledger.Seconds // when the first call began, and that of the revert
	bit, clean     *ledger.Seconds // what the looks showed first, since these calls
}

// aim makes a part for each target of a fault. Nothing is touched yet.
func (m *manual) aim(f *byHand) error {
	for _, aimed := range f.step.Targets {
		h, err := m.r.holding(f.step, aimed)
		if err != nil {
			return err
		}
		for _, need := range f.step.Kind.Needs {
			if !faults.Has(h.target.Node, need) {
				return &control.Refusal{Class: control.Lacking, Why: fmt.Sprintf("fault %q needs %s, which node %s does not have", f.ask.Fault, need, aimed.Node)}
			}
		}
		p := &part{f: f, h: h, bystander: &spared{m: m}, counters: map[string]uint64{}}
		h.onlooker, h.target.Bystander = p, p.bystander.look
		f.parts = append(f.parts, p)
	}
	for _, name := range f.touches() {
		m.touched[name]++
	}
	return nil
}

// play holds the fault on this target. What is not proven is not held.
func (p *part) play() {
	ctx := p.f.ctx
	before := p.h.look(ctx, ledger.FaultControl)
	if ctx.Err() != nil {
		return
	}
	if before.Error != "" || before.Installed || before.Effective {
		p.f.fail(control.Unproven, fmt.Sprintf("on %s the fault could not be told from what is there already: %s; nothing was touched",
			p.h.node, cmp.Or(before.Error, before.Detail)))
		return
	}
	if err := p.h.register(ctx); err != nil {
		p.f.fail(control.Broken, err.Error())
		return
	}
	defer p.takeBack()
	if err := p.h.begin(ctx); err != nil {
		p.f.fail(class(err), err.Error())
		return
	}
	if !p.prove(ctx) {
		return
	}
	p.h.status("held")
	p.f.bites()
	p.h.keep(ctx)
}

// class of an injection that failed.
func class(err error) control.Class {
	if errors.Is(err, errors.ErrUnsupported) {
		return control.Lacking
	}
	return control.Unproven
}

func (p *part) prove(ctx context.Context) bool {
	if p.h.prove(ctx) {
		return true
	}
	if ctx.Err() == nil {
		t := p.target()
		p.f.fail(control.Unproven, fmt.Sprintf("on %s it was not proven within %v (installed: %v, effective: %v; %s); it is taken back",
			p.h.node, proveWithin, t.Installed, t.Effective, cmp.Or(t.Detail, "nothing was seen")))
	}
	return false
}

// takeBack proves the fault gone, whatever has ended.
func (p *part) takeBack() {
	ctx := context.WithoutCancel(p.f.ctx)
	err := p.h.revert(ctx)
	if err == nil {
		err = p.h.release(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dirty = err
}

func (p *part) dirt() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dirty
}

func (p *part) is(state string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stands == state
}

// target is how the fault stands here.
func (p *part) target() control.Target {
	bystander := p.bystander.name()
	p.mu.Lock()
	defer p.mu.Unlock()
	t := control.Target{Name: p.h.node, State: cmp.Or(p.stands, "planned"), Bystander: bystander, Exercised: maps.Clone(p.counters),
		EffectiveAfter: between(p.called, p.bit), CleanAfter: between(p.taken, p.clean)}
	if !p.looked {
		return t
	}
	now := p.h.r.now()
	t.LookedAgo = between(&p.last.Ended, &now)
	t.BystanderHurt = p.hurt
	t.By, t.Partial, t.Measured = p.last.By, p.last.Partial, p.last.Measured
	t.Detail = cmp.Or(p.last.Error, p.last.Detail)
	if p.stands == "held" || p.stands == "injecting" {
		t.Installed, t.Effective = p.sees()
	}
	return t
}

// sees is what the last looks showed. One that failed saw nothing; an effect,
// which chance may hide from one attempt, is gone when it was missed twice.
func (p *part) sees() (installed, effective bool) {
	if p.last.Error != "" {
		return false, false
	}
	return p.last.Installed, p.last.Effective || p.last.Installed && p.previous.Effective
}

func between(from, to *ledger.Seconds) *float64 {
	if from == nil || to == nil {
		return nil
	}
	d := seconds(*to - *from)
	return &d
}
