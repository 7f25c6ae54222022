package visit_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/visit"
)

// own is the namespace of the test itself; to enter it takes root all the same.
const own = "/proc/self/ns/net"

func needRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: entering a network namespace takes root")
	}
}

// serve plays each connection and gives the address.
func serve(t *testing.T, play func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			play(c)
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func TestAVisitConverses(t *testing.T) {
	needRoot(t)
	ports := make(chan int, 1)
	to := serve(t, func(c net.Conn) {
		ports <- c.RemoteAddr().(*net.TCPAddr).Port
		_, _ = c.Write([]byte("220 here\r\n"))
		said := make([]byte, 4)
		_, _ = c.Read(said)
		_, _ = c.Write([]byte("221 bye"))
	})
	s, err := visit.From(t.Context(), own, faults.Visit{Network: "tcp", To: to, Greeting: "220", Say: []byte("QUIT"), Hear: 7, Timeout: time.Second})
	if err != nil || string(s.Bytes) != "221 bye" || s.Connected <= 0 || s.Greeted < s.Connected || s.Heard < s.Greeted {
		t.Fatalf("saw %+v, %v", s, err)
	}
	if p := <-ports; p < int(faults.VisitorPorts[0]) || p > int(faults.VisitorPorts[1]) {
		t.Errorf("it came from port %d, which is not kept for visits", p)
	}
}

func TestAVisitSaysHowItFailed(t *testing.T) {
	needRoot(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := closed.Addr().(*net.TCPAddr).AddrPort()
	_ = closed.Close()
	held := make(chan struct{})
	defer close(held)
	for name, c := range map[string]struct {
		namespace string
		to        netip.AddrPort
		want      error
	}{
		"nobody listens":      {own, refused, faults.ErrRefused},
		"no way there":        {empty(t), netip.MustParseAddrPort("198.18.0.1:25"), faults.ErrUnreachable},
		"reset after connect": {own, serve(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() }), faults.ErrReset},
		"a mute server":       {own, serve(t, func(c net.Conn) { <-held; _ = c.Close() }), faults.ErrNoGreeting},
	} {
		_, err := visit.From(t.Context(), c.namespace, faults.Visit{Network: "tcp", To: c.to, Greeting: "220", Timeout: 300 * time.Millisecond})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// empty makes a network namespace in which there is nothing, for as long as the
// test runs.
func empty(t *testing.T) string {
	t.Helper()
	path, over := make(chan string), make(chan struct{})
	t.Cleanup(func() { close(over) })
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
		}
		path <- fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid())
		<-over
	}()
	return <-path
}

func TestAVisitByDatagramHearsOneAnswer(t *testing.T) {
	needRoot(t)
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		b := make([]byte, 64)
		if n, from, err := c.ReadFrom(b); err == nil {
			_, _ = c.WriteTo(b[:n], from)
		}
	}()
	to := c.LocalAddr().(*net.UDPAddr).AddrPort()
	s, err := visit.From(t.Context(), own, faults.Visit{Network: "udp", To: to, Say: []byte("?"), Hear: 64, Timeout: time.Second})
	if err != nil || string(s.Bytes) != "?" {
		t.Errorf("saw %+v, %v", s, err)
	}
}
