package faults

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

type directoryParams struct {
	Effect string        `yaml:"effect"`
	Delay  time.Duration `yaml:"delay"`
	Value  string        `yaml:"value"`
}

// leastDelay is one that a look can tell from a busy machine.
const leastDelay = 200 * time.Millisecond

func newDirectory(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, directoryParams{string(DirectoryEmpty), 10 * time.Second, "nobody@wrong.drill.invalid"})
	if err != nil {
		return nil, err
	}
	script := LDAPScript{Effect: DirectoryEffect(p.Effect)}
	var look dependencyLook
	switch script.Effect {
	case DirectoryDown:
		look = dependencyLook{askVersion(), len(ldapDone), resets}
	case DirectorySlow:
		if p.Delay < leastDelay {
			return nil, fmt.Errorf("delay %v; valid: at least %v", p.Delay, leastDelay)
		}
		script.Delay = p.Delay
		look = dependencyLook{askNothing(), len(ldapDone), answersLate(p.Delay)}
	case DirectoryEmpty:
		look = dependencyLook{askVersion(), len(ldapDone), answers(ldapDone)}
	case DirectoryWrong:
		if p.Value == "" || len(p.Value) > longestValue || strings.ContainsAny(p.Value, "\r\n") {
			return nil, fmt.Errorf("value; valid: one line of 1 to %d bytes", longestValue)
		}
		script.Value = p.Value
		look = dependencyLook{askVersion(), len(ldapVersion(p.Value)), answers(ldapVersion(p.Value))}
	default:
		return nil, errors.New("effect; valid: down, slow, empty, wrong")
	}
	return newDependency("dep.directory", p, "ldap", script, look)
}

// answers tells that the answer begins with the message, to whichever request: a
// directory answers in an order of its own.
func answers(want []byte) func(Sight, error) bool {
	return func(s Sight, _ error) bool {
		got := bytes.Clone(s.Bytes)
		if len(got) > ldapID {
			got[ldapID] = want[ldapID]
		}
		return bytes.Equal(got, want)
	}
}

// ldapID is where the id of a message is, where all lengths are of one byte.
const ldapID = 4

// longestValue keeps a look at wrong values within lengths of one byte.
const longestValue = 60

// versionAttribute is one that the root of every directory has (RFC 4512, 5.1).
const versionAttribute = "supportedLDAPVersion"

// ldapDone is the end of a search that went well (RFC 4511, 4.5.2), as answer to
// the first message.
var ldapDone = tlv(0x30, tlv(0x02, []byte{1}), tlv(0x65, tlv(0x0a, []byte{0}), tlv(0x04), tlv(0x04)))

// ldapVersion is the entry of the root with one value of the attribute.
func ldapVersion(value string) []byte {
	return tlv(0x30, tlv(0x02, []byte{1}), tlv(0x64, tlv(0x04),
		tlv(0x30, tlv(0x30, tlv(0x04, []byte(versionAttribute)), tlv(0x31, tlv(0x04, []byte(value)))))))
}

// askVersion reads the root, which everybody may (RFC 4513, 5.1.1). It is asked
// again so that more than one answer comes than is read.
func askVersion() []byte {
	return bytes.Join([][]byte{search(1, "objectClass"), search(2, "objectClass"), search(3, "objectClass")}, nil)
}

// askNothing reads the root if it has an attribute that it has not.
func askNothing() []byte { return search(1, "telexNumber") }

// search is a request for the root where that has the attribute (RFC 4511,
// 4.5.1: base "", scope baseObject, no limits, filter "present").
func search(id byte, present string) []byte {
	none := []byte{0}
	return tlv(0x30, tlv(0x02, []byte{id}), tlv(0x63, tlv(0x04), tlv(0x0a, none), tlv(0x0a, none), tlv(0x02, none), tlv(0x02, none),
		tlv(0x01, none), tlv(0x87, []byte(present)), tlv(0x30, tlv(0x04, []byte(versionAttribute)))))
}

// tlv writes an element of BER of less than 128 bytes.
func tlv(tag byte, parts ...[]byte) []byte {
	value := bytes.Join(parts, nil)
	return append([]byte{tag, byte(len(value))}, value...)
}
