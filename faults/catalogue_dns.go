package faults

import "time"

// nameKind completes a row of DNS faults: they are all seen, undone and made in
// the same way. Its proof is what a lookup shows while the fault is on; defaults
// hold where no parameter is given.
func nameKind[P nameParams](defaults P, k Kind) Kind {
	k.Proof = "on: the rule stands in the name server, and, asked from within a node's own network, " + k.Proof + "; off: no rule stands, and the answer is the right one"
	k.Undo = "the rule is taken off the name server, which keeps it itself and drops it at its deadline, or when it is started anew; maildrill's servers keep no answers, so the next lookup gets the right one"
	k.Params = append(k.Params, Param{Name: "clients", Type: "list of nodes", Default: "[]", Doc: "the nodes that it is for, all others get right answers; none: it is for everybody"})
	k.Needs = ruleNeeds(Names, CanVisit)
	k.New = newDNS(k.ID, defaults)
	return k
}

// Parameters that several kinds have.
var (
	askedName    = Param{Name: "name", Type: "string", Default: "''", Doc: "the name that is asked for; `*`: every name; empty: the mail domain"}
	askedType    = Param{Name: "type", Type: "string", Default: "''", Doc: "record type: MX, A, TXT; empty: all"}
	ownerName    = Param{Name: "name", Type: "string", Default: "''", Doc: "the domain whose record it is; empty: the mail domain"}
	textEffect   = Param{Name: "effect", Type: "string", Default: "missing", Doc: "`missing`, `wrong` or `tempfail` (SERVFAIL)"}
	recordEffect = Param{Name: "effect", Type: "string", Default: "missing", Doc: "`missing` or `mismatch`"}
)

