package measure

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// States of a step, the worst first.
const (
	stateNotReached  = "not reached"
	stateDirty       = "dirty"       // not proven gone
	stateRefused     = "refused"     // not injected: it would have met another that it cannot be told from
	stateOverreach   = "overreach"   // hurt a node that had to stay unaffected
	stateIneffective = "ineffective" // not seen in effect, or gone while it was held
	statePartial     = "partial"     // only some of it, or not on every target, or not as strong as asked
	stateUnexercised = "unexercised" // in effect, but no mail met it
	stateProven      = "proven"
)

// fault is the row of the record for one step. met counts what met it.
func (s *step) fault(met uint64) record.Fault {
	f := record.Fault{
		Step: s.Step, Kind: s.Kind, Targets: s.PlannedFault.Targets,
		Injected:  s.injectedSpan().interval(),
		Effective: s.effectiveSpan().interval(),
		Healed:    s.healedSpan().interval(),
		Proofs:    record.Proofs{Installed: s.all(s.rules.installed), Effective: s.effective(), Exercised: met},
		Reverted:  s.all(s.rules.clean),
		Residue:   s.residue,
		By:        s.ways(),
		Measured:  s.measured(),
		Counted:   s.counts(),
		LastSeen:  s.lastSeen(),
		Detail:    s.detail(),
	}
	f.State = s.state(f)
	return f
}

func (s *step) state(f record.Fault) string {
	switch {
	case !s.reached() && s.refusal() == "":
		return stateNotReached
	case !f.Reverted || len(f.Residue) > 0:
		return stateDirty
	case s.refusal() != "":
		return stateRefused
	case s.any((*target).hurtsOthers):
		return stateOverreach
	case f.LastSeen != nil:
		return stateIneffective
	case !f.Proofs.Installed || !f.Proofs.Effective:
		if s.any((*target).partial) || s.any((*target).whole) {
			return statePartial
		}
		return stateIneffective
	case s.any((*target).partial) || slices.ContainsFunc(f.Measured, func(m record.Measured) bool { return !m.Within }):
		return statePartial
	case f.Proofs.Exercised == 0:
		return stateUnexercised
	}
	return stateProven
}

// effective: every target was seen in effect while the fault stood there. An
// effect that was gone before it stood was of something else.
func (s *step) effective() bool { return s.effectiveSpan() != nil && s.all((*target).whole) }

// all tells whether something holds of every target, and that there is one.
func (s *step) all(of func(*target) bool) bool {
	return len(s.targets) > 0 && !slices.ContainsFunc(s.targets, func(t *target) bool { return !of(t) })
}

func (s *step) any(of func(*target) bool) bool { return slices.ContainsFunc(s.targets, of) }

// controlled: a look before the injection worked, and no look before it saw
// the fault. Without that, a proof afterwards proves nothing.
func (t *target) controlled() bool {
	good := 0
	for _, l := range t.looks {
		switch {
		case l.kind != ledger.FaultControl:
		case l.Installed || l.Effective:
			return false
		case l.Error == "":
			good++
		}
	}
	return good > 0
}

// installed: the control plane said so after the injection was called.
func (t *target) installed() bool {
	return slices.ContainsFunc(t.looks, func(l look) bool {
		return l.during() && l.Error == "" && l.Installed
	})
}

// during tells looks at a held fault from controls and from looks afterwards.
func (l look) during() bool { return l.kind == ledger.FaultProof || l.kind == ledger.EffectSeen }

func (t *target) hurtsOthers() bool {
	return slices.ContainsFunc(t.looks, func(l look) bool { return l.during() && l.BystanderHurt })
}

// clean: the last look saw nothing of the fault any more, and was made after
// the revert.
func (t *target) clean() bool {
	if len(t.injecting) == 0 {
		return true // nothing was done to it
	}
	if len(t.looks) == 0 {
		return false
	}
	last := t.looks[len(t.looks)-1]
	return last.kind == ledger.FaultClean && last.off() && !last.Installed
}

// counts: the fault counts what meets it, and was read while it was held.
func (t *target) counts() bool {
	return slices.ContainsFunc(t.looks, func(l look) bool { return l.during() && l.Error == "" && l.Counts })
}

// counted is the largest growth of the fault's own counters over what the
// control read.
func (t *target) counted() uint64 {
	var before, most uint64
	for _, l := range t.looks {
		switch {
		case l.kind == ledger.FaultControl:
			before = l.met()
		case l.during():
			most = max(most, l.met())
		}
	}
	return most - min(before, most)
}

// detail says what went wrong with the step, target by target.
func (s *step) detail() string {
	var said []string
	for _, t := range s.targets {
		if t.refused != "" {
			said = append(said, fmt.Sprintf("%s: %s", t.name, t.refused))
		}
		if at := t.lapsed(); at != nil {
			said = append(said, fmt.Sprintf("%s: gone while it was held, last seen in effect at %.3f s", t.name, at.Seconds()))
		}
		for _, c := range slices.Concat(t.injected, t.reverted) {
			if c.Error != "" {
				said = append(said, fmt.Sprintf("%s: %s", t.name, c.Error))
			}
		}
		if n := len(t.looks); n > 0 && t.looks[n-1].Error != "" {
			said = append(said, fmt.Sprintf("%s: last look failed: %s", t.name, t.looks[n-1].Error))
		}
	}
	return strings.Join(slices.Compact(said), "; ")
}
