package channel

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"maildrill/scenarios"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs (write it anew with -update)\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

// planted is what no error and no receipt may show.
const planted = "T0PS3CRETTOKEN"

// known has one variable, and no file.
func known(name, value string) Secrets {
	return Secrets{
		Env: func(asked string) (string, bool) {
			if asked == name {
				return value, true
			}
			return "", false
		},
		File: func(string) ([]byte, error) { return nil, errors.New("there is no such file") },
	}
}

var rollCall = Message{
	Exercise: "directory-is-down", Kind: RollCall, Subject: "Roll-call", At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	Text: "Are you there? Ask @here, @channel and @all.\n<!here> *bold* & [a](http://evil.test/) ![b](http://evil.test/x.png)",
	To:   []string{"+49 30 1234"}, Links: []Link{{"I am here", "https://drill.example/r/4711?a=1&b=@all"}},
}

// request is what a server saw.
type request struct {
	method, path, token, kind string
	body                      []byte
}

// serve plays the other side: it keeps what it sees and answers.
func serve(t *testing.T, answer http.HandlerFunc) (*httptest.Server, chan request) {
	seen := make(chan request, 1000)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen <- request{r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), body}
		answer(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, seen
}

func trusting(server *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return pool
}

// opening opens a channel that does not pause, and tells how long it would have.
func opening(t *testing.T, c scenarios.Channel, s Secrets, trusted *x509.CertPool) (*opened, *[]time.Duration) {
	t.Helper()
	o, err := open(c, s, trusted)
	if err != nil {
		t.Fatal(err)
	}
	var pauses []time.Duration
	if p := posterOf(o.carrier); p != nil {
		p.pause = func(ctx context.Context, d time.Duration) error {
			pauses = append(pauses, d)
			return ctx.Err()
		}
	}
	return o, &pauses
}

func posterOf(c carrier) *poster {
	switch c := c.(type) {
	case webhook:
		return c.poster
	case ntfy:
		return c.poster
	case matrix:
		return c.poster
	}
	return nil
}
