package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

type smarthostParams struct {
	Mode  string        `yaml:"mode"`
	Delay time.Duration `yaml:"delay"`
}

// smarthostReplies are those of a smart host that has a fault of its own: a
// policy or a lack of resources (RFC 3463, X.7.1 and X.3.2), and credentials
// that are not valid any more (RFC 4954, 6).
var smarthostReplies = map[string]SMTPReply{
	"4xx":  {Phase: SMTPRcpt, Code: 451, Enhanced: "4.3.2", Text: "Smart host is not accepting mail, try again later", Share: 1},
	"5xx":  {Phase: SMTPRcpt, Code: 550, Enhanced: "5.7.1", Text: "Relaying denied, your contract has ended", Share: 1},
	"auth": authReplies["535"],
}

func newSmarthost(decode func(any) error) (Fault, error) {
	const kind = "dep.smarthost"
	p, err := decoded(decode, smarthostParams{"down", 10 * time.Second})
	if err != nil {
		return nil, err
	}
	if r, ok := smarthostReplies[p.Mode]; ok {
		return newScripted(kind, p, overSMTP, SMTPScript{Replies: []SMTPReply{r}}, hears(r.Phase, r.line()))
	}
	switch {
	case p.Mode == "down":
		f, err := newOnWays(kind, p, overSMTP, Packets, cutOffWay, unanswered)
		return cutWays{f.(proxied)}, err
	case p.Mode == "slow" && p.Delay >= leastDelay:
		return newScripted(kind, p, overSMTP, SMTPScript{BannerDelay: p.Delay, ReplyDelay: p.Delay},
			waits(until[SMTPHelo], func(s Sight) time.Duration { return s.Greeted }, p.Delay))
	case p.Mode == "slow":
		return nil, fmt.Errorf("delay %v; valid: at least %v", p.Delay, leastDelay)
	}
	return nil, errors.New("mode; valid: down, 4xx, 5xx, auth, slow")
}

// cutWays is a fault that closes its ways, where a proxy needs them open.
type cutWays struct{ proxied }

// Claims implements [Claimer].
func (f cutWays) Claims(t Target) []Claim {
	var all []Claim
	for _, c := range crossings(t, f.services) {
		all = append(append(all, alive(c.from, c.to)...), takes(c.from, way{wayOpen, c.to, c.port}), rests(c.from, way{wayLoss, c.to, c.port}))
	}
	return all
}

// cutOffWay drops what a node sends to the addresses of a way, and what comes back.
func cutOffWay(p passage) any {
	spec := PacketSpec{Protocol: "tcp", Action: "drop"}
	for _, to := range p.to {
		spec.Peers = append(spec.Peers, to.Addr().Unmap())
		if !slices.Contains(spec.Ports, to.Port()) {
			spec.Ports = append(spec.Ports, to.Port())
		}
	}
	return spec
}

// unanswered: an attempt at the other end of a way gets no answer at all.
func unanswered(ctx context.Context, p passage) (bool, string, error) {
	_, err := visit(ctx, p.from, Visit{To: p.to[0], Timeout: lookTime})
	if ctx.Err() != nil {
		return false, "", ctx.Err()
	}
	return errors.Is(err, ErrNoAnswer), fmt.Sprint(err), nil
}
