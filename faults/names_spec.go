package faults

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// NameSpec has the drill's name server answer some questions otherwise than its
// zones say.
type NameSpec struct {
	// Match are the questions that are met; one match is enough.
	Match []NameMatch `json:"match"`
	// Clients are who must have asked; none: anybody.
	Clients []netip.Addr `json:"clients,omitempty"`
	Effect  NameEffect   `json:"effect"`
}

// NameMatch is a set of questions. Name is in lower case with its final dot;
// "*.drill.test." are all names under drill.test, "*." is every name.
type NameMatch struct {
	Name  string   `json:"name"`
	Types []string `json:"types,omitempty"` // "MX"; none: all
}

// NameEffect is what becomes of an answer.
type NameEffect struct {
	// Delay is how long each answer is held back.
	Delay time.Duration `json:"delay,omitempty"` // ns
	// Reply takes the place of the answer; empty: it stays, but for Records.
	Reply NameReply `json:"reply,omitempty"`
	// TCP is what comes by TCP in the place of a truncated answer: [TCPClosed] or
	// [TCPSilent].
	TCP string `json:"tcp,omitempty"`
	// Records are what [ReplyRecords] answers with, as lines of a zone file (RFC
	// 1035, section 5.1) with whole names. An owner that begins with "*." stands
	// for whatever name was asked for.
	Records []string `json:"records,omitempty"`
}

// NameReply is an answer other than the right one.
type NameReply string

const (
	ReplySilence   NameReply = "silence"   // none at all
	ReplyServFail  NameReply = "servfail"  // SERVFAIL (RFC 1035, section 4.1.1)
	ReplyRefused   NameReply = "refused"   // REFUSED
	ReplyNXDomain  NameReply = "nxdomain"  // there is no such name
	ReplyNoData    NameReply = "nodata"    // the name has no such record (RFC 2308, section 2.2)
	ReplyLame      NameReply = "lame"      // no authority over it: a referral to the root
	ReplyTruncated NameReply = "truncated" // by UDP the flag TC and no records
	ReplyRecords   NameReply = "records"   // the records of the rule that have the type
)

// What a question by TCP gets while answers are truncated.
const (
	TCPClosed = "closed" // the connection is closed without an answer
	TCPSilent = "silent" // the connection stays open without an answer
)

// Meets tells whether the rule is about a question: the name in lower case with
// its final dot, the type by name, and the address that asks.
func (s NameSpec) Meets(name, qtype string, client netip.Addr) bool {
	if len(s.Clients) > 0 && !slices.Contains(s.Clients, client.Unmap()) {
		return false
	}
	return slices.ContainsFunc(s.Match, func(m NameMatch) bool {
		return m.covers(name) && (len(m.Types) == 0 || slices.Contains(m.Types, qtype))
	})
}

func (m NameMatch) covers(name string) bool {
	if below, ok := strings.CutPrefix(m.Name, "*."); ok {
		return below == "" || strings.HasSuffix(name, "."+below)
	}
	return m.Name == name
}
