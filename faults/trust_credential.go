package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// revoked is a password database (Dovecot's passdb) that comes before all
// others, knows a password that nobody has, and has the last word. %s is the
// filter of users, or nothing.
const revoked = `passdb {
  driver = static
  args = password=revoked.drill.invalid
  result_success = return-fail
  result_failure = return-fail
  result_internalfail = return-fail
%s}
`

type credentialParams struct {
	User string `yaml:"user"`
	File string `yaml:"file"`
}

func newCredentialRevoked(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, credentialParams{})
	if err == nil {
		err = checkFile(p.File)
	}
	if strings.ContainsAny(p.User, " \t\r\n{}#\"") {
		err = errors.Join(err, fmt.Errorf("user is %q; valid: the address of an account", p.User))
	}
	if err != nil {
		return nil, err
	}
	return newSetting("cred.revoked", p, p.spec, p.sees)
}

func (p credentialParams) spec(t Target) (SettingSpec, error) {
	by, err := softwareOf(t, p.File, "dovecot")
	if err == nil {
		_, _, err = p.accounts(t)
	}
	if peer, _ := t.Peer(t.Node.Name()); err == nil && peer.Services["imap"] == 0 {
		err = fmt.Errorf("%s offers no imap, by which a login is tried", peer.Name)
	}
	filter := ""
	if p.User != "" {
		filter = "  username_filter = " + p.User + "\n"
	}
	s := SettingSpec{File: by.config, Do: SettingPrepend, Text: fmt.Sprintf(revoked, filter), Reload: by.reload}
	if p.File != "" {
		s.File = p.File
	}
	return s, err
}

// accounts are one that the fault is about, and one that it is not; that one has
// no name if there is none.
func (p credentialParams) accounts(t Target) (about, other Account, err error) {
	i := slices.IndexFunc(t.Accounts, func(a Account) bool { return p.User == "" || a.User == p.User })
	if i < 0 {
		return about, other, fmt.Errorf("there is no account %q", p.User)
	}
	if p.User != "" {
		if o := slices.IndexFunc(t.Accounts, func(a Account) bool { return a.User != p.User }); o >= 0 {
			other = t.Accounts[o]
		}
	}
	return t.Accounts[i], other, nil
}

// sees logs in as the user, and as one whose password stays.
func (p credentialParams) sees(ctx context.Context, t Target, _ phase) (e Evidence, err error) {
	about, other, err := p.accounts(t)
	if err != nil {
		return e, err
	}
	refused, words, err := login(ctx, t, about)
	e.Effective, e.Detail = refused, words
	if err != nil || other.User == "" {
		return e, err
	}
	hurt, words, err := login(ctx, t, other)
	e.BystanderHurt = hurt
	e.Detail += "; " + words
	return e, err
}

// login tries the password of an account by IMAP (RFC 9051, 6.2.3), and tells
// whether it is refused as one that is wrong (RFC 5530).
func login(ctx context.Context, t Target, a Account) (refused bool, words string, err error) {
	v, err := own(t, "imap")
	if err != nil {
		return false, "", err
	}
	v.Greeting, v.Hear = "* OK", lookHears
	v.Say = fmt.Appendf(nil, "a LOGIN %s %s\r\nb LOGOUT\r\n", quoted(a.User), quoted(a.Password))
	s, err := visit(ctx, t.Node, v)
	if err != nil && !missed(err) {
		return false, err.Error(), ctx.Err()
	}
	words = fmt.Sprintf("the login of %s has no answer: %v", a.User, err)
	for line := range strings.Lines(string(s.Bytes)) {
		if strings.HasPrefix(line, "a ") {
			refused = strings.HasPrefix(line, "a NO [AUTHENTICATIONFAILED]")
			words = fmt.Sprintf("the login of %s is answered with %q", a.User, strings.TrimSpace(line))
		}
	}
	return refused, words, nil
}

// quoted is a string of IMAP (RFC 9051, 9).
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
