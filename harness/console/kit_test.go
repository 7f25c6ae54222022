package console

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// kit is a console with a person of each role, tried without a network.
type kit struct {
	t       *testing.T
	board   *fake
	console *Console
	tokens  map[Role]string
	log     *buffer
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var people = map[Role]string{Observer: "Otto Observer", Scribe: "Sven Scribe", Operator: "Olga Operator", Approver: "Ada Approver"}

func newKit(t *testing.T, board *fake, change ...func(*Config)) *kit {
	t.Helper()
	k := &kit{t: t, board: board, tokens: map[Role]string{}, log: &buffer{}}
	config := Config{Board: board, Shelf: sampleShelf(), Log: slog.New(slog.NewTextHandler(k.log, nil))}
	for role, name := range people {
		k.tokens[role] = NewToken()
		config.Tokens = append(config.Tokens, Token{role, name, Digest(k.tokens[role])})
	}
	for _, f := range change {
		f(&config)
	}
	var err error
	if k.console, err = New(config); err != nil {
		t.Fatal(err)
	}
	return k
}

// ask sends a request as a browser on this host would.
func (k *kit) ask(method, path string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	k.t.Helper()
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(form.Encode()))
	r.RemoteAddr = "127.0.0.1:40000"
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", "null") // as our Referrer-Policy has it
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	k.console.ServeHTTP(w, r)
	return w
}

// login returns what makes a request one of the role's session, and the word of
// its forms.
func (k *kit) login(role Role) (func(*http.Request), string) {
	k.t.Helper()
	w := k.ask("POST", "/login", url.Values{"token": {k.tokens[role]}})
	if w.Code != http.StatusSeeOther {
		k.t.Fatalf("log in as %s: status %d: %s", role, w.Code, w.Body)
	}
	cookie := w.Result().Cookies()[0]
	as := func(r *http.Request) { r.AddCookie(cookie) }
	page := k.ask("GET", "/", nil, as)
	word := regexp.MustCompile(`name="word" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	if word == nil {
		k.t.Fatalf("the page of the %s has no form: status %d: %s", role, page.Code, page.Body)
	}
	return as, word[1]
}

// send posts a form of the role's own page.
func (k *kit) send(role Role, path string, form url.Values) *httptest.ResponseRecorder {
	k.t.Helper()
	as, word := k.login(role)
	form.Set("word", word)
	return k.ask("POST", path, form, as)
}

func (k *kit) events() int {
	_, all, err := k.board.View()
	if err != nil {
		k.t.Fatal(err)
	}
	return len(all)
}

// plainText is what our script asks for.
func plainText(r *http.Request) { r.Header.Set("Accept", "text/plain") }
