package faulttest

import (
	"context"
	"encoding/binary"
	"io"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/speakers"
)

// Dependencies lets attempts from the node reach a directory and a filter at the
// other ends of its links, with what its rules do to them.
type Dependencies struct {
	*Node
	// Serve is the dependency, on one connection.
	Serve func(net.Conn)
}

// Visit makes an attempt at the dependency, through the speaker of each rule.
func (d Dependencies) Visit(ctx context.Context, v faults.Visit) (faults.Sight, error) {
	speaker := dialogue.Speaker(nil)
	standing, err := d.standing(ctx)
	if err != nil {
		return faults.Sight{}, err
	}
	for _, r := range standing {
		var spec faults.DialogueSpec
		if err := r.Decode(&spec); err != nil {
			return faults.Sight{}, err
		}
		if speaker, err = speakers.New(spec.Protocol, spec.Script); err != nil {
			return faults.Sight{}, err
		}
	}
	var s faults.Sight
	err = d.converse(speaker, v, &s)
	return s, err
}

// standing are the rules that are carried out.
func (d Dependencies) standing(ctx context.Context) ([]faults.Rule, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []faults.Rule
	for _, r := range d.rules {
		if r.Mechanism == faults.Dialogue && !r.void {
			all = append(all, r.Rule)
		}
	}
	return all, ctx.Err()
}

// converse is one connection, through a speaker if there is one.
func (d Dependencies) converse(speaker dialogue.Speaker, v faults.Visit, s *faults.Sight) error {
	client, front, err := wire()
	if err != nil {
		return err
	}
	defer client.Close()
	if speaker == nil {
		go serve(d.Serve, front)
		return attempt(client, v, s)
	}
	back, server, err := wire()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go serve(d.Serve, server)
	go func() {
		_ = speaker.Speak(ctx, visitor{front}, back, &dialogue.Meter{})
		_ = front.Close()
		_ = back.Close()
	}()
	return attempt(client, v, s)
}

func serve(how func(net.Conn), c net.Conn) {
	defer c.Close()
	how(c)
}

// Directory is one that has a root and nothing else.
func Directory(c net.Conn) {
	for {
		request, err := ber.ReadPacket(c)
		if err != nil || len(request.Children) < 2 || len(request.Children[1].Children) < 7 {
			return
		}
		id := request.Children[0]
		if request.Children[1].Children[6].Data.String() == "objectClass" {
			entry := application(4, text(""), sequence(sequence(text("supportedLDAPVersion"), set(text("3")))))
			if _, err := c.Write(sequence(id, entry).Bytes()); err != nil {
				return
			}
		}
		done := application(5, ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, 0, ""), text(""), text(""))
		if _, err := c.Write(sequence(id, done).Bytes()); err != nil {
			return
		}
	}
}

func application(tag ber.Tag, parts ...*ber.Packet) *ber.Packet {
	return with(ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, ""), parts)
}

func sequence(parts ...*ber.Packet) *ber.Packet { return with(ber.NewSequence(""), parts) }

func set(parts ...*ber.Packet) *ber.Packet {
	return with(ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, ""), parts)
}

func with(p *ber.Packet, parts []*ber.Packet) *ber.Packet {
	for _, part := range parts {
		p.AppendChild(part)
	}
	return p
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

// Filter is one that lets everything go on, and then takes it.
func Filter(c net.Conn) {
	for {
		var head [5]byte
		if _, err := io.ReadFull(c, head[:]); err != nil {
			return
		}
		data := make([]byte, binary.BigEndian.Uint32(head[:4])-1)
		if _, err := io.ReadFull(c, data); err != nil {
			return
		}
		answer := []byte{0, 0, 0, 1, 'c'}
		if head[4] == 'O' {
			answer = append(head[:], data...)
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}
