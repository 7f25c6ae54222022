package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/scenarios"
)

func TestWhatTheOtherSideGets(t *testing.T) {
	server, seen := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, `{"id": "N1", "event_id": "$E1"}`)
	})
	for _, c := range []struct {
		name, path, id string
		method, token  string
		channel        scenarios.Channel
	}{
		{"json", "/hook", "N1", "POST", "", scenarios.Channel{Kind: "webhook", URL: server.URL + "/hook"}},
		{"slack", "/hook", "N1", "POST", "", scenarios.Channel{Kind: "webhook", Format: "slack", URL: server.URL + "/hook"}},
		{"teams", "/hook", "N1", "POST", "", scenarios.Channel{Kind: "webhook", Format: "teams", URL: server.URL + "/hook"}},
		{"mattermost", "/hook", "N1", "POST", "", scenarios.Channel{Kind: "webhook", Format: "mattermost", URL: server.URL + "/hook"}},
		{"ntfy", "/", "N1", "POST", "Bearer " + planted, scenarios.Channel{Kind: "ntfy", URL: server.URL, Room: "drill-4711", TokenFrom: "env:TOKEN"}},
		{"matrix", "/_matrix/client/v3/rooms/%21room:chat.example/send/m.room.message/", "$E1", "PUT", "Bearer " + planted,
			scenarios.Channel{Kind: "matrix", URL: server.URL, Room: "!room:chat.example", TokenFrom: "env:TOKEN"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.channel.ID = "ops"
			o, _ := opening(t, c.channel, known("TOKEN", planted), trusting(server))
			receipt, err := o.Send(t.Context(), rollCall)
			if err != nil {
				t.Fatal(err)
			}
			got := <-seen
			if got.method != c.method || !strings.HasPrefix(got.path, c.path) || got.token != c.token || got.kind != "application/json" {
				t.Errorf("it got %s %s %q %s", got.method, got.path, got.token, got.kind)
			}
			if c.name == "matrix" && !strings.HasSuffix(got.path, receipt.Message) {
				t.Errorf("the transaction %s is not the message %s", got.path, receipt.Message)
			}
			if receipt.ID != c.id || receipt.Status != "200 OK" || receipt.Tries != 1 || receipt.Channel != "ops" || receipt.Took <= 0 {
				t.Errorf("receipt %+v", receipt)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, got.body, "", "  "); err != nil {
				t.Fatal(err)
			}
			golden(t, c.name+".json", append(pretty.Bytes(), '\n'))
		})
	}
}

func TestABusyServerIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []int
		after   string
		pauses  []time.Duration
		fails   string
	}{
		{"it says when", []int{429, 200}, "2", []time.Duration{2 * time.Second}, ""},
		{"it says a time that is over", []int{503, 200}, "Sun, 06 Nov 1994 08:49:37 GMT", []time.Duration{0}, ""},
		{"it does not say when", []int{500, 502, 200}, "", []time.Duration{firstPause, 2 * firstPause}, ""},
		{"it says nonsense", []int{500, 200}, "-1", []time.Duration{firstPause}, ""},
		{"it stays busy", []int{503, 503, 503, 200}, "1", []time.Duration{time.Second, time.Second}, "503 Service Unavailable"},
		{"it wants too much", []int{429, 200}, "3600", nil, "it asks to wait 1h0m0s, longer than the 5s"},
		{"it refuses", []int{404, 200}, "", nil, "404 Not Found and said: no_service"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers := slices.Clone(c.answers)
			server, seen := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", c.after)
				w.WriteHeader(answers[0])
				_, _ = fmt.Fprint(w, "no_service")
				answers = answers[1:]
			})
			o, pauses := opening(t, scenarios.Channel{ID: "ops", Kind: "webhook", URL: server.URL}, Secrets{}, trusting(server))
			receipt, err := o.Send(t.Context(), rollCall)
			if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("error %v, not %q", err, c.fails)
			}
			if !slices.Equal(*pauses, c.pauses) || receipt.Tries != len(c.pauses)+1 {
				t.Errorf("pauses %v, not %v; %d tries", *pauses, c.pauses, receipt.Tries)
			}
			for first := <-seen; len(seen) > 0; {
				if again := <-seen; !bytes.Equal(again.body, first.body) {
					t.Error("another message was sent the second time")
				}
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	elsewhere, seenElsewhere := serve(t, func(http.ResponseWriter, *http.Request) {})
	server, seen := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away/" + planted:
			http.Redirect(w, r, elsewhere.URL+"/"+planted, http.StatusTemporaryRedirect)
		case "/plain":
			http.Redirect(w, r, "http://"+r.Host+"/"+planted, http.StatusTemporaryRedirect)
		case "/get":
			http.Redirect(w, r, "/here", http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "/here", http.StatusPermanentRedirect)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusPermanentRedirect)
		}
	})
	for path, fails := range map[string]string{
		"/away/" + planted: "redirects to another place", "/plain": "redirects to another place", "/get": "would drop the message",
		"/round": "redirects more than", "/moved": "",
	} {
		o, _ := opening(t, scenarios.Channel{ID: "ops", Kind: "webhook", URL: server.URL + path, TokenFrom: "env:TOKEN"}, known("TOKEN", planted), trusting(server))
		_, err := o.Send(t.Context(), rollCall)
		if (err == nil) != (fails == "") || err != nil && !strings.Contains(err.Error(), fails) {
			t.Errorf("%s: %v, not %q", path, err, fails)
		}
		secretless(t, err)
	}
	if len(seenElsewhere) > 0 || len(seen) == 0 {
		t.Error("another host got the message")
	}
}

