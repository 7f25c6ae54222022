package netqueue

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"maildrill/harness/agent/enter"
)

// Mark is that of packets which were sent a second time for a queue: the rule
// that feeds it must leave them alone.
func Mark(queue uint16) uint32 { return 0x6d64<<16 | uint32(queue) }

// sender sends packets again as they are, from raw sockets (raw(7)). One that
// came from elsewhere is routed to its own address by way of the loopback, which
// rules never touch: it arrives a second time.
type sender struct{ v4, v6 int }

func newSender(namespace string, mark uint32) (s *sender, err error) {
	s = &sender{-1, -1}
	err = enter.Network(namespace, func() error {
		for family, fd := range map[int]*int{unix.AF_INET: &s.v4, unix.AF_INET6: &s.v6} {
			made, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_RAW)
			if errors.Is(err, unix.EAFNOSUPPORT) {
				continue
			}
			if err != nil {
				return fmt.Errorf("open a raw socket: %w", err)
			}
			*fd = made
			if err := unix.SetsockoptInt(made, unix.SOL_SOCKET, unix.SO_MARK, int(mark)); err != nil {
				return fmt.Errorf("mark a raw socket: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// send sends once more; what the kernel will not take is not twice there.
func (s *sender) send(b []byte) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4 && s.v4 >= 0:
		_ = unix.Sendto(s.v4, b, 0, &unix.SockaddrInet4{Addr: [4]byte(b[16:20])})
	case len(b) >= 40 && b[0]>>4 == 6 && s.v6 >= 0:
		_ = unix.Sendto(s.v6, b, 0, &unix.SockaddrInet6{Addr: [16]byte(b[24:40])})
	}
}

func (s *sender) close() error {
	var errs []error
	for _, fd := range []int{s.v4, s.v6} {
		if fd >= 0 {
			errs = append(errs, unix.Close(fd))
		}
	}
	return errors.Join(errs...)
}
