package ldap_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"maildrill/faults"
	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/ldap"
)

// play lets one entry and the end of its search pass a script. It gives what the
// client reads until the directory is silent, and the counters.
func play(t *testing.T, script faults.LDAPScript) ([]*ber.Packet, map[string]uint64) {
	t.Helper()
	text, err := json.Marshal(script)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ldap.New(text)
	if err != nil {
		t.Fatal(err)
	}
	client, front := net.Pipe()
	back, server := net.Pipe()
	var m dialogue.Meter
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Speak(t.Context(), front, back, &m)
		_ = front.Close()
		_ = back.Close()
	}()
	go func() {
		_, _ = server.Write(append(entry("u1@drill.test"), finished...))
		_ = server.Close()
	}()
	var heard []*ber.Packet
	for {
		p, err := ber.ReadPacket(client)
		if err != nil {
			break
		}
		heard = append(heard, p)
	}
	_ = client.Close()
	<-done
	return heard, m.Counts()
}

var finished = []byte{0x30, 0x0c, 2, 1, 1, 0x65, 7, 0x0a, 1, 0, 4, 0, 4, 0}

// entry is one of a single attribute with two values.
func entry(mail string) []byte {
	str := func(s string) *ber.Packet {
		return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
	}
	values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
	values.AppendChild(str(mail))
	values.AppendChild(str("alias@drill.test"))
	one, all := ber.NewSequence(""), ber.NewSequence("")
	one.AppendChild(str("mail"))
	one.AppendChild(values)
	all.AppendChild(one)
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 4, nil, "")
	op.AppendChild(str("mail=" + mail + ",dc=drill,dc=test"))
	op.AppendChild(all)
	message := ber.NewSequence("")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	message.AppendChild(op)
	return message.Bytes()
}

func TestEmptyFindsNothingAndSucceeds(t *testing.T) {
	heard, counts := play(t, faults.LDAPScript{Effect: faults.DirectoryEmpty})
	if len(heard) != 1 || heard[0].Children[1].Tag != 5 || counts["entries"] != 1 {
		t.Errorf("heard %d messages, counted %v; want the end of the search alone", len(heard), counts)
	}
}

func TestWrongKeepsTheEntryAndAltersItsValues(t *testing.T) {
	heard, counts := play(t, faults.LDAPScript{Effect: faults.DirectoryWrong, Value: "stranger@drill.test"})
	if len(heard) != 2 || counts["entries"] != 1 {
		t.Fatalf("heard %d messages, counted %v", len(heard), counts)
	}
	op := heard[0].Children[1]
	name := op.Children[0].Data.String()
	values := op.Children[1].Children[0].Children[1].Children
	if !strings.HasPrefix(name, "mail=u1@") || len(values) != 1 || values[0].Data.String() != "stranger@drill.test" {
		t.Errorf("entry %s with values %v", name, values)
	}
}

func TestSlowDelaysTheEndOfASearch(t *testing.T) {
	began := time.Now()
	heard, counts := play(t, faults.LDAPScript{Effect: faults.DirectorySlow, Delay: 50 * time.Millisecond})
	if len(heard) != 2 || counts["answers"] != 1 || time.Since(began) < 50*time.Millisecond {
		t.Errorf("heard %d messages after %v, counted %v", len(heard), time.Since(began), counts)
	}
}

func TestDownEndsEveryConnection(t *testing.T) {
	if heard, counts := play(t, faults.LDAPScript{Effect: faults.DirectoryDown}); len(heard) != 0 || counts["connections"] != 1 {
		t.Errorf("heard %d messages, counted %v", len(heard), counts)
	}
}

// What is no LDAP, such as TLS, is handed on.
func TestOtherThingsAreHandedOn(t *testing.T) {
	s, err := ldap.New(json.RawMessage(`{"effect":"empty"}`))
	if err != nil {
		t.Fatal(err)
	}
	client, front := net.Pipe()
	back, server := net.Pipe()
	go func() { _ = s.Speak(t.Context(), front, back, &dialogue.Meter{}); _ = front.Close() }()
	const said = "\x16\x03\x03 a record of TLS"
	go func() { _, _ = io.WriteString(server, said); _ = server.Close() }()
	heard, err := io.ReadAll(client)
	if string(heard) != said || err != nil {
		t.Errorf("heard %q, %v", heard, err)
	}
}

func TestScriptsAreReadStrictly(t *testing.T) {
	for _, script := range []string{`{}`, `{"effect":"gone"}`, `{"effect":"down","x":1}`} {
		if _, err := ldap.New(json.RawMessage(script)); err == nil {
			t.Errorf("%s is taken", script)
		}
	}
}

// A speaker whose rule is taken ends both ways, whoever is silent.
func TestEndsWithTheRule(t *testing.T) {
	s, err := ldap.New(json.RawMessage(`{"effect":"empty"}`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, front := net.Pipe()
	back, _ := net.Pipe()
	cancel()
	_ = s.Speak(ctx, front, back, &dialogue.Meter{}) // the test's own time-out is what fails it
}
