package ldap

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
)

// speaker follows one script.
type speaker struct{ faults.LDAPScript }

// New reads a script and makes its speaker.
func New(script json.RawMessage) (dialogue.Speaker, error) {
	var s speaker
	if err := dialogue.Read(script, &s.LDAPScript); err != nil {
		return nil, err
	}
	switch s.Effect {
	case faults.DirectoryDown, faults.DirectorySlow, faults.DirectoryEmpty, faults.DirectoryWrong:
		return s, nil
	}
	return nil, fmt.Errorf("a directory cannot be made %q", s.Effect)
}

// Speak implements [dialogue.Speaker]. It ends with the context at once: a client
// asks again on a new connection.
func (s speaker) Speak(ctx context.Context, client, server net.Conn, m *dialogue.Meter) error {
	if s.Effect == faults.DirectoryDown {
		m.Add("connections")
		dialogue.Reset(client)
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer dialogue.EndWith(ctx, client, server)()
	asked := make(chan error, 1)
	go func() {
		_, err := io.Copy(server, client)
		dialogue.CloseWrite(server)
		asked <- err
	}()
	err := s.answers(ctx, client, bufio.NewReader(server), m)
	cancel()
	<-asked
	return err
}

// answers hands the messages of the directory on.
func (s speaker) answers(ctx context.Context, client net.Conn, server *bufio.Reader, m *dialogue.Meter) error {
	for {
		if first, err := server.Peek(1); err != nil || first[0] != sequence {
			return whole(client, server, err) // it is over, or it is not LDAP: TLS
		}
		var raw bytes.Buffer
		message, err := ber.ReadPacket(io.TeeReader(server, &raw))
		if err != nil {
			return fmt.Errorf("read an answer of LDAP: %w", err)
		}
		out, err := s.alter(ctx, message, raw.Bytes(), dialogue.IsVisit(client), m)
		if err == nil && len(out) > 0 {
			_, err = client.Write(out)
		}
		if err != nil {
			return err
		}
	}
}

// whole hands the rest on as it is.
func whole(client io.Writer, server io.Reader, err error) error {
	if err == nil {
		_, err = io.Copy(client, server)
	}
	if err == io.EOF {
		return nil
	}
	return err
}
