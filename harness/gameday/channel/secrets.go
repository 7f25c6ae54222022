package channel

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Secrets finds what the file only names, by "env:NAME" or "file:PATH".
type Secrets struct {
	// Env gives a variable of the environment. Programs are run with its PATH, HOME
	// and LANG, too.
	Env func(name string) (string, bool)
	// File gives the content of a file.
	File func(path string) ([]byte, error)
}

const maxSecret = 16 << 10

func (s Secrets) resolve(ref string) (string, error) {
	value, err := s.read(ref)
	value = strings.TrimSpace(value)
	switch {
	case err != nil:
		return "", err
	case value == "":
		return "", fmt.Errorf("%s is empty: put the secret there", ref)
	case len(value) > maxSecret || strings.ContainsFunc(value, unicode.IsControl):
		return "", fmt.Errorf("%s is no secret of one line and at most %d bytes", ref, maxSecret)
	}
	return value, nil
}

func (s Secrets) read(ref string) (string, error) {
	kind, name, _ := strings.Cut(ref, ":")
	switch {
	case kind == "env" && s.Env != nil:
		value, ok := s.Env(name)
		if !ok {
			return "", fmt.Errorf("%s is not set: export the variable before the exercise", ref)
		}
		return value, nil
	case kind == "file" && s.File != nil:
		content, err := s.File(name)
		if err != nil {
			return "", fmt.Errorf("%s: %w", ref, err)
		}
		return string(content), nil
	}
	return "", fmt.Errorf("%s cannot be read: name env:NAME or file:/PATH", line(ref))
}

// redactor takes secrets out of what is shown.
type redactor []string

const redacted = "[secret]"

// shortest is the length from which a part of an address is taken out by itself;
// shorter ones are words of their own.
const shortest = 8

func (r *redactor) add(secrets ...string) {
	for _, s := range secrets {
		if s != "" && s != "/" && !slices.Contains(*r, s) {
			*r = append(*r, s)
		}
	}
	slices.SortFunc(*r, func(a, b string) int { return len(b) - len(a) }) // the whole before its parts
}

// addURL takes the path, the query and the user of an address for secrets, as a
// whole and in parts. The host is none.
func (r *redactor) addURL(u *url.URL) {
	r.add(u.String(), u.RequestURI(), u.Path, u.EscapedPath(), u.RawQuery, u.Fragment)
	parts := append(strings.Split(u.EscapedPath(), "/"), strings.Split(u.Path, "/")...)
	parts = append(parts, strings.FieldsFunc(u.RawQuery, func(c rune) bool { return c == '&' || c == '=' })...)
	for _, p := range parts {
		if plain, err := url.PathUnescape(p); err == nil && len(p) >= shortest {
			r.add(p, plain)
		}
	}
	if u.User != nil { // some put a token in the user's place
		password, _ := u.User.Password()
		r.add(u.User.Username())
		r.addLogin(u.User.Username(), password)
	}
}

// addLogin adds a password in the forms in which servers may send it back.
func (r *redactor) addLogin(user, password string) {
	r.add(password, user+":"+password)
	for _, s := range []string{user + ":" + password, "\x00" + user + "\x00" + password} {
		r.add(base64.StdEncoding.EncodeToString([]byte(s)))
	}
}

// excerpt is the beginning of what the other side said, in one line.
func (r redactor) excerpt(s string) string {
	for _, secret := range r {
		s = strings.ReplaceAll(s, secret, redacted)
	}
	return cutRunes(line(s), 200)
}

// failure is an error that has no secret in it, and none behind it: it unwraps to
// nothing but the end of a context.
type failure struct {
	text  string
	cause error
}

func (f failure) Error() string { return f.text }
func (f failure) Unwrap() error { return f.cause }

// failed makes an error that may be shown. Those of net/http have the address in
// them, so only what is behind it stays.
func (r redactor) failed(did string, err error, ends ...error) error {
	var inURL *url.Error
	for errors.As(err, &inURL) {
		err = inURL.Err
	}
	f := failure{text: did + ": " + r.excerpt(err.Error())}
	for _, end := range ends {
		if errors.Is(err, end) {
			f.cause = end
		}
	}
	return f
}
