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
	kept    bool // it does not reach the server
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
	if p.mail.chunks == nil {
		own := p.hit(faults.SMTPData, "")
		if own != nil {
			if _, err := io.CopyN(io.Discard, p.client.r, size); err != nil {
				return err
			}
			return p.give(own)
		}
		p.mail.chunks = &chunks{verdict: p.verdict(), sum: sha256.New()}
		p.mail.chunks.kept = len(p.mail.recipients) > 0 && (p.mail.chunks.verdict != nil || p.known() == 0)
	}
	c := p.mail.chunks
	if c.kept {
		if _, err := io.CopyN(io.Discard, p.client.r, size); err != nil {
			return err
		}
		if last {
			return p.keep(c.verdict)
		}
		return p.answer("250 2.0.0 OK\r\n")
	}
	return p.handChunk(c, command, size, last)
}

func (p *play) handChunk(c *chunks, command string, size int64, last bool) error {
	c.size += size
	if p.script.SizeLimit > 0 && c.size > p.script.SizeLimit {
		if _, err := io.CopyN(io.Discard, p.client.r, size); err != nil {
			return err
		}
		return errors.Join(p.tooBig(), errOver)
	}
	if (last || c.size > p.script.CutAfter) && p.script.Cut == faults.CutBeforeEOD {
		return p.cutChunk(c, command, size)
	}
	if last && p.script.Cut == faults.StallAtEOD {
		p.meter.Add("messages")
		return p.stall()
	}
	if err := p.server.say(command); err != nil {
		return err
	}
	if _, err := io.CopyN(io.MultiWriter(p.server, c.sum), p.client.r, size); err != nil {
		return err
	}
	if last && len(p.mail.recipients) > 0 {
		return p.verdicts([sha256.Size]byte(c.sum.Sum(nil)))
	}
	r, err := p.server.reply()
	if err != nil {
		return err
	}
	return p.answer(r.text())
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
