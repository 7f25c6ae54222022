package calibrate

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/topology"
)

// nowhere is a domain that mx1 takes mail for and can pass to nobody: it has a
// null MX (RFC 7505). What is accepted for it comes back to its sender.
const nowhere = "nowhere.test"

// returning is the known-truth system with that domain.
func returning() topology.Topology {
	t := world(nil, nil)
	t.Nodes[0].Mail.RelayDomains = []string{nowhere}
	t.Zones = append(t.Zones, topology.Zone{Name: nowhere, Records: []topology.Record{{Name: "@", Type: "MX", TTL: ttl, Value: "0 ."}}})
	return t
}

func reportedLive(ctx context.Context, b *Bench) {
	liesLive(reported)(ctx, b)
	nullPath(ctx, b)
}

// nullPath: mail with the null reverse-path is never answered (RFC 5321, sections
// 4.5.5 and 6.1). What cannot be delivered of it is lost; of other mail, the sender
// is told.
func nullPath(ctx context.Context, b *Bench) {
	const load = 40
	b.onRig(ctx, "mail with the null reverse-path", returning(), func(r *rig) error {
		u1, void := r.topology.Accounts[0].Address, "u1@"+nowhere
		err := errors.Join(r.open(), r.load(ctx, load, nil))
		for i, m := range []struct {
			null bool
			to   string
		}{{false, u1}, {false, void}, {true, u1}, {true, void}} {
			err = errors.Join(err, r.offer(ctx, load+1+uint32(i), m.null, m.to))
		}
		err = errors.Join(err, r.put(ledger.PhaseBegan, "", ledger.PhaseStart{Phase: "drain"}), r.drain(ctx, 0))
		if err != nil {
			return err
		}
		rec, err := r.finish(ctx)
		if err != nil {
			return err
		}
		return truthOf(load+4, map[uint32]topology.Lie{load + 2: {Drop: true, Report: "failed"}, load + 4: {Drop: true}}, false).differs(rec)
	})
}

// sender is the reverse-path of a copy that wants to hear of its fate.
func (r *rig) sender(seq uint32) string {
	return r.key.VERP(identity.Token{Run: r.key.Run, Seq: seq}, bounceDomain)
}

// offer sends one copy outside of the load, and writes it down as the driver does.
func (r *rig) offer(ctx context.Context, seq uint32, null bool, to string) error {
	from := r.sender(seq)
	if null {
		from = ""
		if u := r.b.Blunder; u != nil && u.sender != nil {
			from = u.sender(r, seq)
		}
	}
	at, c := r.clock(), ledger.Copy{Seq: seq}
	if err := r.Record(ledger.Entry{Kind: ledger.Intent, Copy: c, Start: at, Detail: to}); err != nil {
		return err
	}
	if err := r.hand(ctx, from, to, rendered(r.key, seq, to)); err != nil {
		return fmt.Errorf("offer copy %d: %w", seq, err)
	}
	return r.Record(ledger.Entry{Kind: ledger.Outcome, Copy: c, Start: at, Sent: at, End: r.clock(), Node: "mx1",
		Verdict: ledger.Accepted, Phase: ledger.PhaseDone, Code: 250})
}

// hand gives a message to mx1, which must take it.
func (r *rig) hand(ctx context.Context, from, to string, text []byte) error {
	conn, err := r.system.Dial(ctx, "mx1", topology.SMTP)
	if err != nil {
		return err
	}
	c := smtp.NewClient(conn)
	defer c.Close()
	if err := c.Hello("outside." + domain); err != nil {
		return err
	}
	return errors.Join(c.SendMail(from, []string{to}, bytes.NewReader(text)), c.Quit())
}
