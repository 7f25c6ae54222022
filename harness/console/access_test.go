package console

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/exercise"
)

func from(address string) func(*http.Request) {
	return func(r *http.Request) { r.RemoteAddr = address }
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }

// note is a form that would be written down, if it were let through.
func note(word string) url.Values { return url.Values{"text": {"seen"}, "word": {word}} }

func TestWhatIsNotLetThrough(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		send   func(k *kit, as func(*http.Request), word string) int
	}{
		"nobody's form": {401, func(k *kit, _ func(*http.Request), word string) int { return k.ask("POST", "/note", note(word)).Code }},
		"forged cookie": {401, func(k *kit, _ func(*http.Request), word string) int {
			return k.ask("POST", "/note", note(word), header("Cookie", "maildrill="+NewToken())).Code
		}},
		"no word": {403, func(k *kit, as func(*http.Request), _ string) int { return k.ask("POST", "/note", note(""), as).Code }},
		"another's word": {403, func(k *kit, as func(*http.Request), _ string) int {
			_, word := k.login(Operator)
			return k.ask("POST", "/note", note(word), as).Code
		}},
		"another site": {403, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note", note(word), as, header("Sec-Fetch-Site", "cross-site"), header("Origin", "https://evil.test")).Code
		}},
		"another site in an old browser": {403, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note", note(word), as, func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.test") }).Code
		}},
		"a name that was rebound": {421, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note", note(word), as, host("evil.test:8080")).Code
		}},
		"a name that was rebound, to read": {421, func(k *kit, as func(*http.Request), _ string) int {
			return k.ask("GET", "/", nil, as, host("localhost.evil.test")).Code
		}},
		"10 MB": {413, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note", url.Values{"word": {word}, "text": {strings.Repeat("x", 10<<20)}}, as).Code
		}},
		"17 KiB": {413, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note", url.Values{"word": {word}, "text": {strings.Repeat("x", 17<<10)}}, as).Code
		}},
		"in the address": {403, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note?"+note(word).Encode(), nil, as).Code
		}},
		"by GET": {404, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("GET", "/note?"+note(word).Encode(), nil, as).Code
		}},
		"from elsewhere": {403, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note", note(word), as, from("192.0.2.7:1000")).Code
		}},
		"logged out": {401, func(k *kit, as func(*http.Request), word string) int {
			k.ask("POST", "/logout", url.Values{"word": {word}}, as)
			return k.ask("POST", "/note", note(word), as).Code
		}},
		"no such note": {400, func(k *kit, as func(*http.Request), word string) int {
			f := note(word)
			f.Set("kind", "rumour")
			return k.ask("POST", "/note", f, as).Code
		}},
		"no such time": {400, func(k *kit, as func(*http.Request), word string) int {
			f := note(word)
			f.Set("ago", "-3s")
			return k.ask("POST", "/note", f, as).Code
		}},
		"an empty note": {400, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/note", url.Values{"word": {word}}, as).Code
		}},
		"refused by board": {409, func(k *kit, as func(*http.Request), word string) int {
			return k.ask("POST", "/step", url.Values{"word": {word}, "step": {"done nowhere"}}, as).Code
		}},
		"stream of nobody": {401, func(k *kit, _ func(*http.Request), _ string) int { return k.ask("GET", "/live", nil).Code }},
		"page of nobody":   {303, func(k *kit, _ func(*http.Request), _ string) int { return k.ask("GET", "/", nil).Code }},
		"report of nobody": {303, func(k *kit, _ func(*http.Request), _ string) int { return k.ask("GET", "/report/x/html", nil).Code }},
		"a path for a name": {404, func(k *kit, as func(*http.Request), _ string) int {
			return k.ask("GET", "/report/..%2f..%2fetc%2fpasswd/html", nil, as).Code
		}},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, newFake(exercise.Running))
			as, word := k.login(Scribe)
			if got := c.send(k, as, word); got != c.status {
				t.Errorf("status %d, want %d", got, c.status)
			}
			if n := k.events(); n != 0 {
				t.Errorf("%d events are in the log", n)
			}
			if w := k.send(Scribe, "/note", note("")); w.Code != http.StatusSeeOther || k.events() != 1 {
				t.Errorf("a good note afterwards: status %d, %d events", w.Code, k.events())
			}
		})
	}
}

func TestForgedTokensAreFewAndInVain(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	for i := range attempts {
		if w := k.ask("POST", "/login", url.Values{"token": {NewToken()}}); w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
			t.Fatalf("attempt %d: status %d", i+1, w.Code)
		}
	}
	good := url.Values{"token": {k.tokens[Observer]}}
	if w := k.ask("POST", "/login", good); w.Code != http.StatusTooManyRequests {
		t.Errorf("after %d forged tokens: status %d", attempts, w.Code)
	}
	if w := k.ask("POST", "/login", good, from("[::1]:9")); w.Code != http.StatusSeeOther {
		t.Errorf("from another address: status %d", w.Code)
	}
}

