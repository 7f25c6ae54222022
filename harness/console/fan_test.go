package console

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maildrill/harness/exercise"
)

// bound is what a change may take to everybody on a machine that has other work.
const bound = 30 * time.Second

// served runs a console on loopback, and checks that nothing of it stays.
func served(t *testing.T, k *kit) (address string) {
	t.Helper()
	before := runtime.NumGoroutine()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.console.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		for limit := time.Now().Add(bound); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(limit) {
				t.Errorf("%d goroutines stay, there were %d", runtime.NumGoroutine(), before)
				return
			}
		}
	})
	return l.Addr().String()
}

// cookieOf logs a role in, for connections made by hand.
func (k *kit) cookieOf(role Role) string {
	as, _ := k.login(role)
	r := httptest.NewRequest("GET", "/", nil)
	as(r)
	return r.Header.Get("Cookie")
}

// watcher is a viewer on a socket.
type watcher struct {
	net.Conn
	lines *bufio.Scanner
}

func watch(t *testing.T, address, cookie string) *watcher {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprintf(c, "GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", cookie)
	w := &watcher{c, bufio.NewScanner(c)}
	w.lines.Buffer(nil, 1<<20)
	return w
}

// until reads messages until one has the text.
func (w *watcher) until(text string) error {
	if err := w.SetReadDeadline(time.Now().Add(bound)); err != nil {
		return err
	}
	for w.lines.Scan() {
		if strings.Contains(w.lines.Text(), text) {
			return nil
		}
	}
	return fmt.Errorf("never told %q: %w", text, errors.Join(w.lines.Err(), io.EOF))
}

func TestFiveHundredViewers(t *testing.T) {
	const many, changes = 500, 5
	k := newKit(t, newFake(exercise.Running))
	address, cookie := served(t, k), k.cookieOf(Observer)
	var all []*watcher
	for range many {
		all = append(all, watch(t, address, cookie))
	}
	for range 5 { // these never read
		watch(t, address, cookie)
	}
	everybody := func(text string) {
		var wait sync.WaitGroup
		for _, w := range all {
			wait.Go(func() {
				if err := w.until(text); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
	everybody("RUNNING")
	k.board.mu.Lock()
	k.board.views = 0
	k.board.mu.Unlock()
	for i := range changes {
		text := fmt.Sprintf("change number %d", i)
		began := time.Now()
		k.send(Scribe, "/note", url.Values{"text": {text}})
		everybody(text)
		t.Logf("%d viewers know after %v", many, time.Since(began).Round(time.Millisecond))
	}
	// A few reads of the board for each change: of the fan, and of the page of the scribe.
	k.board.mu.Lock()
	views := k.board.views
	k.board.mu.Unlock()
	if views > 6*changes {
		t.Errorf("the board was read %d times for %d changes", views, changes)
	}
	for _, w := range all {
		w.Close()
	}
}

func TestViewersAreBounded(t *testing.T) {
	k := newKit(t, newFake(exercise.Running), func(c *Config) { c.Viewers = 2 })
	address, cookie := served(t, k), k.cookieOf(Observer)
	first, second := watch(t, address, cookie), watch(t, address, cookie)
	for _, w := range []*watcher{first, second} {
		if err := w.until("RUNNING"); err != nil {
			t.Fatal(err)
		}
	}
	if err := watch(t, address, cookie).until("503 Service Unavailable"); err != nil {
		t.Fatal(err)
	}
	first.Close()
	for limit := time.Now().Add(bound); ; time.Sleep(10 * time.Millisecond) { // the server notices a closed connection soon
		k.console.fan.mu.Lock()
		n := len(k.console.fan.viewers)
		k.console.fan.mu.Unlock()
		if n < 2 {
			break
		}
		if time.Now().After(limit) {
			t.Fatal("the place of one who left is not free")
		}
	}
	if err := watch(t, address, cookie).until("RUNNING"); err != nil {
		t.Error(err)
	}
}

func TestALogOutEndsTheView(t *testing.T) {
	k := newKit(t, newFake(exercise.Running))
	as, word := k.login(Observer)
	r := httptest.NewRequest("GET", "/", nil)
	as(r)
	w := watch(t, served(t, k), r.Header.Get("Cookie"))
	if err := w.until("RUNNING"); err != nil {
		t.Fatal(err)
	}
	k.ask("POST", "/logout", url.Values{"word": {word}}, as)
	if err := w.until("0"); err != nil { // the last chunk
		t.Error(err)
	}
	if w.lines.Scan(); w.lines.Text() != "" {
		t.Errorf("after the end: %q", w.lines.Text())
	}
}

func TestASlowViewerMissesWhatIsBetween(t *testing.T) {
	l := &look{Record: sample(exercise.Running), At: time.Now()}
	f := newFrame(nil, l, Observer, "")
	v := &viewer{role: Observer, frames: make(chan *frame, 1)}
	for range 5 {
		l.Record.Notes = append(l.Record.Notes, exercise.Note{Text: fmt.Sprint("note ", len(l.Record.Notes))})
		f = newFrame(f, l, Observer, "")
		v.put(f)
	}
	got := <-v.frames
	if got != f || got.n != 5 {
		t.Errorf("frame %d waits, want the newest", got.n)
	}
	var whole, news message
	for text, m := range map[string]*message{string(got.after(2)): &whole, string(got.after(4)): &news} {
		if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "data: ")), m); err != nil {
			t.Fatal(err)
		}
	}
	if len(whole.Regions) != len(regionNames)+1 {
		t.Errorf("one who missed frames gets %d regions", len(whole.Regions))
	}
	if len(news.Regions) != 1 || !strings.Contains(news.Regions["notes"], "note 5") {
		t.Errorf("one who missed none gets %v", news.Regions)
	}
}

// streamed plays the live view of a role in a bubble of virtual time.
func streamed(t *testing.T, k *kit, play func(text func() string)) {
	as, _ := k.login(Operator)
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "GET", "http://localhost/live", nil)
	r.RemoteAddr = "127.0.0.1:1"
	as(r)
	w := &recorder{header: http.Header{}}
	done := make(chan bool)
	go func() { defer close(done); k.console.ServeHTTP(w, r) }()
	play(func() string { synctest.Wait(); return w.text() })
	leave()
	<-done
	synctest.Wait()
}

