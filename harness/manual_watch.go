package harness

import (
	"fmt"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

func seconds(s ledger.Seconds) float64 { return time.Duration(s).Seconds() }

// saw implements onlooker.
func (p *part) saw(kind string, data any) {
	switch d := data.(type) {
	case ledger.Proof:
		p.looks(kind, d)
	case ledger.Call:
		p.calls(kind, d)
	}
	if kind == ledger.FaultHeld {
		p.say("its inverse is registered")
	}
}

// turned implements onlooker.
func (p *part) turned(state string) {
	p.mu.Lock()
	p.stands = state
	p.mu.Unlock()
	if after := p.target().CleanAfter; state == "clean" && after != nil {
		p.say("proven gone %.2f s after the call", *after)
	}
}

func (p *part) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.f.say("%s: %s", p.h.node, strings.ReplaceAll(text, "\n", "; "))
}

// calls notes when the first injection and the last revert began.
func (p *part) calls(kind string, c ledger.Call) {
	p.mu.Lock()
	first := p.called == nil || p.bit == nil
	switch {
	case kind == ledger.FaultInjecting && p.called == nil:
		p.called = &c.Began
	case kind == ledger.FaultReverting:
		p.taken, p.clean = &c.Began, nil
	}
	p.mu.Unlock()
	switch took := seconds(c.Ended - c.Began); {
	case c.Error != "":
		p.say("%s", c.Error)
	case kind == ledger.FaultInjected && first:
		p.say("injected; the call took %.2f s", took)
	case kind == ledger.FaultReverted:
		p.say("reverted; the call took %.2f s", took)
	}
}

// looks notes what one look saw, and tells of the first that saw the fault.
func (p *part) looks(kind string, l ledger.Proof) {
	if kind == ledger.FaultControl {
		p.tellControl(l)
		return
	}
	p.mu.Lock()
	p.last, p.previous, p.looked = l, p.last, true
	for name, n := range l.Counters {
		p.counters[name] = max(p.counters[name], n)
	}
	p.hurt = p.hurt || kind == ledger.FaultProof && l.BystanderHurt
	bites := l.Error == "" && l.Installed && l.Effective
	seen := bites && p.bit == nil && p.called != nil
	if seen {
		p.bit = &l.Ended
	}
	if p.clean == nil && p.taken != nil && l.Error == "" && !l.Installed && !l.Effective {
		p.clean = &l.Ended
	}
	p.mu.Unlock()
	if seen {
		p.say("installed and effective %.2f s after the call: %s", *p.target().EffectiveAfter, l.Detail)
	}
}

func (p *part) tellControl(l ledger.Proof) {
	if l.Error == "" && !l.Installed && !l.Effective {
		p.say("before it, nothing of it is seen")
	}
}
