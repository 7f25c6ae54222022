package ldap

import (
	"context"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/pause"
)

// sequence is the first byte of every message (RFC 4511, 4.1.1).
const sequence = 0x30

// Operations by the tag of their messages (RFC 4511, 4.2 to 4.12).
const (
	searchEntry     = 4
	searchReference = 19
)

// alter gives what becomes of one message of the directory; nothing: it is held
// back.
func (s speaker) alter(ctx context.Context, message *ber.Packet, raw []byte, look bool, m *dialogue.Meter) ([]byte, error) {
	op := operation(message)
	entry := op == searchEntry || op == searchReference
	switch {
	case s.Effect == faults.DirectoryEmpty && entry:
		m.Add("entries")
		m.Note("held back: " + name(message))
		return nil, nil
	case s.Effect == faults.DirectoryWrong && op == searchEntry:
		m.Add("entries")
		m.Note("altered: " + name(message))
		return wrong(message, s.Value), nil
	case s.Effect == faults.DirectorySlow && !entry:
		m.Add("answers")
		return raw, wait(ctx, s.Delay, look)
	}
	return raw, nil
}

// wait keeps an answer for the delay, and a look of the drill's own no longer
// than it may be kept.
func wait(ctx context.Context, delay time.Duration, look bool) error {
	if look {
		delay = min(delay, faults.LookWait)
	}
	pause.For(ctx, delay)
	return ctx.Err()
}

// operation is the tag of what a message is about; -1: none.
func operation(message *ber.Packet) int {
	if len(message.Children) < 2 || message.Children[1].ClassType != ber.ClassApplication {
		return -1
	}
	return int(message.Children[1].Tag)
}

// name is that of an entry.
func name(message *ber.Packet) string {
	if op := message.Children[1]; len(op.Children) > 0 {
		return string(op.Children[0].ByteValue)
	}
	return ""
}

// wrong writes an entry anew, each attribute with the one value (RFC 4511, 4.5.2).
func wrong(message *ber.Packet, value string) []byte {
	out := ber.NewSequence("LDAPMessage")
	out.AppendChild(message.Children[0])
	entry := ber.Encode(ber.ClassApplication, ber.TypeConstructed, searchEntry, nil, "SearchResultEntry")
	entry.AppendChild(text(name(message)))
	attributes := ber.NewSequence("PartialAttributeList")
	if op := message.Children[1]; len(op.Children) > 1 {
		for _, a := range op.Children[1].Children {
			if len(a.Children) > 0 {
				attributes.AppendChild(attribute(string(a.Children[0].ByteValue), value))
			}
		}
	}
	entry.AppendChild(attributes)
	out.AppendChild(entry)
	return out.Bytes()
}

func attribute(name, value string) *ber.Packet {
	a := ber.NewSequence("PartialAttribute")
	a.AppendChild(text(name))
	values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "vals")
	values.AppendChild(text(value))
	a.AppendChild(values)
	return a
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}
