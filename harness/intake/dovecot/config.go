package dovecot

import "strings"

// Setting is one line: a name and its value.
type Setting struct {
	Name, Value string
	File        string
	Line        int
}

// Section is what stands between braces: `service lmtp { ... }`, or the whole
// configuration, which has neither kind nor label.
type Section struct {
	Kind, Label string
	File        string
	Line        int
	Settings    []Setting
	Sections    []*Section
}

// Value gives the last value of a setting of this section; "" if it has none.
func (s *Section) Value(name string) string {
	value := ""
	for _, o := range s.Settings {
		if o.Name == name {
			value = o.Value
		}
	}
	return value
}

// Find gives the sections below of a kind, and with a label unless that is "".
func (s *Section) Find(kind, label string) (found []*Section) {
	for _, o := range s.Sections {
		if o.Kind == kind && (label == "" || o.Label == label) {
			found = append(found, o)
		}
	}
	return found
}

// For gives the value of a setting as it holds for a protocol: what stands in
// `protocol imap { ... }` goes before what stands outside.
func (s *Section) For(protocol, name string) string {
	value := s.Value(name)
	for _, p := range s.Sections {
		if p.Kind != "protocol" || !names(p.Label, protocol) {
			continue
		}
		if own := p.Value(name); own != "" {
			value = own
		}
	}
	return value
}

// names tells whether a label such as "!indexer-worker" or "imap" is for a protocol.
func names(label, protocol string) bool {
	if other, not := strings.CutPrefix(label, "!"); not {
		return other != protocol
	}
	return label == protocol
}
