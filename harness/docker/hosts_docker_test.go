package docker_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/client"
)

// overTCP offers the engine on a port of loopback.
func overTCP(t *testing.T, cli *client.Client) (host string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	network, address, _ := strings.Cut(cli.DaemonHost(), "://")
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { pass(c, network, address) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); conns.Wait() })
	return "tcp://" + l.Addr().String()
}

// pass copies both ways and keeps half-closes: an attached standard input ends
// by one.
func pass(c net.Conn, network, address string) {
	defer c.Close()
	engine, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer engine.Close()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(engine, c)
		if half, ok := engine.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	})
	_, _ = io.Copy(c, engine)
	_ = c.Close()
	both.Wait()
}

// elsewhere runs a victim against another engine address, in a process of its
// own, because testcontainers keeps its host for the life of a process. It
// returns what the victim printed.
func elsewhere(t *testing.T, cli *client.Client, host string) string {
	t.Helper()
	path, err := binary()
	must(t, err)
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+host, "MAILDRILL_TEST_VICTIM="+agentRef(t, cli),
		"MAILDRILL_TEST_BINARY="+path, "MAILDRILL_TEST_RUN="+runID(), "MAILDRILL_TEST_CLOSE=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String()
}

func TestEngineOverTCP(t *testing.T) {
	cli := needEngine(t)
	if got := elsewhere(t, cli, overTCP(t, cli)); !strings.Contains(got, "closed") {
		t.Errorf("a run over TCP printed:\n%s", got)
	}
}

func TestDeadHostBesideALiveSocket(t *testing.T) {
	cli := needEngine(t)
	if got := elsewhere(t, cli, "tcp://127.0.0.1:1"); !strings.Contains(got, "runtime unavailable") || strings.Contains(got, "started") {
		t.Errorf("a run against a dead host printed:\n%s", got)
	}
}