func TestLogInsThatAreRightAreNotCounted(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	for range 3 * attempts {
		k.login(Observer)
	}
}

func TestSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t, newFake(exercise.Running), func(c *Config) { c.Session = time.Hour })
		as, word := k.login(Scribe)
		time.Sleep(time.Hour - time.Second)
		if w := k.ask("GET", "/", nil, as); w.Code != http.StatusOK {
			t.Errorf("within the hour: status %d", w.Code)
		}
		time.Sleep(time.Second)
		if w := k.ask("POST", "/note", note(word), as); w.Code != http.StatusUnauthorized || k.events() != 0 {
			t.Errorf("after the hour: status %d, %d events", w.Code, k.events())
		}
		if n := len(k.console.sessions.byID); n != 0 {
			t.Errorf("%d sessions are kept", n)
		}
	})
}

func TestSessionsAreBounded(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	scribe, _ := k.login(Scribe)
	first, _ := k.login(Observer)
	for range mostSessions + 10 {
		if _, err := k.console.sessions.open(k.console.admit(k.tokens[Observer], "")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(k.console.sessions.byID); n > mostSessions {
		t.Errorf("%d sessions", n)
	}
	if w := k.ask("GET", "/", nil, first); w.Code != http.StatusSeeOther {
		t.Errorf("the oldest of the same token is still there: status %d", w.Code)
	}
	if w := k.ask("GET", "/", nil, scribe); w.Code != http.StatusOK {
		t.Errorf("another one's session is gone: status %d", w.Code)
	}
	if _, err := k.console.sessions.open(&person{token: "new", Until: time.Now().Add(time.Hour)}); err == nil {
		t.Error("a new token found room")
	}
}

func TestCookie(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	for name, c := range map[string]struct {
		change func(*http.Request)
		name   string
		secure bool
	}{
		"loopback": {func(*http.Request) {}, "maildrill", false},
		"TLS":      {func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, "__Host-maildrill", true},
	} {
		got := k.ask("POST", "/login", url.Values{"token": {k.tokens[Observer]}}, c.change).Result().Cookies()[0]
		if got.Name != c.name || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteStrictMode || got.MaxAge <= 0 || got.Domain != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestNameIsStatedWhereATokenIsShared(t *testing.T) {
	shared := NewToken()
	k := newKit(t, newFake(exercise.Running), func(c *Config) { c.Tokens = append(c.Tokens, Token{Scribe, "", Digest(shared)}) })
	if w := k.ask("POST", "/login", url.Values{"token": {shared}}); w.Code != http.StatusBadRequest {
		t.Errorf("without a name: status %d", w.Code)
	}
	if p := k.console.admit(shared, stated("  Eve\n\x1b[31m "+strings.Repeat("é", 100))); len(p.Name) > longestName || strings.ContainsAny(p.Name, "\n\x1b") {
		t.Errorf("the name is %q", p.Name)
	}
	if p := k.console.admit(k.tokens[Scribe], "Eve"); p.Name != people[Scribe] {
		t.Errorf("the token of %s let in %s", people[Scribe], p.Name)
	}
}

func proxied(c *Config) {
	c.Hosts = []string{"drill.example.org"}
	c.Proxy = &Proxy{Header: "X-User", Trusted: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}, Roles: map[string]Role{"ada": Approver, "otto": Observer}}
}

func TestProxy(t *testing.T) {
	for name, c := range map[string]struct {
		from, user string
		status     int
	}{
		"the proxy":                {"192.0.2.1:5", "ada", 200},
		"a stranger":               {"192.0.2.2:5", "ada", 403},
		"a stranger on loopback":   {"127.0.0.1:5", "ada", 303},
		"one who is not listed":    {"192.0.2.1:5", "eve", 303},
		"the proxy without a name": {"192.0.2.1:5", "", 303},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, newFake(exercise.Running), proxied)
			if w := k.ask("GET", "/", nil, from(c.from), host("drill.example.org"), header("X-User", c.user)); w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
		})
	}
}

func TestFormsThroughTheProxy(t *testing.T) {
	k := newKit(t, newFake(exercise.Running), proxied)
	through := func(user string) func(*http.Request) {
		return func(r *http.Request) {
			r.RemoteAddr, r.Host = "192.0.2.1:5", "drill.example.org"
			r.Header.Set("X-User", user)
		}
	}
	if w := k.ask("POST", "/stop", url.Values{"word": {k.console.word("otto")}}, through("ada")); w.Code != http.StatusForbidden {
		t.Errorf("with another's word: status %d", w.Code)
	}
	twice := func(r *http.Request) { r.Header.Add("X-User", "otto") }
	if w := k.ask("POST", "/stop", url.Values{"word": {k.console.word("ada")}}, through("ada"), twice); w.Code != http.StatusUnauthorized {
		t.Errorf("with two names: status %d", w.Code)
	}
	if w := k.ask("POST", "/stop", url.Values{"word": {k.console.word("ada")}}, through("ada")); w.Code != http.StatusSeeOther || k.board.record.State != exercise.Stopped {
		t.Errorf("status %d, the exercise is %s", w.Code, k.board.record.State)
	}
}

