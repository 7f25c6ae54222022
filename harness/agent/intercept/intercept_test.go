package intercept

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/mux"
)

// TestMain is the proxy too: the keeper starts its own binary.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[2] == Role {
		session, err := mux.Accept(mux.Pipes(os.Stdin, os.Stdout))
		if err == nil {
			_ = Serve(context.Background(), session)
		}
		return
	}
	os.Exit(m.Run())
}

// space is a network namespace with a server in it that tells each client its
// address, as the server sees it, and then echoes.
type space struct {
	path string
	at   netip.AddrPort
	do   chan func()
}

func newSpace(t *testing.T, address string) *space {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: making a network namespace takes root")
	}
	s := &space{do: make(chan func())}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := unix.Unshare(unix.CLONE_NEWNET)
		s.path = fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), unix.Gettid())
		if err == nil {
			bits := "/32"
			if strings.Contains(address, ":") {
				bits = "/128 nodad" // nobody else is there to have the address
			}
			var out []byte
			if out, err = exec.Command("sh", "-c", "ip link set lo up && ip addr add dev lo "+address+bits).CombinedOutput(); err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
		}
		ready <- err
		for f := range s.do {
			f()
		}
	}()
	if err := <-ready; err != nil {
		t.Fatal("make a network namespace (it takes iproute2): ", err)
	}
	t.Cleanup(func() { close(s.do) })
	var l net.Listener
	var err error
	s.inside(func() { l, err = net.Listen("tcp", net.JoinHostPort(address, "25")) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s.at = netip.MustParseAddrPort(l.Addr().String())
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				fmt.Fprintf(c, "%s\n", c.RemoteAddr())
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return s
}

// inside runs f on the namespace's thread.
func (s *space) inside(f func()) {
	done := make(chan bool)
	s.do <- func() { f(); close(done) }
	<-done
}

// dial connects and tells whether the server saw the client's own port, which
// it does only if nobody is between them.
func (s *space) dial(t *testing.T) (c net.Conn, direct bool) {
	t.Helper()
	var err error
	s.inside(func() { c, err = net.Dial("tcp", s.at.String()) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	seen := netip.MustParseAddrPort(strings.TrimSpace(line))
	mine := netip.MustParseAddrPort(c.LocalAddr().String())
	if seen.Addr() != mine.Addr() {
		t.Errorf("the server sees %s, the client is %s", seen, mine)
	}
	return c, seen == mine
}

func (s *space) rule(t *testing.T, id string, ttl time.Duration) faults.Rule {
	t.Helper()
	r, err := faults.NewRule(id, faults.Dialogue, faults.DialogueSpec{To: []netip.AddrPort{s.at}, Protocol: "none"}, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func echo(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(io.LimitReader(c, 5)); string(got) != "hello" {
		t.Errorf("echo = %q, %v", got, err)
	}
}

func TestConnectionsPassTheProxyWhileTheRuleStands(t *testing.T) {
	for _, address := range []string{"198.18.0.9", "fd00::9"} {
		t.Run(address, func(t *testing.T) {
			s := newSpace(t, address)
			old, direct := s.dial(t)
			if !direct {
				t.Fatal("there is a proxy before there is a rule")
			}
			p, err := Start(s.path, "maildrill_test_proxy")
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if err := p.Put(t.Context(), s.rule(t, "one", time.Minute)); err != nil {
				t.Fatal(err)
			}
			c, direct := s.dial(t)
			if direct {
				t.Fatal("a connection went past the proxy")
			}
			echo(t, c)
			echo(t, old)
			if err := p.Put(t.Context(), s.rule(t, "two", time.Minute)); err == nil {
				t.Error("two rules play the same connections")
			}
			if err := p.Take(t.Context(), faults.Dialogue, "one"); err != nil {
				t.Fatal(err)
			}
			if _, direct := s.dial(t); !direct {
				t.Error("a connection passes the proxy after its rule was taken")
			}
			if standing, err := p.Rules(t.Context(), faults.Dialogue); err != nil || len(standing) != 0 {
				t.Errorf("rules = %v, %v", standing, err)
			}
		})
	}
}

// What the system's own clients meet is told apart from the drill's own looks.
func TestLooksAreCountedForThemselves(t *testing.T) {
	s := newSpace(t, "198.18.0.9")
	p, err := Start(s.path, "maildrill_test_proxy")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	script, err := json.Marshal(faults.IMAPScript{Bye: &faults.IMAPBye{At: faults.IMAPGreeting, Text: "x", Share: 1}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := faults.NewRule("r", faults.Dialogue, faults.DialogueSpec{To: []netip.AddrPort{s.at}, Protocol: "imap", Script: script}, time.Minute)
	if err == nil {
		err = p.Put(t.Context(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range []int{0, 0, int(faults.VisitorPorts[0])} {
		d := net.Dialer{LocalAddr: &net.TCPAddr{Port: port}}
		var c net.Conn
		s.inside(func() { c, err = d.Dial("tcp", s.at.String()) })
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		if got, err := io.ReadAll(c); string(got) != "* BYE x\r\n" {
			t.Errorf("heard %q, %v", got, err)
		}
		_ = c.Close()
	}
	found, err := p.Rules(t.Context(), faults.Dialogue)
	if err != nil || len(found) != 1 || found[0].Counters["byes"] != 2 || found[0].Looks["byes"] != 1 {
		t.Errorf("read back %+v, %v", found, err)
	}
}

// A proxy that dies takes its redirections along: nothing leads to nothing.
func TestADeadProxyLeavesNoRedirection(t *testing.T) {
	s := newSpace(t, "198.18.0.9")
	p, err := Start(s.path, "maildrill_test_proxy")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Put(t.Context(), s.rule(t, "one", time.Minute)); err != nil {
		t.Fatal(err)
	}
	_ = p.session.Close()
	<-p.ended
	var c net.Conn
	for end := time.Now().Add(2 * Lease); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s.inside(func() { c, err = net.Dial("tcp", s.at.String()) })
		if err == nil {
			c.Close()
			return
		}
	}
	t.Fatal("connections still lead to the dead proxy: ", err)
}

// A proxy that does not listen is ended all the same.
func TestAStuckProxyIsEnded(t *testing.T) {
	s := newSpace(t, "198.18.0.9")
	p, err := Start(s.path, "maildrill_test_proxy")
	if err == nil {
		err = p.child.Signal(syscall.SIGSTOP)
	}
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- p.Close() }()
	select {
	case err := <-over:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(2 * endLimit):
		_ = p.child.Kill()
		t.Error("the proxy does not end")
	}
}

// What could not be taken back is taken back the next time.
func TestACloseThatFailedIsTriedAgain(t *testing.T) {
	s := newSpace(t, "198.18.0.9")
	p, err := Start(s.path, "maildrill_test_proxy")
	if err == nil {
		err = p.Put(t.Context(), s.rule(t, "one", time.Minute))
	}
	if err != nil {
		t.Fatal(err)
	}
	path := p.redirect.namespace
	p.mu.Lock()
	p.redirect.namespace = "/nowhere"
	p.mu.Unlock()
	if err := p.Close(); err == nil {
		t.Error("the table stays, and nobody says so")
	}
	p.redirect.namespace = path
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, direct := s.dial(t); !direct {
		t.Error("a connection still passes the proxy")
	}
	left := redirect{s.path, "maildrill_test_proxy"}
	if err := left.within(func(c *nftables.Conn) error {
		table, err := left.find(c)
		if table != nil {
			t.Error("the table is left")
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestARuleEndsByItself(t *testing.T) {
	s := newSpace(t, "198.18.0.9")
	p, err := Start(s.path, "maildrill_test_proxy")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Put(t.Context(), s.rule(t, "one", 100*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if standing, err := p.Rules(t.Context(), faults.Dialogue); err == nil && len(standing) == 0 {
			if _, direct := s.dial(t); direct {
				return
			}
		}
	}
	t.Fatal("the rule outlives its time")
}

// Connections that exist are reset where the rule asks for it, when the node
// next speaks; the proxy's own are not.
func TestConnectionsThatExistAreResetOnDemand(t *testing.T) {
	for _, address := range []string{"198.18.0.9", "fd00::9"} {
		s := newSpace(t, address)
		old, _ := s.dial(t)
		p, err := Start(s.path, "maildrill_test_proxy")
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		spec := faults.DialogueSpec{To: []netip.AddrPort{s.at}, Protocol: "none", Reset: true}
		r, err := faults.NewRule("one", faults.Dialogue, spec, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		_, _ = old.Write([]byte("hello"))
		if n, err := old.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: a connection that existed = %d, %v; want a reset", address, n, err)
		}
		c, direct := s.dial(t)
		if direct {
			t.Error("a connection went past the proxy")
		}
		echo(t, c)
	}
}
