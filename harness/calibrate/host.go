package calibrate

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"maildrill/harness/embedded/network"
	"maildrill/harness/topology"
)

// way dials from one host.
type way struct {
	network *network.Network
	from    *network.Host
}

// Dial implements probe.Dialer.
func (w way) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	return w.network.Dial(ctx, w.from, node, service)
}

// host is a mail exchanger that answers and forgets.
type host struct {
	*network.Host
	listener *network.Listener
	wg       sync.WaitGroup
}

func (h *host) open() error {
	l, err := h.Listen(topology.SMTP)
	if err != nil {
		return err
	}
	h.listener = l
	h.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			h.wg.Go(func() { defer c.Close(); answer(c) })
		}
	})
	return nil
}

func (h *host) shut() {
	h.Freeze(false)
	h.listener.Cut()
	h.wg.Wait()
}

// answer is as much of SMTP as a probe asks for.
func answer(c net.Conn) {
	fmt.Fprint(c, "220 mx1.test ESMTP\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		fmt.Fprint(c, "250 OK\r\n")
		if strings.HasPrefix(lines.Text(), "QUIT") {
			return
		}
	}
}

func (h *host) fail(kind string) error {
	switch kind {
	case refused:
		h.listener.Cut()
	case blackHoled:
		h.Isolate(time.Hour)
	case stalled:
		h.Freeze(true)
	}
	return nil
}

func (h *host) mend(kind string) error {
	switch kind {
	case refused:
		return h.open()
	case blackHoled:
		h.Rejoin()
	case stalled:
		h.Freeze(false)
	}
	return nil
}
