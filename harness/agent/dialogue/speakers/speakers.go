// Package speakers knows the speaker of each protocol by its name.
package speakers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"maildrill/harness/agent/dialogue"
	"maildrill/harness/agent/dialogue/imap"
	"maildrill/harness/agent/dialogue/ldap"
	"maildrill/harness/agent/dialogue/milter"
	"maildrill/harness/agent/dialogue/pop3"
	"maildrill/harness/agent/dialogue/smtp"
)

// makers make the speakers. A protocol takes one line.
var makers = map[string]dialogue.Maker{
	"none": dialogue.NewTransparent,

	"ldap": ldap.New, "milter": milter.New,

	"smtp": smtp.New,
	"lmtp": smtp.NewLMTP,

	"imap": imap.New, "pop3": pop3.New,
}

// New makes the speaker of a protocol that follows the script.
func New(protocol string, script json.RawMessage) (dialogue.Speaker, error) {
	mk, ok := makers[protocol]
	if !ok {
		return nil, fmt.Errorf("no speaker of protocol %q; there are %v", protocol, slices.Sorted(maps.Keys(makers)))
	}
	s, err := mk(script)
	if err != nil {
		return nil, fmt.Errorf("protocol %s: %w", protocol, err)
	}
	return s, nil
}
