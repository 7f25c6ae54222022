package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"
)

// traffic watches what passes the interfaces that the host had before a drill: what
// stays within the drill's own network is on none of them.
type traffic struct {
	socket int
	known  []int // interfaces
	done   chan struct{}

	mu    sync.Mutex
	asked []string // names in questions of DNS
	mail  []string // connections that were begun to a port of mail
}

// What is planted is known by its name, and by its address: copies of its packets may be
// read late.
const (
	firstName      = "first.planted.example.org."
	lastName       = "last.planted.example.org."
	plantedAddress = "127.77.77.77"
)

// mailPorts are those of SMTP, LMTP, submission and IMAP.
var mailPorts = []uint16{24, 25, 465, 587, 143, 993}

// watchTraffic begins to watch, and makes sure that it sees what it is there to see.
func watchTraffic(t *testing.T) *traffic {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: to watch the traffic of a host takes root")
	}
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(htons(unix.ETH_P_ALL)))
	must(t, err)
	must(t, unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000}))
	w := &traffic{socket: socket, done: make(chan struct{})}
	interfaces, err := net.Interfaces()
	must(t, err)
	for _, i := range interfaces {
		w.known = append(w.known, i.Index)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); w.read() }()
	t.Cleanup(func() { close(w.done); <-ended; _ = unix.Close(socket) })
	w.plant(t, firstName)
	return w
}

func htons(n uint16) uint16 { return n<<8 | n>>8 }

func (w *traffic) read() {
	buffer := make([]byte, 1<<16)
	for {
		select {
		case <-w.done:
			return
		default:
		}
		n, from, err := unix.Recvfrom(w.socket, buffer, 0)
		link, ok := from.(*unix.SockaddrLinklayer)
		if err == nil && ok && slices.Contains(w.known, link.Ifindex) {
			w.packet(buffer[:n])
		}
	}
}

// packet takes one of IPv4 or IPv6 (without extension headers).
func (w *traffic) packet(p []byte) {
	var protocol byte
	var host net.IP
	switch {
	case len(p) >= 20 && p[0]>>4 == 4 && len(p) >= int(p[0]&15)*4:
		protocol, host, p = p[9], net.IP(p[16:20]), p[int(p[0]&15)*4:]
	case len(p) >= 40 && p[0]>>4 == 6:
		protocol, host, p = p[6], net.IP(p[24:40]), p[40:]
	default:
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case protocol == unix.IPPROTO_UDP && len(p) > 8 && binary.BigEndian.Uint16(p[2:]) == 53:
		w.question(p[8:])
	case protocol == unix.IPPROTO_TCP && len(p) >= 20:
		to, syn := binary.BigEndian.Uint16(p[2:]), p[13]&0x12 == 0x02
		if data := p[min(len(p), int(p[12]>>4)*4):]; to == 53 && len(data) > 2 {
			w.question(data[2:])
		}
		if syn && slices.Contains(mailPorts, to) {
			w.mail = append(w.mail, fmt.Sprintf("%s:%d", host, to))
		}
	}
}

func (w *traffic) question(message []byte) {
	var m dns.Msg
	if m.Unpack(message) != nil {
		return
	}
	for _, q := range m.Question {
		w.asked = append(w.asked, strings.ToLower(q.Name))
	}
}

// plant does what no drill may do, by the loopback, so that one that sees nothing fails.
func (w *traffic) plant(t *testing.T, name string) {
	t.Helper()
	var question dns.Msg
	question.SetQuestion(name, dns.TypeMX)
	text, err := question.Pack()
	must(t, err)
	eventually(t, 5*time.Second, "a planted question and a planted connection are seen", func() bool {
		if conn, err := net.Dial("udp", "127.0.0.1:53"); err == nil {
			_, _ = conn.Write(text)
			conn.Close()
		}
		if conn, err := net.DialTimeout("tcp", plantedAddress+":25", time.Second); err == nil {
			conn.Close()
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.Contains(w.asked, name) && slices.Contains(w.mail, plantedAddress+":25")
	})
}

// none wants that nobody asked for a name of these domains, and that no mail left.
func (w *traffic) none(t *testing.T, domains ...string) {
	t.Helper()
	w.plant(t, lastName) // it has seen to the end
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range w.asked {
		if name != firstName && name != lastName && slices.ContainsFunc(domains, func(d string) bool { return name == d+"." || strings.HasSuffix(name, "."+d+".") }) {
			t.Errorf("somebody asked for %s outside of the drill", name)
		}
	}
	if begun := slices.DeleteFunc(w.mail, func(to string) bool { return to == plantedAddress+":25" }); len(begun) > 0 {
		t.Errorf("connections to ports of mail were begun outside of the drill: %v", begun)
	}
}
