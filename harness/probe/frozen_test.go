package probe

import (
	"context"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

var statusOfMessages = &imap.StatusOptions{NumMessages: true, NumUnseen: true}

// frozen is a store that logs in and then says nothing more until the test is
// over.
type frozen struct {
	imapserver.Session
	ctx context.Context
}

func (f *frozen) Select(string, *imap.SelectOptions) (*imap.SelectData, error) {
	<-f.ctx.Done()
	return nil, context.Cause(f.ctx)
}

// loggedIn is a session of one user, whoever logs in.
type loggedIn struct{ *imapmemserver.UserSession }

func (*loggedIn) Login(string, string) error { return nil }

func newUserSession(u *imapmemserver.User) *imapmemserver.UserSession {
	return imapmemserver.NewUserSession(u)
}