func secretless(t *testing.T, shown ...any) {
	t.Helper()
	for _, s := range shown {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
			if text := fmt.Sprintf(verb, s); strings.Contains(text, planted) || strings.Contains(text, "VDBQUzNDUkVUVE9LRU4") {
				t.Errorf("a secret is shown: %s", text)
			}
		}
		err, ok := s.(error)
		var inURL *url.Error
		if ok && errors.As(err, &inURL) {
			t.Errorf("behind the error is an address: %v", inURL)
		}
	}
}

// TestNoSecretIsShown plants a secret in the path, the query and the token, and
// has the other side say it in every place.
func TestNoSecretIsShown(t *testing.T) {
	status := 200
	server, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"id": "%s", "event_id": "%s", "path": "%s", "query": "%s"}`, planted, r.Header.Get("Authorization"), r.URL.Path, r.URL.RawQuery)
	})
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, address := range map[string]string{
		"path": server.URL + "/services/" + planted, "query": server.URL + "/?key=" + planted, "escaped": server.URL + "/a%2F" + planted,
		"nobody": closed.URL + "/" + planted, "no host": "https:///" + planted, "no scheme": planted, "broken": "https://h/%zz" + planted,
		"a file": "file:///" + planted, "user": strings.Replace(server.URL, "://", "://"+planted+"@", 1), "password": strings.Replace(server.URL, "://", "://me:"+planted+"@", 1),
	} {
		for _, status = range []int{200, 400, 500} {
			ch, err := open(scenarios.Channel{ID: "ops", Kind: "webhook", URLFrom: "env:TOKEN"}, known("TOKEN", address), trusting(server))
			secretless(t, err, ch)
			if err != nil {
				continue
			}
			posterOf(ch.carrier).pause = func(context.Context, time.Duration) error { return nil }
			receipt, err := ch.Send(t.Context(), rollCall)
			secretless(t, err, receipt, ch, struct{ c Channel }{ch})
			if (err == nil) != (status == 200 && name != "nobody") {
				t.Errorf("%s, %d: %v", name, status, err)
			}
		}
	}
	for _, status = range []int{200, 403} {
		ch, _ := opening(t, scenarios.Channel{ID: "ops", Kind: "matrix", URL: server.URL, Room: "!r:x", TokenFrom: "env:TOKEN"}, known("TOKEN", planted), trusting(server))
		receipt, err := ch.Send(t.Context(), rollCall)
		secretless(t, err, receipt, ch)
	}
}

func TestAServerThatNeverAnswers(t *testing.T) {
	over := make(chan struct{})
	server, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { <-over })
	defer close(over)
	o, _ := opening(t, scenarios.Channel{ID: "ops", Kind: "webhook", URL: server.URL + "/" + planted}, Secrets{}, trusting(server))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := o.Send(ctx, rollCall)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	secretless(t, err)
}

func TestAnAnswerWithoutEnd(t *testing.T) {
	server, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for chunk := bytes.Repeat([]byte("x"), 1<<16); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	o, _ := opening(t, scenarios.Channel{ID: "ops", Kind: "webhook", URL: server.URL}, Secrets{}, trusting(server))
	if _, err := o.Send(t.Context(), rollCall); err != nil {
		t.Error(err)
	}
}

func TestTLSIsVerified(t *testing.T) {
	server, seen := serve(t, func(http.ResponseWriter, *http.Request) {})
	o, err := Open(scenarios.Channel{ID: "ops", Kind: "webhook", URL: server.URL}, Secrets{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Send(t.Context(), rollCall); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v", err)
	}
	if len(seen) > 0 {
		t.Error("a server that nobody knows got the message")
	}
}

func TestWhatIsNotOpened(t *testing.T) {
	s := known("TOKEN", planted)
	for want, c := range map[string]scenarios.Channel{
		"there is no kind":             {Kind: "pigeon"},
		"no format":                    {Kind: "webhook", Format: "irc", URL: "https://x"},
		"url: it is no web address":    {Kind: "webhook", URL: "ftp://x/y"},
		"url_from: it is no web":       {Kind: "webhook", URLFrom: "env:TOKEN"},
		"env:NONE is not set":          {Kind: "webhook", URLFrom: "env:NONE"},
		"there is no such file":        {Kind: "webhook", URLFrom: "file:/none"},
		"vault:x cannot be read":       {Kind: "webhook", URLFrom: "vault:x"},
		"the server's root":            {Kind: "ntfy", URL: "https://ntfy.example/topic", Room: "x"},
		"the topic in `room`":          {Kind: "ntfy", URL: "https://ntfy.example"},
		"such an id begins with":       {Kind: "matrix", URL: "https://x", Room: "#x:y", TokenFrom: "env:TOKEN"},
		"`token_from` where it is":     {Kind: "matrix", URL: "https://x", Room: "!x:y"},
		"needs `command`":              {Kind: "exec"},
		"install it":                   {Kind: "exec", Command: []string{"/none/such"}},
		"needs a `provider`":           {Kind: "email", Server: "x:465", From: "a@b.example"},
		"HOST:PORT":                    {Kind: "email", Provider: "P", Server: "x", From: "a@b.example"},
		"no e-mail address":            {Kind: "email", Provider: "P", Server: "x:465", From: "a@b.example\r\nBcc: c@d.example"},
		"TOKEN is not user:password":   {Kind: "email", Provider: "P", Server: "x:465", From: "a@b.example", TokenFrom: "env:TOKEN"},
		"token_from: env:NONE is not ": {Kind: "email", Provider: "P", Server: "x:465", From: "a@b.example", TokenFrom: "env:NONE"},
	} {
		c.ID = "ops"
		ch, err := Open(c, s)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "channel ops: ") {
			t.Errorf("%+v: %v, not %q", c, err, want)
		}
		secretless(t, err, ch)
	}
	for _, value := range []string{"", " \n", "two\nlines", strings.Repeat("x", maxSecret+1)} {
		if _, err := known("A", value).resolve("env:A"); err == nil {
			t.Errorf("%.20q is taken for a secret", value)
		}
	}
	file := Secrets{File: func(path string) ([]byte, error) { return []byte("value\n"), nil }}
	if v, err := file.resolve("file:/run/x"); v != "value" || err != nil {
		t.Error(v, err)
	}
}

func TestTheWallTakesEverything(t *testing.T) {
	o, _ := opening(t, scenarios.Channel{ID: "wall", Kind: "wall"}, Secrets{}, nil)
	receipt, err := o.Send(t.Context(), rollCall)
	if err != nil || receipt.Status != "shown" || !strings.Contains(receipt.Note, "nothing was sent") {
		t.Error(receipt, err)
	}
}
