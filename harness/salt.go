package harness

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/pause"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// In-run salting: every drill has a few anomalies that the instrument made
// itself. A judge that does not find exactly these, on this store, today, could
// not have seen the drill's own either.
const (
	saltEach = 2 // of each class; and one phantom
	// saltFrom is where the numbers of planted messages begin, far above those
	// of any workload.
	saltFrom   = 0xF000_0000
	saltFolder = "Elsewhere" // that misfiled copies are put into
)

// planting is one anomaly: what the ledger claims of a message that was never
// sent, and what is put into its recipient's mailbox.
type planting struct {
	class  string
	folder string
	times  int
	damage bool
	sent   bool // the ledger says that it was accepted
}

// plantings are the classes, each made in its own way.
var plantings = []planting{
	{class: "lost", sent: true},
	{class: "duplicated", folder: "INBOX", times: 2, sent: true},
	{class: "damaged", folder: "INBOX", times: 1, damage: true, sent: true},
	{class: "misfiled", folder: saltFolder, times: 1, sent: true},
	{class: "phantom", folder: "INBOX", times: 1},
}

// salter plants anomalies.
type salter struct {
	inst  *instruments
	seeds []sown // what is going to be planted
	sown  []sown // what the ledger has of them
	dice  *rand.Rand
	store string
}

// sown is one planted message.
type sown struct {
	planting
	token   identity.Token
	account topology.Account
}

func newSalter(i *instruments) *salter {
	s := &salter{inst: i, dice: rand.New(rand.NewPCG(uint64(i.r.cfg.Seed), saltFrom)), store: i.store}
	accounts := i.r.plan.Spared()
	next := uint32(saltFrom)
	for _, p := range plantings {
		for n := range saltEach {
			if !p.sent && n > 0 {
				break
			}
			next += 1 + uint32(s.dice.IntN(1000))
			s.seeds = append(s.seeds, sown{p, identity.Token{Run: i.r.key.Run, Stream: ledger.StreamWorkload, Seq: next},
				accounts[s.dice.IntN(len(accounts))]})
		}
	}
	s.dice.Shuffle(len(s.seeds), func(a, b int) { s.seeds[a], s.seeds[b] = s.seeds[b], s.seeds[a] })
	return s
}

// saltCount is how many anomalies a drill has.
func saltCount() int {
	n := 0
	for _, p := range plantings {
		if p.sent {
			n += saltEach
		} else {
			n++
		}
	}
	return n
}

// sow writes the planted messages into the ledger, spread over the baseline.
func (s *salter) sow(ctx context.Context, over time.Duration) {
	gap := over / time.Duration(len(s.seeds)+1)
	for _, p := range s.seeds {
		if !pause.For(ctx, gap/2+time.Duration(s.dice.Int64N(int64(gap/2)+1))) {
			return
		}
		if err := s.inst.recorder.Intend(s.entries(p)...); err != nil {
			s.inst.r.fail(fmt.Errorf("plant anomalies: %w", err))
			return
		}
		s.sown = append(s.sown, p)
	}
}

func (s *salter) entries(p sown) []ledger.Entry {
	now := s.inst.r.clock()
	c := ledger.Copy{Stream: p.token.Stream, Seq: p.token.Seq}
	all := []ledger.Entry{{Kind: ledger.Planted, Copy: c, Start: now, End: now, Detail: p.class}}
	if !p.sent {
		return all
	}
	return append(all, ledger.Entry{Kind: ledger.Intent, Copy: c, Start: now, Detail: p.account.Address},
		ledger.Entry{Kind: ledger.Outcome, Copy: c, Start: now, Sent: now, End: now,
			Verdict: ledger.Accepted, Phase: ledger.PhaseDone, Code: 250, Enhanced: "2.0.0"})
}

// place puts what belongs there into the mailboxes, when the drill is over.
func (s *salter) place(ctx context.Context) {
	var done ledger.Salting
	for _, p := range s.sown {
		for range p.times {
			if err := probe.Plant(ctx, s.inst.way, s.store, p.account, p.folder, s.message(p)); err != nil {
				done.Error = err.Error()
				s.inst.r.events.append(ledger.Salted, "", "", done)
				return
			}
			done.Placed++
		}
	}
	s.inst.r.events.append(ledger.Salted, "", "", done)
}

func (s *salter) message(p sown) []byte {
	k := s.inst.r.key
	m := k.Render(nil, identity.Message{Token: p.token, Attempt: 1, From: k.VERP(p.token, s.inst.r.plan.Topology.BounceDomain),
		To: []string{p.account.Address}, Size: 1 << 10, Date: time.Now()})
	if p.damage {
		at := len(m) - 200 // in the text of a body line
		m[at] ^= 1
	}
	return m
}

// control is a planted message that lies intact in a mailbox.
func (s *salter) control() identity.Token {
	for _, p := range s.sown {
		if p.times > 0 && !p.damage {
			return p.token
		}
	}
	return identity.Token{}
}
