package smtp

import (
	"crypto/tls"
	"errors"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
)

// noise is what follows where TLS was agreed on: not a record of TLS (RFC 8446,
// 5.1), which begins with a type from 20 to 23.
const noise = "\x00\x00drill: this is not TLS\r\n"

func (p *play) startTLS(command string) error {
	if own := p.hit(faults.SMTPStart); own != nil {
		return p.give(own)
	}
	switch p.script.StartTLS {
	case faults.TLSStrip:
		return p.refuse("refusals", 502, "5.5.1", "STARTTLS is not offered")
	case faults.TLSFail:
		return p.refuse("refusals", 454, "4.7.0", "TLS is not available at the moment")
	case faults.TLSGarbage:
		p.meter.Add("garbage")
		return errors.Join(p.client.say("220 2.0.0 Ready to start TLS\r\n"+noise), errOver)
	}
	if p.script.Certificate != "" {
		return p.terminate(command)
	}
	r, err := p.relay(command)
	if err != nil || r.code != 220 {
		return err
	}
	// From here on the two ends speak in secret.
	return errors.Join(dialogue.Join(p.ctx, p.client.Conn, p.server.Conn, p.client.r, p.server.r), errOver)
}

// secure tells whether the proxy has ended TLS already.
func (p *play) secure() bool {
	_, ok := p.client.Conn.(*tls.Conn)
	return ok
}
