package calibrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// strangers puts mail into mailboxes that is nobody's copy.
func strangers(b *Bench) {
	plant := func(e ledger.Entry) *tape {
		t := newTape(sample)
		for scan := uint16(1); scan <= 2; scan++ {
			one := e
			one.Kind, one.Scan, one.Node, one.Mailbox, one.UID, one.UIDValidity = ledger.Seen, scan, "store1", mailbox(1)+"/INBOX", 9000, 1
			one.Integrity = ledger.Intact
			t.extra = append(t.extra, one)
		}
		return t
	}
	b.about("a valid token that was never sent", plant(ledger.Entry{Copy: ledger.Copy{Seq: 5000}}), phantom)
	b.about("a canary in a mailbox is nothing", plant(ledger.Entry{Copy: ledger.Copy{Stream: ledger.StreamProbe, Seq: 5000}}), passed)
	for _, foreign := range []string{"stale", "alien"} {
		b.about("a message that is "+foreign, plant(ledger.Entry{Foreign: foreign}), func(r record.Record) error { return strange(r, foreign, 1) })
	}
	unshown(b)
}

// phantom: a message that the ledger does not know is a defect of the ledger.
func phantom(r record.Record) error {
	if r.Accounting.Phantom != 1 || r.Verdict != record.Error {
		return fmt.Errorf("%d phantoms, verdict %s: %.200s", r.Accounting.Phantom, r.Verdict, r.Reason)
	}
	return nil
}

// strange: foreign mail changes nothing about ours.
func strange(r record.Record, foreign string, n int) error {
	a := r.Accounting
	switch {
	case a.Lost+a.Duplicates+a.Misdelivered+a.Phantom+a.Damaged > 0 || a.Delivered != a.Accepted:
		return fmt.Errorf("taken for one of ours: %+v", a)
	case foreign == "stale" && counted(r)["stale"] != n:
		return fmt.Errorf("stale is %d, true are %d", counted(r)["stale"], n)
	case foreign == "alien" && r.Verdict != record.Passed:
		return fmt.Errorf("verdict %s: %.200s", r.Verdict, r.Reason)
	}
	return nil
}

// strangersLive puts foreign mail into a mailbox by APPEND.
func strangersLive(ctx context.Context, b *Bench) {
	for _, c := range []struct {
		name string
		text func(*rig) []byte
		want func(record.Record) error
	}{
		{"a phantom", func(r *rig) []byte { return r.message(r.key, 5000) }, phantom},
		{"mail of another run", func(r *rig) []byte { return r.message(identity.NewKey("another", 1), 3) }, func(r record.Record) error { return strange(r, "stale", 1) }},
		{"mail of nobody", func(*rig) []byte { return []byte("Subject: hello\r\n\r\nhello\r\n") }, func(r record.Record) error { return strange(r, "alien", 1) }},
	} {
		b.onRig(ctx, c.name, world(nil, nil), func(r *rig) error {
			rec, err := r.story(ctx, 40, 0, func() error { return r.add(ctx, "store1", r.topology.Accounts[0], c.text(r)) })
			return errors.Join(err, c.want(rec))
		})
	}
}

// message is one for u1 that bears a token of a run.
func (r *rig) message(k identity.Key, seq uint32) []byte {
	return rendered(k, seq, r.topology.Accounts[0].Address)
}

// rendered is a copy of a run as its driver would have made it.
func rendered(k identity.Key, seq uint32, to string) []byte {
	t := identity.Token{Run: k.Run, Seq: seq}
	return k.Render(nil, identity.Message{Token: t, Attempt: 1, From: k.VERP(t, bounceDomain), To: []string{to}, Size: 1 << 10, Date: time.Now()})
}

// add puts a message into an inbox by APPEND.
func (r *rig) add(ctx context.Context, store string, a topology.Account, text []byte) error {
	conn, err := r.system.Dial(ctx, store, topology.IMAP)
	if err != nil {
		return err
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(a.User, a.Password).Wait(); err != nil {
		return err
	}
	w := c.Append("INBOX", int64(len(text)), nil)
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	_, err = w.Wait()
	return err
}
