package meter

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/enter"
)

// Between sends the train from the network namespace at the path here to that
// at there, and one like it back, at the same time.
func Between(ctx context.Context, here, there string, t faults.Train) (faults.Journey, error) {
	if t.Count < 1 || t.Count > mostSent || t.Gap < 0 || t.Patience < 0 {
		return faults.Journey{}, fmt.Errorf("a train of %d datagrams; valid: 1 to %d", t.Count, mostSent)
	}
	near, far, err := ends(here, there, t)
	if err != nil {
		return faults.Journey{}, err
	}
	defer near.Close()
	defer far.Close()
	defer context.AfterFunc(ctx, func() { near.Close(); far.Close() })()
	began := time.Now()
	var j faults.Journey
	var wg sync.WaitGroup
	var errs [4]error
	wg.Go(func() { errs[0] = send(near, far, t, began) })
	wg.Go(func() { errs[1] = send(far, near, t, began) })
	wg.Go(func() { j.There, errs[2] = receive(far, there, t, began) })
	wg.Go(func() { j.Back, errs[3] = receive(near, here, t, began) })
	wg.Wait()
	if ctx.Err() != nil {
		return faults.Journey{}, ctx.Err()
	}
	return j, errors.Join(errs[:]...)
}

const (
	mostSent = 1000
	// sizeofStamp is the number of a datagram and when it was sent.
	sizeofStamp = 12
	sizeofUDP   = 8
	tries       = 50
)

// ends opens a socket in each namespace. The near one has a port that is kept
// for visits, the far one that of the train. Where a server has that port, the
// two change places: rules look for it at either end.
func ends(here, there string, t faults.Train) (near, far *net.UDPConn, err error) {
	far, err = open(there, t.There, t.Port)
	if err == nil {
		near, err = open(here, t.Here, 0)
	} else if t.Port != 0 && errors.Is(err, syscall.EADDRINUSE) {
		if near, err = open(here, t.Here, t.Port); err == nil {
			far, err = open(there, t.There, 0)
		}
	}
	if err != nil {
		for _, c := range []*net.UDPConn{near, far} {
			if c != nil {
				c.Close()
			}
		}
		return nil, nil, fmt.Errorf("open the ends of a train from %v to %v: %w", t.Here, t.There, err)
	}
	return near, far, nil
}

// open takes the port, or 0: the first one free of those that are kept for visits.
func open(namespace string, a netip.Addr, port uint16) (conn *net.UDPConn, err error) {
	first, last := port, port
	if port == 0 {
		first, last = faults.VisitorPorts[1]-tries, faults.VisitorPorts[1]
	}
	err = enter.Network(namespace, func() error {
		for p := last; p >= first; p-- {
			conn, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, p)))
			if !errors.Is(err, syscall.EADDRINUSE) {
				break
			}
		}
		return err
	})
	if err == nil {
		err = roomy(conn)
	}
	return conn, err
}

// roomy makes room for a whole train: a reader that is not scheduled for a while
// must not be taken for a path that loses.
func roomy(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var refused error
	err = raw.Control(func(fd uintptr) {
		refused = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20)
	})
	return errors.Join(err, refused)
}

// send sends the datagrams, each at its time.
func send(from, to *net.UDPConn, t faults.Train, began time.Time) error {
	header := 20
	if t.There.Is6() {
		header = 40
	}
	text := make([]byte, max(sizeofStamp, t.Size-header-sizeofUDP))
	other := to.LocalAddr().(*net.UDPAddr)
	for i := range t.Count {
		time.Sleep(time.Until(began.Add(time.Duration(i) * t.Gap)))
		binary.BigEndian.PutUint32(text, uint32(i))
		binary.BigEndian.PutUint64(text[4:], uint64(time.Since(began)))
		if _, err := from.WriteToUDP(text, other); err != nil && !errors.Is(err, syscall.EPERM) { // a rule has dropped it
			return err
		}
	}
	return nil
}

// straggle is how long the end of a train is waited for that is all there: the
// second copies.
const straggle = 30 * time.Millisecond

// receive takes what comes until all are there, or until patience ends.
func receive(at *net.UDPConn, namespace string, t faults.Train, began time.Time) (p faults.Passing, err error) {
	before, err := brokenDatagrams(namespace)
	if err != nil {
		return p, err
	}
	if err := at.SetReadDeadline(began.Add(time.Duration(t.Count)*t.Gap + t.Patience)); err != nil {
		return p, err
	}
	missing := map[int]bool{}
	for i := range t.Count {
		missing[i] = true
	}
	buffer := make([]byte, 1<<16)
	for {
		n, _, err := at.ReadFromUDP(buffer)
		if err != nil {
			break
		}
		if n < sizeofStamp {
			continue
		}
		now, number := time.Since(began), int(binary.BigEndian.Uint32(buffer))
		sent := time.Duration(binary.BigEndian.Uint64(buffer[4:]))
		p.Came = append(p.Came, faults.Datagram{Number: number, Took: now - sent, At: now})
		if delete(missing, number); len(missing) == 0 {
			_ = at.SetReadDeadline(time.Now().Add(straggle))
		}
	}
	after, err := brokenDatagrams(namespace)
	p.Broken = after - before
	return p, err
}
