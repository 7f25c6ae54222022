package smtp

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"maildrill/faults"
)

// chunks is a message that comes by BDAT.
type chunks struct {
	kept    bool              // it does not reach the server
	refused *faults.SMTPReply // to a chunk, and so to those that follow (RFC 3030, section 2)
	verdict *faults.SMTPReply
	sum     hash.Hash
	size    int64
}

// bdat plays one chunk. Its bytes follow the command whatever is answered.
func (p *play) bdat(command string) error {
	size, last, ok := chunk(command)
	if !ok {
		return errors.Join(p.client.say("501 5.5.4 Syntax: BDAT size [LAST]\r\n"), errOver)
	}
	first := p.mail.chunks == nil
	if first {
		p.mail.chunks = p.newChunks()
	}
	c := p.mail.chunks
	if c.refused == nil && !c.kept {
		return p.handChunk(c, command, size, last)
	}
	if _, err := io.CopyN(io.Discard, p.client.r, size); err != nil {
		return err
	}
	switch {
	case c.refused != nil && first:
		return p.give(c.refused)
	case c.refused != nil:
		return p.answer(written(c.refused))
	case last:
		return p.keep(c.verdict)
	}
	return p.answer("250 2.0.0 OK\r\n")
}

// newChunks decides what becomes of a message.
func (p *play) newChunks() *chunks {
	if own := p.hit(faults.SMTPData); own != nil {
		return &chunks{refused: own}
	}
	c := &chunks{verdict: p.verdict(), sum: sha256.New()}
	c.kept = len(p.mail.recipients) > 0 && (c.verdict != nil || p.known() == 0)
	return c
}

func (p *play) handChunk(c *chunks, command string, size int64, last bool) error {
	c.size += size
	mailed := len(p.mail.recipients) > 0
	switch {
	case p.script.SizeLimit > 0 && c.size > p.script.SizeLimit:
		return p.bigChunk(c, size)
	case mailed && p.script.Cut == faults.CutBeforeEOD && (last || c.size > p.script.CutAfter):
		return p.cutChunk(c, command, size)
	case mailed && p.script.Cut == faults.StallAtEOD && last:
		p.meter.Add("messages")
		return p.stall()
	}
	if err := p.server.say(command); err != nil {
		return err
	}
	if _, err := io.CopyN(io.MultiWriter(p.server, c.sum), p.client.r, size); err != nil {
		return err
	}
	if last && mailed {
		return p.verdicts([sha256.Size]byte(c.sum.Sum(nil)))
	}
	r, err := p.server.reply()
	if err != nil {
		return err
	}
	return p.answer(r.text())
}

// bigChunk refuses a message that grew beyond the limit, and lets the server
// forget the transaction.
func (p *play) bigChunk(c *chunks, size int64) error {
	if _, err := io.CopyN(io.Discard, p.client.r, size); err != nil {
		return err
	}
	if _, err := p.server.ask("RSET\r\n"); err != nil {
		return err
	}
	c.refused = p.beyond()
	p.meter.Add("refusals")
	return p.answer(written(c.refused))
}

// cutChunk lets a part of a chunk through.
func (p *play) cutChunk(c *chunks, command string, size int64) error {
	part := max(0, min(size-1, size-(c.size-p.script.CutAfter)))
	p.meter.Add("messages")
	if part > 0 {
		_ = p.server.say(fmt.Sprintf("%s\r\n", strings.TrimRight(command, "\r\n")))
		_, _ = io.CopyN(p.server, p.client.r, part)
	}
	return p.reset()
}