// dnsKinds act on the answers of the drill's name server.
var dnsKinds = []Kind{
	nameKind(dnsDown{}, Kind{
		ID:        "dns.down",
		Title:     "The name server answers nobody",
		StandsFor: "a dead or unreachable name server, a provider's outage; all lookups time out",
		Mechanism: "the name server stays silent to every question, by UDP and TCP; it runs and its port is open",
		Proof:     "a question gets no answer, by UDP nor by TCP",
	}),
	nameKind(dnsTimeout{}, Kind{
		ID:        "dns.timeout",
		Title:     "Questions about one name get no answer",
		StandsFor: "the name servers of one domain are down or behind a broken firewall, while all others work",
		Mechanism: "the name server stays silent to questions about the name, by UDP and TCP",
		Proof:     "a question about the name gets no answer, by UDP nor by TCP, and another question gets its right one",
		Params:    []Param{askedName, askedType},
	}),
	nameKind(dnsSlow{Delay: 2 * time.Second}, Kind{
		ID:        "dns.slow",
		Title:     "Lookups take long",
		StandsFor: "an overloaded resolver, a lossy path to it: servers hold their processes while they wait",
		Mechanism: "the name server holds its right answer back",
		Proof:     "the answer comes late, measured within 10 % or 5 ms, and another question gets its right answer at once",
		Params: []Param{askedName, askedType,
			{Name: "delay", Type: "duration", Default: "2s", Doc: "how long each answer is held back, from 50ms to 30s; a resolver that waits for less gives up"},
		},
	}),
	nameKind(dnsServFail{}, Kind{
		ID:        "dns.servfail",
		Title:     "Lookups fail for now",
		StandsFor: "a zone that does not load, broken delegation, DNSSEC that does not validate: mail must wait",
		Mechanism: "the name server answers SERVFAIL to questions about the name",
		Proof:     "a question about the name gets SERVFAIL, and another question its right answer",
		Params:    []Param{askedName, askedType},
	}),
	nameKind(dnsRefused{}, Kind{
		ID:        "dns.refused",
		Title:     "The name server refuses",
		StandsFor: "an access list gone wrong, a zone that was removed from the server",
		Mechanism: "the name server answers REFUSED to questions about the name",
		Proof:     "a question about the name gets REFUSED, and another question its right answer",
		Params:    []Param{askedName, askedType},
	}),
	nameKind(dnsLame{}, Kind{
		ID:        "dns.lame",
		Title:     "The name server knows nothing of the zone",
		StandsFor: "a lame delegation: the domain was moved to other name servers and the registry still names the old ones, or the zone was never set up there",
		Mechanism: "the name server answers questions about the name without the flag AA and without records, with a referral to the root",
		Proof:     "a question about the name gets that referral, and another question its right answer",
		Params:    []Param{askedName, askedType},
	}),
	nameKind(dnsNXDomain{}, Kind{
		ID:        "dns.nxdomain",
		Title:     "A name is gone",
		StandsFor: "an expired registration, a typing mistake, a zone that was deleted: senders bounce at once",
		Mechanism: "the name server answers NXDOMAIN to questions about the name",
		Proof:     "a question about the name gets NXDOMAIN, and another question its right answer",
		Params: []Param{
			{Name: "name", Type: "string", Default: "''", Doc: "the name that is gone; empty: the mail domain"},
			{Name: "below", Type: "bool", Default: "false", Doc: "the names under it are gone too"},
		},
	}),
	nameKind(dnsTruncated{TCP: TCPClosed}, Kind{
		ID:        "dns.truncated",
		Title:     "Answers are truncated, and TCP does not work",
		StandsFor: "a firewall that lets DNS pass by UDP only",
		Mechanism: "by UDP the name server answers with the flag TC and no records; by TCP it gives no answer",
		Proof:     "by UDP the answer has TC, by TCP there is none, and another question gets its right answer",
		Params: []Param{askedName, askedType,
			{Name: "tcp", Type: "string", Default: "closed", Doc: "what a question by TCP gets: `closed`, the connection is closed; `silent`, nothing"},
		},
	}),
	nameKind(mxMissing{}, Kind{
		ID:        "dns.mx.missing",
		Title:     "A domain has no MX record",
		StandsFor: "a record lost in a move between providers; senders fall back to the address of the domain (RFC 5321, section 5.1)",
		Mechanism: "the name server answers the question for MX with no records",
		Proof:     "the answer has no MX, and another question gets its right answer",
		Params:    []Param{ownerName},
	}),
	nameKind(mxNull{}, Kind{
		ID:        "dns.mx.null",
		Title:     "A domain says that it takes no mail",
		StandsFor: "a null MX (RFC 7505) of a template or of a parked domain: senders bounce at once",
		Mechanism: "the name server answers the question for MX with `0 .`",
		Proof:     "the only MX is `0 .`, and another question gets its right answer",
		Params:    []Param{ownerName},
	}),
	nameKind(mxWrong{}, Kind{
		ID:        "dns.mx.wrong",
		Title:     "The MX record names a wrong host",
		StandsFor: "a typing mistake, a record of the provider before",
		Mechanism: "the name server answers the question for MX with one other host",
		Proof:     "the only MX is that host, and another question gets its right answer",
		Params: []Param{ownerName,
			{Name: "host", Type: "string", Default: "''", Doc: "the host that takes the place of all MX hosts; empty: `old-mx` in the domain, which does not exist"},
		},
	}),
	nameKind(mxFlipped{}, Kind{
		ID:        "dns.mx.flipped",
		Title:     "The preferences of the MX records are swapped",
		StandsFor: "a change that gave the backup the lower number: all mail takes the way round",
		Mechanism: "the name server answers with the preferences of the MX records in the opposite order",
		Proof:     "the MX records have the preferences of each other, and another question gets its right answer",
		Params:    []Param{ownerName},
	}),
	nameKind(mxBackupOnly{}, Kind{
		ID:        "dns.mx.backup-only",
		Title:     "Only the backup MX is left",
		StandsFor: "the record of the primary was lost, or taken out on purpose for maintenance",
		Mechanism: "the name server answers with the MX records of the highest number alone",
		Proof:     "the only MX is the backup, and another question gets its right answer",
		Params:    []Param{ownerName},
	}),
	nameKind(dnsStale{Type: "MX", TTL: 5 * time.Minute}, Kind{
		ID:        "dns.stale",
		Title:     "Some still see the records of before",
		StandsFor: "a cut-over with a long TTL: caches and secondaries give the old records until they expire",
		Mechanism: "the name server answers the clients with the old records and their TTL, and all others with the new ones",
		Proof:     "each of the clients gets exactly the old records with that TTL, and another client the new ones",
		Params: []Param{ownerName,
			{Name: "type", Type: "string", Default: "MX", Doc: "type of the records"},
			{Name: "records", Type: "list of strings", Default: "(required)", Doc: "the values of before, as in a zone file: `[\"10 old.drill.test.\"]`"},
			{Name: "ttl", Type: "duration", Default: "5m", Doc: "their time to live, at least 1s"},
		},
	}),
	nameKind(wrongAddress{}, Kind{
		ID:        "dns.wrong-address",
		Title:     "A host name leads to a wrong address",
		StandsFor: "a typing mistake, an address given to somebody else: a host that is not there, or one that is not meant",
		Mechanism: "the name server answers the question for the address with another one",
		Proof:     "the only address is that one, and another question gets its right answer",
		Params: []Param{
			{Name: "name", Type: "string", Default: "''", Doc: "the host whose address is wrong; empty: the first MX host of the mail domain"},
			{Name: "target", Type: "string", Default: "''", Doc: "the node to whose address it leads; empty: 192.0.2.1, where nobody is"},
		},
	}),
	nameKind(ptrMissing{}, Kind{
		ID:        "dns.ptr-missing",
		Title:     "An address has no name",
		StandsFor: "reverse DNS that was not set after a move: receivers refuse or distrust the sender",
		Mechanism: "the name server answers NXDOMAIN to questions for the names of the node's addresses",
		Proof:     "the question for the name gets NXDOMAIN, and another question its right answer",
		Params: []Param{
			{Name: "of", Type: "string", Default: "(required)", Doc: "the node whose addresses lose their names"},
		},
	}),
	nameKind(dnsSPF{Effect: gone}, Kind{
		ID:        "dns.spf",
		Title:     "The SPF record is missing, wrong or not to be had",
		StandsFor: "a record lost or overwritten (RFC 7208): receivers reject or distrust the domain's mail",
		Mechanism: "the name server answers the question for TXT without the SPF record, with `v=spf1 -all` in its place, or with SERVFAIL",
		Proof:     "the answer is that one, with the other texts of the name as they were",
		Params:    []Param{ownerName, textEffect},
	}),
	nameKind(dnsDKIM{Effect: gone}, Kind{
		ID:        "dns.dkim",
		Title:     "The DKIM key is missing, wrong or not to be had",
		StandsFor: "a key that was rotated in one place only (RFC 6376): signatures no longer verify",
		Mechanism: "the name server answers the question for the selector's TXT without the key, with the key of somebody else, or with SERVFAIL",
		Proof:     "the answer is that one, and another question gets its right answer",
		Params: []Param{
			ownerName,
			{Name: "selector", Type: "string", Default: "(required)", Doc: "the selector of the key (RFC 6376, section 3.1)"},
			textEffect,
		},
	}),
	nameKind(dnsDMARC{Effect: gone}, Kind{
		ID:        "dns.dmarc",
		Title:     "The DMARC policy is missing, wrong or not to be had",
		StandsFor: "a policy that was lost, or set to reject by mistake (RFC 7489)",
		Mechanism: "the name server answers the question for the policy's TXT without it, with `p=reject; adkim=s; aspf=s`, or with SERVFAIL",
		Proof:     "the answer is that one, and another question gets its right answer",
		Params:    []Param{ownerName, textEffect},
	}),
	nameKind(dnsBlocklist{Effect: listsAll}, Kind{
		ID:        "dns.dnsbl",
		Title:     "A block list lists the world, or is gone",
		StandsFor: "a list that was shut down: it answers every question with yes, or none at all",
		Mechanism: "the name server answers every question about an address on the list with 127.0.0.2, not at all, or with SERVFAIL",
		Proof:     "the test entry that is never listed (127.0.0.1; RFC 5782, section 5) is answered so, and another question rightly",
		Params: []Param{
			{Name: "zone", Type: "string", Default: "(required)", Doc: "the zone of the list; the topology must have it"},
			{Name: "effect", Type: "string", Default: "lists-everything", Doc: "`lists-everything`, `timeout` or `servfail`"},
		},
	}),
	nameKind(dnsMTASTS{Effect: gone}, Kind{
		ID:        "dns.mta-sts",
		Title:     "The MTA-STS record is missing or changed",
		StandsFor: "a record lost or changed in a move (RFC 8461); the policy file itself, which comes by HTTPS, is not touched",
		Mechanism: "the name server answers the question for the record's TXT without it, or with another id",
		Proof:     "the answer is that one, and another question gets its right answer",
		Params:    []Param{ownerName, recordEffect},
	}),
	nameKind(dnsTLSA{Port: 25, Effect: gone}, Kind{
		ID:        "dns.tlsa",
		Title:     "The TLSA record is missing or does not match",
		StandsFor: "a certificate that was renewed without its record (RFC 7672). The drill's zones are not signed: only a client that takes unsigned records (RFC 7672 forbids it) makes use of them",
		Mechanism: "the name server answers the question for TLSA with no records, or with a digest of nothing",
		Proof:     "the answer is that one, and another question gets its right answer",
		Params: []Param{
			{Name: "host", Type: "string", Default: "''", Doc: "the host whose certificate it is about; empty: the first MX host of the mail domain"},
			{Name: "port", Type: "integer", Default: "25", Doc: "its port"},
			recordEffect,
		},
	}),
}
