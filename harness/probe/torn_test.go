package probe

import (
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/emersion/go-imap/v2/imapclient"

	"maildrill/harness/identity"
)

// TestATornMessageIsNoMessage: the connection ends inside a literal. What was
// seen is neither a message nor damage, and the decoder is left alone (the race
// detector watches).
func TestATornMessageIsNoMessage(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 20 {
		go tear(l)
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		m := &mailbox{client: imapclient.New(conn, nil)}
		err = m.read(from(1), whole, identity.Key{}, func(got message) { t.Errorf("took a torn message for one: %+v", got) })
		if !errors.Is(err, errTorn) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("error %v, want %v", err, errTorn)
		}
		m.close()
	}
}

// tear answers one command with the first bytes of a long message.
func tear(l net.Listener) {
	server, err := l.Accept()
	if err != nil {
		return
	}
	defer server.Close()
	fmt.Fprint(server, "* OK [CAPABILITY IMAP4rev1] ready\r\n")
	if _, err := server.Read(make([]byte, 256)); err == nil {
		fmt.Fprint(server, "* 1 FETCH (UID 1 BODY[] {4096}\r\nSubject: half\r\n\r\n half")
	}
}
