package smtp

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
)

// terminate ends TLS at the proxy: with a bad certificate towards the client,
// and without a look at the server's.
func (p *play) terminate(command string) error {
	r, err := p.server.ask(command)
	if err != nil {
		return err
	}
	if r.code == 220 {
		p.server = newEnd(tls.Client(under(p.server), &tls.Config{InsecureSkipVerify: true})) // #nosec G402 -- the drill's own network
	}
	cert, err := p.authority.Issue(p.name, p.script.Certificate)
	if err != nil {
		return err
	}
	if err := p.client.say("220 2.0.0 Ready to start TLS\r\n"); err != nil {
		return err
	}
	secret := tls.Server(under(p.client), &tls.Config{Certificates: []tls.Certificate{cert}})
	p.meter.Add("certificates")
	if err := secret.HandshakeContext(p.ctx); err != nil {
		return errors.Join(err, errOver)
	}
	p.client, p.mail = newEnd(secret), mail{}
	return nil
}

// under is the connection below, with what was read of it already.
func under(e *end) net.Conn { return &unread{e.Conn, e.r} }

type unread struct {
	net.Conn
	r *bufio.Reader
}

func (u *unread) Read(b []byte) (int, error) { return io.Reader(u.r).Read(b) }
