package store

import (
	"os"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// flagsSuffix is added to a message's path for the file of its flags.
const flagsSuffix = ".flags"

func readFlags(path string) []imap.Flag {
	text, err := os.ReadFile(path + flagsSuffix)
	if err != nil {
		return nil // no flag was ever set
	}
	var flags []imap.Flag
	for word := range strings.FieldsSeq(string(text)) {
		flags = append(flags, imap.Flag(word))
	}
	return flags
}

// writeFlags is best effort: flags are no mail.
func (m *message) writeFlags() {
	var words []string
	for _, f := range m.flags {
		words = append(words, string(f))
	}
	_ = os.WriteFile(m.path+flagsSuffix, []byte(strings.Join(words, " ")), 0o600)
}

func (m *message) has(f imap.Flag) bool {
	return slices.Contains(m.flags, imap.Flag(strings.ToLower(string(f))))
}

func lower(flags []imap.Flag) []imap.Flag {
	var list []imap.Flag
	for _, f := range flags {
		list = append(list, imap.Flag(strings.ToLower(string(f))))
	}
	return list
}

// change carries out a STORE (RFC 3501, section 6.4.6).
func (m *message) change(s *imap.StoreFlags) {
	flags := lower(s.Flags)
	switch s.Op {
	case imap.StoreFlagsSet:
		m.flags = flags
	case imap.StoreFlagsAdd:
		for _, f := range flags {
			if !slices.Contains(m.flags, f) {
				m.flags = append(slices.Clone(m.flags), f)
			}
		}
	case imap.StoreFlagsDel:
		m.flags = slices.DeleteFunc(slices.Clone(m.flags), func(f imap.Flag) bool { return slices.Contains(flags, f) })
	}
	m.writeFlags()
}
