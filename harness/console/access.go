package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// longestName of a person, in bytes.
const longestName = 80

// proxyLasts bounds a live view of one whom the proxy knows: it may know better by then.
const proxyLasts = time.Hour

// who asks: the person whom a trusted proxy names, or the one of the cookie. Nil:
// somebody who is not known.
func (c *Console) who(r *http.Request) *person {
	if p := c.proxied(r); p != nil {
		return p
	}
	cookie, err := r.Cookie(cookieName(c.secure(r)))
	if err != nil {
		return nil
	}
	return c.sessions.find(cookie.Value)
}

func (c *Console) proxied(r *http.Request) *person {
	if !c.trusted(r) {
		return nil
	}
	said := r.Header.Values(c.config.Proxy.Header)
	if len(said) != 1 || said[0] == "" || len(said[0]) > longestName {
		return nil
	}
	role, ok := c.config.Proxy.Roles[said[0]]
	if !ok {
		role, ok = c.config.Proxy.Roles["*"]
	}
	if !ok {
		return nil
	}
	return &person{Name: said[0], Role: role, Word: c.word(said[0]), Until: time.Now().Add(proxyLasts)}
}

// word is the form word of one who has no session.
func (c *Console) word(name string) string {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(name))
	return hex.EncodeToString(mac.Sum(nil))
}

// admit looks a token up. All digests are compared, so that the time tells nothing.
func (c *Console) admit(secret, name string) *person {
	digest := Digest(secret)
	var found *Token
	for i, t := range c.config.Tokens {
		if subtle.ConstantTimeCompare([]byte(digest), []byte(strings.ToLower(t.SHA256))) == 1 {
			found = &c.config.Tokens[i]
		}
	}
	if found == nil {
		return nil
	}
	if found.Name != "" {
		name = found.Name
	}
	return &person{Name: name, Role: found.Role, Word: NewToken(), Until: time.Now().Add(c.config.Session), token: digest}
}

// remote is the address at the other end of the connection.
func remote(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// trusted tells whether the request came through the proxy.
func (c *Console) trusted(r *http.Request) bool {
	if c.config.Proxy == nil {
		return false
	}
	from := remote(r)
	for _, p := range c.config.Proxy.Trusted {
		if p.Contains(from) {
			return true
		}
	}
	return false
}

// client is whom attempts are counted for: what the proxy has added last, or the
// other end.
func (c *Console) client(r *http.Request) netip.Addr {
	from := remote(r)
	if !c.trusted(r) {
		return from
	}
	said := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if last, err := netip.ParseAddr(strings.TrimSpace(said[strings.LastIndex(said, ",")+1:])); err == nil {
		return last.Unmap()
	}
	return from
}

// secure tells whether the browser speaks TLS, to us or to the proxy.
func (c *Console) secure(r *http.Request) bool {
	return r.TLS != nil || c.trusted(r) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// cookieName: a browser takes the prefix for a promise that no neighbouring name
// has set it.
func cookieName(secure bool) string {
	if secure {
		return "__Host-maildrill"
	}
	return "maildrill"
}
