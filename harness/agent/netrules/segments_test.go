package netrules_test

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/enter"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/agent/wiretest"
)

// long is more than a healthy path needs.
const long = 10 * time.Second

// listening takes connections at the far end of a wire.
func listening(t *testing.T, w wiretest.Wire) net.Listener {
	t.Helper()
	var l net.Listener
	err := enter.Network(w.Far, func() (err error) {
		l, err = net.Listen("tcp", net.JoinHostPort(wiretest.Far4, "25"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func connect(w wiretest.Wire) (c net.Conn, err error) {
	err = enter.Network(w.Near, func() error {
		c, err = net.DialTimeout("tcp", net.JoinHostPort(wiretest.Far4, "25"), long)
		return err
	})
	return c, err
}

func put(t *testing.T, w wiretest.Wire, s faults.PacketSpec) {
	t.Helper()
	if err := netrules.Filter(w.Near, "drill", "r", s, time.Minute); err != nil {
		t.Fatal(err)
	}
}

// The other end of a connection that is reset learns of it: the rule does not
// swallow the resets that it makes.
func TestResetReachesTheOtherEnd(t *testing.T) {
	w := wiretest.New(t)
	l := listening(t, w)
	near, err := connect(w)
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	put(t, w, faults.PacketSpec{Action: "reset"})
	if _, err := far.Write([]byte("220 hello\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = far.SetReadDeadline(time.Now().Add(long))
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the far end read: %v", err)
	}
}

// What a rule on existing connections drops, it drops of those: the handshake of
// a new one passes.
func TestExistingSparesTheHandshake(t *testing.T) {
	w := wiretest.New(t)
	listening(t, w)
	put(t, w, faults.PacketSpec{Action: "drop", Flows: "existing"})
	near, err := connect(w)
	if err != nil {
		t.Fatal(err)
	}
	near.Close()
}
