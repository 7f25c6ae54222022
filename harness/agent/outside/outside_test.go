package outside_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/agent/mux"
	"maildrill/harness/agent/outside"
	"maildrill/harness/topology"
)

// vantage joins a client and a serving vantage in memory; both are over, and
// awaited, at the end of the test.
func vantage(t *testing.T) *outside.Client {
	t.Helper()
	here, there := net.Pipe()
	near, err := mux.Dial(here)
	if err != nil {
		t.Fatal(err)
	}
	far, err := mux.Accept(there)
	if err != nil {
		t.Fatal(err)
	}
	client := outside.NewClient(near)
	done := make(chan error, 2)
	go func() { done <- outside.Serve(context.Background(), far) }()
	go func() { done <- client.Run(context.Background()) }()
	t.Cleanup(func() {
		_ = near.Close()
		for range 2 {
			select {
			case <-done:
			case <-time.After(5 * time.Second):
				t.Error("a side did not end with the session")
			}
		}
	})
	return client
}

// server accepts one connection on loopback and hands it to the test.
func server(t *testing.T) (netip.AddrPort, <-chan *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conns := make(chan *net.TCPConn, 1)
	go func() {
		defer l.Close()
		if c, err := l.Accept(); err == nil {
			conns <- c.(*net.TCPConn)
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return netip.MustParseAddrPort(l.Addr().String()), conns
}

func connected(t *testing.T) (client net.Conn, node *net.TCPConn) {
	t.Helper()
	addr, conns := server(t)
	client, err := vantage(t).Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	node = <-conns
	t.Cleanup(func() { _ = client.Close(); _ = node.Close() })
	return client, node
}

func TestBytesPassBothWays(t *testing.T) {
	client, node := connected(t)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MiB: many frames, more than a window
	go func() { _, _ = node.Write(sent); _ = node.Close() }()
	got, err := io.ReadAll(client)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("read %d bytes, %v; want %d and a plain end", len(got), err, len(sent))
	}
}

func TestCloseReachesTheNode(t *testing.T) {
	client, node := connected(t)
	if _, err := client.Write([]byte("QUIT\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	got, err := io.ReadAll(node)
	if err != nil || string(got) != "QUIT\r\n" {
		t.Errorf("the node read %q, %v", got, err)
	}
}

func TestResetIsNotAnEnd(t *testing.T) {
	client, node := connected(t)
	_ = node.SetLinger(0) // close with RST
	_ = node.Close()
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read after RST = %v, want ECONNRESET", err)
	}
}

func TestDeadlineLosesNothing(t *testing.T) {
	client, node := connected(t)
	_ = client.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read past the deadline = %v", err)
	}
	_ = client.SetReadDeadline(time.Time{})
	_, _ = node.Write([]byte("220 "))
	got := make([]byte, 4)
	if _, err := io.ReadFull(client, got); err != nil || string(got) != "220 " {
		t.Errorf("read after the deadline = %q, %v", got, err)
	}
}

func TestDialErrors(t *testing.T) {
	v := vantage(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := netip.MustParseAddrPort(l.Addr().String())
	_ = l.Close()
	if _, err := v.Dial(t.Context(), closed); !errors.Is(err, topology.ErrRefused) {
		t.Errorf("dial a closed port = %v, want ErrRefused", err)
	}
	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if _, err := v.Dial(expired, closed); !errors.Is(err, topology.ErrTimeout) {
		t.Errorf("dial past the deadline = %v, want ErrTimeout", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Dial(cancelled, closed); !errors.Is(err, context.Canceled) || errors.Is(err, topology.ErrTimeout) {
		t.Errorf("cancelled dial = %v, want context.Canceled", err)
	}
}

func TestListenForwardsConnections(t *testing.T) {
	v := vantage(t)
	l, err := v.Listen(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Listen(t.Context(), 0); err == nil {
		t.Error("the same port was given twice")
	}
	port := l.Addr().(*net.TCPAddr).Port
	node, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	sink, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if sink.RemoteAddr().String() != node.LocalAddr().String() {
		t.Errorf("remote address = %s, want %s", sink.RemoteAddr(), node.LocalAddr())
	}
	_, _ = sink.Write([]byte("220 sink"))
	_ = sink.Close()
	if got, err := io.ReadAll(node); err != nil || string(got) != "220 sink" {
		t.Errorf("the node read %q, %v", got, err)
	}
	_ = l.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept after close = %v, want net.ErrClosed", err)
	}
}
