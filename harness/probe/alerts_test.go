package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"maildrill/harness/ledger"
)

func TestAlertForms(t *testing.T) {
	const prometheus = `{"version":"4","status":"firing","alerts":[
		{"status":"firing","labels":{"alertname":"MailDown","severity":"page"},"annotations":{"summary":"no mail"}},
		{"status":"resolved","labels":{"alertname":"DiskFull"}}]}`
	for _, c := range []struct {
		name, body string
		want       []ledger.Alert
	}{
		{"Alertmanager", prometheus, []ledger.Alert{{Name: "MailDown", Status: "firing", Form: "alertmanager", Text: "no mail"}, {Name: "DiskFull", Status: "resolved", Form: "alertmanager"}}},
		{"Grafana", `{"title":"Mail","state":"alerting","message":"port 25"}`, []ledger.Alert{{Name: "Mail", Status: "firing", Form: "json", Text: "port 25"}}},
		{"Grafana, over", `{"title":"Mail","state":"ok"}`, []ledger.Alert{{Name: "Mail", Status: "resolved", Form: "json"}}},
		{"numbers for text", `{"name":7,"status":[],"Message":"hm"}`, []ledger.Alert{{Status: "firing", Form: "json", Text: "hm"}}},
		{"an empty Alertmanager", `{"status":"resolved","alerts":[]}`, []ledger.Alert{{Status: "resolved", Form: "json"}}},
		{"text", "PROBLEM mx1 is DOWN\nmore", []ledger.Alert{{Status: "firing", Form: "text", Text: "PROBLEM mx1 is DOWN"}}},
		{"text, over", "[RESOLVED] mx1", []ledger.Alert{{Status: "resolved", Form: "text", Text: "[RESOLVED] mx1"}}},
		{"nothing", "", []ledger.Alert{{Status: "firing", Form: "text"}}},
		{"a list", "[1]", []ledger.Alert{{Status: "firing", Form: "text", Text: "[1]"}}},
		{"control characters", "a\x1b[31m\xff\u202eb", []ledger.Alert{{Status: "firing", Form: "text", Text: "a [31m b"}}},
		{"long", strings.Repeat("é", 300), []ledger.Alert{{Status: "firing", Form: "text", Text: strings.Repeat("é", 200) + "..."}}},
	} {
		if got := parseAlerts([]byte(c.body)); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	many := `{"alerts":[` + strings.TrimSuffix(strings.Repeat(`{"status":"firing"},`, 5000), ",") + `]}`
	if n := len(parseAlerts([]byte(many))); n != alertBatch {
		t.Errorf("%d alerts of one request", n)
	}
}

// Whatever is posted is at least one alert, and none is long.
func FuzzAlerts(f *testing.F) {
	f.Add([]byte(`{"alerts":[{"status":"firing","labels":{"alertname":"A"}}]}`))
	f.Add([]byte(`{"state":"ok","title":"\u202e"}`))
	f.Add([]byte("[RESOLVED] \xff\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		all := parseAlerts(body)
		if len(all) == 0 || len(all) > alertBatch {
			t.Fatalf("%d alerts", len(all))
		}
		for _, a := range all {
			if a.Status != ledger.AlertFiring && a.Status != ledger.AlertResolved || len([]rune(a.Name)) > alertText+3 || len([]rune(a.Text)) > alertText+3 {
				t.Fatalf("%+v", a)
			}
		}
	})
}

// pile keeps what a receiver reports.
type pile struct {
	mu      sync.Mutex
	alerts  []ledger.Alert
	dropped []string
}

func (p *pile) receiver() *Alerts {
	return &Alerts{
		Report:  func(a ledger.Alert) { p.mu.Lock(); defer p.mu.Unlock(); p.alerts = append(p.alerts, a) },
		Dropped: func(why string) { p.mu.Lock(); defer p.mu.Unlock(); p.dropped = append(p.dropped, why) },
	}
}

func TestAlertLimits(t *testing.T) {
	var p pile
	a := p.receiver()
	post := func(method string, body io.Reader) int {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest(method, "/any/path", body))
		return w.Code
	}
	if code := post("GET", nil); code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", code)
	}
	if code := post("POST", bytes.NewReader(make([]byte, alertBody+1))); code != http.StatusRequestEntityTooLarge {
		t.Errorf("a long one: %d", code)
	}
	for i := range alertsMost + 5 {
		want := http.StatusNoContent
		if i >= alertsMost {
			want = http.StatusTooManyRequests
		}
		if code := post("POST", strings.NewReader("down")); code != want {
			t.Fatalf("alert %d: %d, want %d", i+1, code, want)
		}
	}
	if len(p.alerts) != alertsMost || len(p.dropped) != 1 {
		t.Errorf("%d alerts kept, dropped %q", len(p.alerts), p.dropped)
	}
}

// Silent clients take every slot; the others are turned away and nothing hangs
// when the receiver ends.
func TestAlertConnectionsAreBounded(t *testing.T) {
	l := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	var p pile
	done := make(chan error, 1)
	go func() { done <- p.receiver().Serve(ctx, l) }()
	resp, err := http.Post("http://"+l.Addr().String()+"/", "text/plain", strings.NewReader("down"))
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%v, %v", resp, err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	for range 2 * alertConns {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "POST / HTTP/1.1\r\n")
	}
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("the connection beyond the bound was served: %v", err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
