package faults

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// loss is net.loss.
type loss struct {
	route route
	share float64 // of the packets, each way
}

func newLoss(decode func(any) error) (Fault, error) {
	with := struct {
		Rate      string   `yaml:"rate"`
		Peers     []string `yaml:"peers"`
		Port      int      `yaml:"port"`
		Direction string   `yaml:"direction"`
		Family    string   `yaml:"family"`
	}{Rate: "30%", Direction: "both", Family: "any"}
	if err := decode(&with); err != nil {
		return nil, err
	}
	p := route{Peers: with.Peers, Port: with.Port, Direction: with.Direction, Family: with.Family}
	rate, err := share(with.Rate)
	switch {
	case err != nil:
		return nil, fmt.Errorf("rate is %q; valid: a percentage such as 30%%", with.Rate)
	case !(rate >= leastLoss && rate <= 1):
		return nil, fmt.Errorf("rate is %s; valid: 1%% to 100%%", with.Rate)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	f := loss{route: p, share: rate}
	return newRuled("net.loss", with, &ruled{
		mechanism: Packets, names: p.Peers, check: p.meets, place: f.place, sees: f.sees, measures: f.measures,
	})
}

// leastLoss is the smallest share that is seen within a second or two.
const leastLoss = 0.01

// million is the unit of [PacketSpec.Share].
const million = 1e6

func (f loss) place(t Target) ([]placed, error) {
	spec := f.route.spec(t)
	spec.Action, spec.Share = "drop", uint32(math.Round(f.share*million))
	return []placed{{t.Node, spec}}, nil
}

// sees tries until an attempt is lost, or so often that hardly any such series
// would see none. Without the fault a single round of a few must see none.
func (f loss) sees(ctx context.Context, t Target, p phase) (Evidence, error) {
	rounds := 3
	if p == held {
		rounds = f.rounds()
	}
	lost, made := 0, 0
	for range rounds {
		ways := f.route.ways(t)
		r, err := try(ctx, t.Node, ways)
		if err != nil {
			return Evidence{}, err
		}
		made += len(ways)
		if lost += r.ended(ErrNoAnswer); lost > 0 && p == held {
			break
		}
	}
	return Evidence{Effective: lost > 0, Detail: fmt.Sprintf("%d of %d attempts from %s were lost", lost, made, t.Node.Name())}, nil
}

// byChance is the share of series that may miss a fault which is on: a drill
// looks many times.
const byChance = 1e-6

// rounds is after how many attempts, of which each may be lost on one way at
// least, hardly a series has lost none.
func (f loss) rounds() int {
	if f.share >= 1 {
		return 1
	}
	return int(math.Ceil(math.Log(byChance) / math.Log(1-f.share)))
}

func (f loss) measures(rules []Standing) []Measured { return sharesOf("loss", f.share, rules) }

// sharesOf compares the share of packets that the kernel has chosen, those of
// visits included, with the asked one: within the 99 % interval of a binomial.
func sharesOf(what string, asked float64, rules []Standing) []Measured {
	var met, all float64
	for _, r := range rules {
		met += float64(r.Counters[PacketsMet] + r.Looks[PacketsMet])
		all += float64(r.Looks[PacketsPassing] + r.Looks[PassingOfSystem])
	}
	if all == 0 {
		return nil
	}
	return []Measured{compared(what, "share", asked, met/all, z99*math.Sqrt(asked*(1-asked)/all)+1/all)}
}

// mtu is net.mtu-blackhole.
type mtu struct {
	route route
	size  int
}

func newMTU(decode func(any) error) (Fault, error) {
	with := struct {
		MTU   int      `yaml:"mtu"`
		Peers []string `yaml:"peers"`
	}{MTU: 1300}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.MTU < 256 || with.MTU > 1400 {
		return nil, fmt.Errorf("mtu is %d; valid: 256 to 1400 (bytes)", with.MTU)
	}
	f := mtu{route: route{Peers: with.Peers}, size: with.MTU}
	return newRuled("net.mtu-blackhole", with, &ruled{
		mechanism: Packets, names: with.Peers, check: f.check, place: f.place, sees: f.sees,
	})
}

func (f mtu) place(t Target) ([]placed, error) {
	spec := PacketSpec{Peers: f.route.addresses(t), Action: "drop", Longer: uint32(f.size)}
	return []placed{{t.Node, spec}}, nil
}

// check: somebody must answer a long line.
func (f mtu) check(t Target) error {
	if f.talker(t) == nil {
		return fmt.Errorf("no node at the other end speaks SMTP, LMTP or IMAP, so that a long line could be tried")
	}
	return f.route.meets(t)
}

// greetings are the services that answer a long line, with how they greet and
// the words before it.
var greetings = map[string]struct{ greeting, words string }{
	"smtp": {"220", "NOOP "}, "lmtp": {"220", "NOOP "}, "imap": {"* OK", "a NOOP "},
}

// talker finds somebody to say a long line to.
func (f mtu) talker(t Target) func(length int) Visit {
	others := f.route.others(t)
	if len(others) == 0 {
		others = t.Peers
	}
	for _, o := range others {
		for service, port := range o.Services {
			speaks, ok := greetings[service]
			if !ok || o.Name == t.Node.Name() || t.Link != nil && service != t.Link.Service {
				continue
			}
			return func(length int) Visit {
				v := Visit{Greeting: speaks.greeting, Say: []byte(speaks.words + strings.Repeat("x", length) + "\r\n"), Hear: 1, Timeout: longLine}
				if len(o.Addresses) > 0 {
					v.To = addrPort(o.Addresses[0], port)
				}
				return v
			}
		}
	}
	return nil
}

// longLine bounds the wait for the answer to a line; servers of a drill greet
// well within it.
const longLine = 700 * time.Millisecond

// sees: a short line is answered, a long one is not.
func (f mtu) sees(ctx context.Context, t Target, _ phase) (Evidence, error) {
	say := f.talker(t)
	_, short := visit(ctx, t.Node, say(1))
	_, long := visit(ctx, t.Node, say(1500))
	e := Evidence{Effective: short == nil && long != nil,
		Detail: fmt.Sprintf("a short line: %s, one of 1500 bytes: %s", fate(short), fate(long))}
	return e, ctx.Err()
}

func fate(err error) string {
	if err == nil {
		return "answered"
	}
	return err.Error()
}