func TestAttemptsAreCountedBehindTheProxy(t *testing.T) {
	k := newKit(t, newFake(exercise.Running), proxied)
	try := func(client string) int {
		return k.ask("POST", "/answer", url.Values{"code": {"guess"}}, from("192.0.2.1:5"), header("X-Forwarded-For", "10.0.0.1, "+client)).Code
	}
	for range attempts {
		try("198.51.100.7")
	}
	if got := try("198.51.100.7"); got != http.StatusTooManyRequests {
		t.Errorf("one too many: status %d", got)
	}
	if got := try("198.51.100.8"); got != http.StatusForbidden {
		t.Errorf("another client: status %d", got)
	}
}

func TestWhereItListens(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 80} }
	proxy := &Proxy{Header: "X", Trusted: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}}
	for name, c := range map[string]struct {
		config Config
		at     net.Addr
		ok     bool
	}{
		"loopback":          {Config{}, tcp("127.0.0.1"), true},
		"loopback of v6":    {Config{}, tcp("::1"), true},
		"everywhere":        {Config{}, tcp("0.0.0.0"), false},
		"not allowed":       {Config{TLS: &tls.Config{}}, tcp("192.0.2.9"), false},
		"in the clear":      {Config{Allow: true}, tcp("192.0.2.9"), false},
		"with TLS":          {Config{Allow: true, TLS: &tls.Config{}}, tcp("192.0.2.9"), true},
		"behind a proxy":    {Config{Allow: true, Proxy: proxy}, tcp("::"), true},
		"no network at all": {Config{}, &net.UnixAddr{Name: "/x"}, false},
	} {
		if err := c.config.mayListen(c.at); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	board := newFake(exercise.Draft)
	for name, c := range map[string]Config{
		"nothing to show":  {Tokens: []Token{{Observer, "", Digest("x")}}},
		"nobody":           {Board: board},
		"no such role":     {Board: board, Tokens: []Token{{"admin", "", Digest("x")}}},
		"the token itself": {Board: board, Tokens: []Token{{Observer, "", NewToken()}}},
		"proxy of nobody":  {Board: board, Proxy: &Proxy{Header: "X"}},
		"role of a proxy":  {Board: board, Proxy: &Proxy{Header: "X", Trusted: []netip.Prefix{netip.MustParsePrefix("::1/128")}, Roles: map[string]Role{"a": "b"}}},
		"host with path":   {Board: board, Tokens: []Token{{Observer, "", Digest("x")}}, Hosts: []string{"a.test/x"}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTLS(t *testing.T) {
	lent := httptest.NewTLSServer(nil) // for its certificate
	defer lent.Close()
	k := newKit(t, newFake(exercise.Running), func(c *Config) { c.TLS = &tls.Config{Certificates: lent.TLS.Certificates} })
	client := lent.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer client.CloseIdleConnections()
	w, err := client.PostForm("https://"+served(t, k)+"/login", url.Values{"token": {k.tokens[Observer]}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if cookies := w.Cookies(); len(cookies) != 1 || !cookies[0].Secure || cookies[0].Name != "__Host-maildrill" {
		t.Errorf("status %s, cookies %v", w.Status, cookies)
	}
}

func TestServeRefusesOtherAddresses(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	l := &elsewhere{}
	if err := k.console.Serve(t.Context(), l); err == nil || !l.closed {
		t.Errorf("serve: %v, closed: %v", err, l.closed)
	}
}

// elsewhere is a listener that is not on loopback.
type elsewhere struct {
	net.Listener
	closed bool
}

func (l *elsewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }
func (l *elsewhere) Close() error   { l.closed = true; return nil }

func TestTheScriptIsAnsweredInAWord(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	as, word := k.login(Scribe)
	if w := k.ask("POST", "/note", note(word), as, plainText); w.Code != http.StatusNoContent {
		t.Errorf("what is done: status %d", w.Code)
	}
	w := k.ask("POST", "/move", url.Values{"word": {word}, "to": {"hold"}}, as, plainText)
	if got := w.Body.String(); w.Code != http.StatusForbidden || got != "A person in the role scribe may not lead the exercise from state to state." {
		t.Errorf("what is refused: status %d: %s", w.Code, got)
	}
}