// recorder is a response that may be read while it is written.
type recorder struct {
	buffer
	header http.Header
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(int)     {}
func (r *recorder) Flush()              {}
func (r *recorder) text() string        { return r.String() }

func TestBeatsAndTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t, newFake(exercise.Running))
		streamed(t, k, func(text func() string) {
			if !strings.Contains(text(), "RUNNING") {
				t.Fatalf("no view: %s", text())
			}
			time.Sleep(2*beat + time.Second)
			if n := strings.Count(text(), "event: beat"); n != 2 {
				t.Errorf("%d beats in %v", n, 2*beat)
			}
			k.board.mu.Lock()
			k.board.broken = errors.New("line 7 was changed")
			k.board.tell()
			k.board.mu.Unlock()
			time.Sleep(time.Second)
			if !strings.Contains(text(), "what is shown is old: line 7 was changed") {
				t.Error("the viewer is not told that the log cannot be read")
			}
			k.board.mu.Lock()
			k.board.broken = nil
			k.board.mu.Unlock()
			time.Sleep(2 * retry)
			if !strings.Contains(text(), `"trouble":""`) {
				t.Error("the viewer is not told that all is well again")
			}
		})
	})
}

func TestAStormOfChangesIsCalm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t, newFake(exercise.Running))
		streamed(t, k, func(text func() string) {
			for i := range 1000 {
				if err := k.board.Do(exercise.Actor{Name: "x"}, exercise.Noted, exercise.Remark{Text: fmt.Sprint("note ", i)}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond)
			}
			time.Sleep(calm)
			if n := strings.Count(text(), "data: {"); n > 8 {
				t.Errorf("%d messages in a second", n)
			}
			if !strings.Contains(text(), "note 999") {
				t.Error("the last change never came")
			}
		})
	})
}
