package milter

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/pause"
)

// speaker follows one script.
type speaker struct{ faults.MilterScript }

// verdicts are what recipients are answered with.
var verdicts = map[faults.FilterEffect]byte{
	faults.FilterAccepts: accept, faults.FilterRejects: reject, faults.FilterTempfail: tempfail,
}

// New reads a script and makes its speaker.
func New(script json.RawMessage) (dialogue.Speaker, error) {
	var s speaker
	if err := dialogue.Read(script, &s.MilterScript); err != nil {
		return nil, err
	}
	_, known := verdicts[s.Effect]
	if !known && s.Effect != faults.FilterDown && s.Effect != faults.FilterSlow {
		return nil, fmt.Errorf("a filter cannot be made %q", s.Effect)
	}
	return s, nil
}

// Speak implements [dialogue.Speaker].
func (s speaker) Speak(ctx context.Context, client, server net.Conn, m *dialogue.Meter) error {
	if s.Effect == faults.FilterDown {
		m.Add("connections")
		dialogue.Reset(client)
		return nil
	}
	if verdict, ok := verdicts[s.Effect]; ok {
		defer dialogue.EndWith(ctx, client, server)()
		return ended(s.decide(client, verdict, m))
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		_, _ = io.Copy(server, client)
		_ = server.SetReadDeadline(time.Unix(1, 0)) // nobody is left to be answered
	}()
	err := s.late(ctx, client, server, m)
	_ = client.Close() // ends the copying
	<-asked
	return ended(err)
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// decide stands for the filter: whatever comes before a recipient may go on.
func (s speaker) decide(client net.Conn, verdict byte, m *dialogue.Meter) error {
	for {
		command, raw, err := read(client)
		if err != nil {
			return err
		}
		answer := message(goOn)
		switch command {
		case quit:
			return nil
		case quitNew, macros, abort: // these are not answered
			continue
		case optionNegotiation:
			answer = negotiated(raw)
		case recipient:
			m.Add("recipients")
			m.Note(string(verdict) + " for " + string(bytes.TrimRight(raw[5:], "\x00")))
			answer = message(verdict)
		case bodyEnd:
			answer = message(accept)
		}
		if _, err := client.Write(answer); err != nil {
			return err
		}
	}
}

// negotiated takes the server's version and asks for no action, and for every
// step of the protocol with an answer to each.
func negotiated(raw []byte) []byte {
	version := uint32(6)
	if len(raw) >= 9 {
		version = min(version, binary.BigEndian.Uint32(raw[5:9]))
	}
	options := binary.BigEndian.AppendUint32(nil, version)
	return message(optionNegotiation, append(options, make([]byte, 8)...)...)
}

// late hands the filter's answers on, each after the delay. What an answer changes
// before it is no answer. With the end of the rule what is held comes at once, and
// the rest of the dialogue in time: a filter that was slow has lost nobody.
func (s speaker) late(ctx context.Context, client, server net.Conn, m *dialogue.Meter) error {
	delay := s.Delay
	if dialogue.IsVisit(client) {
		delay = min(delay, faults.LookWait)
	}
	for {
		kind, raw, err := read(server)
		if err != nil {
			return err
		}
		if strings.IndexByte(changes, kind) < 0 {
			m.Add("answers")
			pause.For(ctx, delay)
		}
		if _, err := client.Write(raw); err != nil {
			return err
		}
	}
}
