package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"maildrill/harness/identity"
	"maildrill/harness/starttls"
	"maildrill/harness/topology"
)

// mailbox is a login session at a store, on a connection of its own.
type mailbox struct{ client *imapclient.Client }

// login connects to the IMAP service of a node, reads its greeting and logs
// in. Everything on the session ends with the context.
func login(ctx context.Context, d Dialer, node string, a topology.Account) (*mailbox, error) {
	conn, err := dial(ctx, d, node, topology.IMAP)
	if err != nil {
		return nil, err
	}
	private, err := starttls.IMAP(conn)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%s: %w", node, err)
	}
	m := &mailbox{client: imapclient.New(private, nil)}
	if err := m.client.WaitGreeting(); err != nil {
		m.close()
		return nil, fmt.Errorf("read the IMAP greeting of %s: %w", node, err)
	}
	if err := m.client.Login(a.User, a.Password).Wait(); err != nil {
		m.close()
		return nil, fmt.Errorf("log in to %s as %s: %w", node, a.User, err)
	}
	return m, nil
}

// close drops the connection. Nothing is owed to the server: no mailbox was
// opened for writing.
func (m *mailbox) close() { _ = m.client.Close() }

// examine opens a folder read-only (RFC 9051, section 6.3.3).
func (m *mailbox) examine(folder string) (*imap.SelectData, error) {
	data, err := m.client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return nil, fmt.Errorf("examine %s: %w", folder, err)
	}
	return data, nil
}

// message is one message of a folder as it was read.
type message struct {
	uid     imap.UID
	arrived time.Time // INTERNALDATE (RFC 9051, section 2.3.3); zero: not told
	found   identity.Found
}

// read streams the messages of the set, whole or their header of tokens only,
// without marking them as seen (BODY.PEEK, RFC 9051, section 6.4.5). A message
// that comes without its body is passed over, and is the error in the end.
func (m *mailbox) read(set imap.UIDSet, section imap.FetchItemBodySection, key identity.Key, visit func(message)) error {
	section.Peek = true
	cmd := m.client.Fetch(set, &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{&section}})
	var bodiless error
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		one, err := inspect(data, key)
		switch {
		case errors.Is(err, errBodiless):
			bodiless = err
		case err != nil:
			m.abandon(cmd, err)
			return fmt.Errorf("fetch messages: %w", err)
		default:
			visit(one)
		}
	}
	if err := cmp.Or(cmd.Close(), bodiless); err != nil {
		return fmt.Errorf("fetch messages: %w", err)
	}
	return nil
}

// abandon ends a fetch early. Closing the command reads what is left of its
// literal; where the literal itself broke, the decoder has gone on without us
// and would be read from twice at once, so that only the connection is closed.
func (m *mailbox) abandon(cmd *imapclient.FetchCommand, err error) {
	if errors.Is(err, errTorn) {
		m.close()
		return
	}
	_ = cmd.Close()
}

// errTorn: a literal (RFC 9051, section 4.3) ended before its size.
var errTorn = errors.New("the connection broke in the middle of a message")

// errBodiless: a server that answers without the body has not shown the message.
var errBodiless = errors.New("the server answered without UID or body")

// wired is a message on the wire. It never takes a connection that ends for
// the end of the message.
type wired struct {
	imap.LiteralReader
	got int64
	err error
}

func (l *wired) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.LiteralReader.Read(p)
	l.got += int64(n)
	if err == io.EOF && l.got < l.Size() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", errTorn, err)
	}
	l.err = err
	return n, err
}

// inspect reads one message off the connection.
func inspect(data *imapclient.FetchMessageData, key identity.Key) (message, error) {
	var one message
	body := false
	for item := data.Next(); item != nil; item = data.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			one.uid = item.UID
		case imapclient.FetchItemDataInternalDate:
			one.arrived = item.Time
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			text := &wired{LiteralReader: item.Literal}
			found, err := key.Inspect(text)
			if err != nil {
				return one, err
			}
			if _, err := io.Copy(io.Discard, text); err != nil {
				return one, err
			}
			one.found, body = found, true
		}
	}
	if one.uid == 0 || !body {
		return one, fmt.Errorf("%w (UID %d)", errBodiless, one.uid)
	}
	return one, nil
}

// tokens is the section that shows whose message it is, and no more.
var tokens = imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{identity.HeaderToken}}

// whole is the section with everything.
var whole = imap.FetchItemBodySection{}

// from is every message from uid on.
func from(uid imap.UID) imap.UIDSet { return imap.UIDSet{imap.UIDRange{Start: uid, Stop: 0}} }
