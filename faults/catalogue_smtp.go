package faults

// smtpMechanism is what the kinds of a dialogue have in common.
const (
	smtpMechanism = "new connections of the sending nodes pass a proxy that speaks the protocol, in their own network, so that the server sees their addresses; those that exist are reset when a node next sends data on them. "
	smtpUndo      = "new connections go directly; a dialogue that is played ends before its next command, or is reset within two seconds"
	smtpProof     = "on: the rules stand in the proxies, and a dialogue of the drill's own from each sending node "
	smtpGone      = "; off: no rule stands, and the dialogue is as the server has it. A look meets the fault for certain, and hands no message on"
)

var (
	smtpNeeds = ruleNeeds(Dialogue, CanVisit)
	smtpAims  = []Aim{AtLink, AtNode}
)

// smtpKinds act on the dialogue of SMTP and LMTP.
var smtpKinds = []Kind{
	{
		ID: "smtp.reply", Title: "A server answers with an error",
		StandsFor: "an overloaded or misconfigured server, a policy that refuses, a provider that blocks: any reply at any point of the dialogue",
		Mechanism: smtpMechanism + "The reply is given in place of the server's, for a share of the occasions; at `eod` the message does not reach the server",
		Proof:     smtpProof + "hears the very reply" + smtpGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "phase", Type: "string", Default: "rcpt", Doc: "what is answered: connect, helo, starttls, auth, mail, rcpt, data, eod (the end of the message) or quit"},
			{Name: "code", Type: "integer", Default: "451", Doc: "reply code, 400 to 599"},
			{Name: "enhanced", Type: "string", Default: "''", Doc: "enhanced status code (RFC 3463), such as 4.3.0; empty: none"},
			{Name: "text", Type: "string", Default: "Refused for a drill", Doc: "the rest of the line"},
			{Name: "rate", Type: "percentage", Default: "100%", Doc: "share of the occasions, more than 0%"},
			{Name: "match", Type: "string", Default: "''", Doc: "at rcpt and eod: for recipients of this pattern, such as u1@*; empty: all"},
		},
		Needs: smtpNeeds, Aims: smtpAims,
		New: newReplies("smtp.reply", overSMTP, replyParams{Phase: "rcpt", Code: 451, Text: "Refused for a drill", Rate: "100%"}),
	},
	{
		ID: "smtp.greylist", Title: "A server greylists",
		StandsFor: "greylisting (RFC 6647) that was switched on, or whose memory was lost: every sender is new",
		Mechanism: smtpMechanism + "The first attempts of a triple of address, sender and recipient are answered with 450",
		Proof:     smtpProof + "is told to come later" + smtpGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "delay", Type: "duration", Default: "5m", Doc: "how long a triple is refused, from its first attempt on"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newGreylist,
	},
	{
		ID: "smtp.tarpit", Title: "A server answers slowly",
		StandsFor: "a tarpit, a server that is overloaded, slow look-ups before the greeting",
		Mechanism: smtpMechanism + "The greeting, and each reply to a command, come late",
		Proof:     smtpProof + "waits for the greeting, or a reply, as long as it should; a look waits for one second at most" + smtpGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "banner", Type: "duration", Default: "20s", Doc: "delay of the greeting"},
			{Name: "reply", Type: "duration", Default: "0s", Doc: "delay of each reply after it"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newTarpit,
	},
	{
		ID: "smtp.cut-before-eod", Title: "Connections break in the middle of a message",
		StandsFor: "a path that breaks under load, a server that dies in the middle: nothing was accepted, all must be sent again",
		Mechanism: smtpMechanism + "A part of each message is handed on, then both ends are reset",
		Proof:     smtpProof + "is reset when it has given a message" + smtpGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "after", Type: "integer", Default: "1024", Doc: "bytes of the message that pass; of a shorter one all but its end"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newCutBefore,
	},
	{
		ID: "smtp.cut-after-eod", Title: "The answer to a message that was accepted is lost",
		StandsFor: "the gap of RFC 1047: the server has taken the message, the client does not know, and sends it again",
		Mechanism: smtpMechanism + "The message reaches the server; when it is accepted, both ends are reset and the client is not told. The counter `messages` tells how many",
		Proof:     smtpProof + "is reset when it has given a message" + smtpGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "once", Type: "bool", Default: "true", Doc: "each message once: the second attempt is answered"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newCutAfter("smtp.cut-after-eod", overSMTP),
	},
	{
		ID: "smtp.partial-recipients", Title: "Some recipients of a message are refused",
		StandsFor: "a directory that answers for some, full mailboxes, limits by recipient",
		Mechanism: smtpMechanism + "A share of the recipients is refused, the others are handed on",
		Proof:     smtpProof + "has its recipient refused" + smtpGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "code", Type: "integer", Default: "450", Doc: "reply code, 400 to 599"},
			{Name: "rate", Type: "percentage", Default: "50%", Doc: "share of the recipients, more than 0%"},
			{Name: "match", Type: "string", Default: "''", Doc: "a pattern of recipients, such as u1@*; empty: all"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newPartial,
	},
	{
		ID: "smtp.size-limit", Title: "A server takes small messages only",
		StandsFor: "a limit that was set too low: by an upgrade, by a provider, by a disk that fills",
		Mechanism: smtpMechanism + "The limit is offered (RFC 1870), and larger messages are answered with 552",
		Proof:     smtpProof + "is refused when it announces a message that is one byte too large" + smtpGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "limit", Type: "integer", Default: "10240", Doc: "bytes, up to 67108864"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newSizeLimit,
	},
	{
		ID: "smtp.rate-limit", Title: "A server limits how many messages it takes",
		StandsFor: "a provider's limit by sender, met after an outage when a queue is let go",
		Mechanism: smtpMechanism + "From each sending node so many messages pass in a period; others are answered with 450",
		Proof:     smtpProof + "is answered as a message beyond the limit is" + smtpGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "messages", Type: "integer", Default: "10", Doc: "how many pass in each period"},
			{Name: "per", Type: "duration", Default: "1m", Doc: "the period"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newRateLimit,
	},
	{
		ID: "smtp.starttls", Title: "STARTTLS is stripped, or fails",
		StandsFor: "a middlebox that strips it, a server that lost its key, a broken TLS library",
		Mechanism: smtpMechanism + "STARTTLS (RFC 3207) is not offered, or refused with 454, or agreed on and followed by what is not TLS. Where it is to fail it is offered, also for a server without it",
		Proof:     smtpProof + "asks for TLS and is answered in that way" + smtpGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "mode", Type: "string", Default: "fail", Doc: "strip, fail or garbage"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newStartTLS,
	},
	{
		ID: "smtp.auth", Title: "Nobody can log in to send",
		StandsFor: "a directory behind AUTH that is down (454), passwords that were revoked (535), a directory that is slow",
		Mechanism: smtpMechanism + "AUTH (RFC 4954) is answered with 454 or 535, or late. Over TLS the proxy does not see it: aim at links without",
		Proof:     smtpProof + "tries to log in and is answered in that way, or as late; a look waits for one second at most" + smtpGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "mode", Type: "string", Default: "'454'", Doc: "454, 535 or slow"},
			{Name: "delay", Type: "duration", Default: "10s", Doc: "of the answer, where the mode is slow"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newAuth,
	},
	{
		ID: "smtp.accept-and-drop", Title: "Messages are accepted and lost",
		StandsFor: "a filter that discards, a queue on a disk that lies: the worst of all, because nobody is told",
		Mechanism: smtpMechanism + "Messages are answered with 250 and not handed on. The counter `messages` tells how many",
		Proof:     smtpProof + "gives a message for somebody who does not exist, and is told that it was accepted" + smtpGone,
		Undo:      smtpUndo + "; what was dropped stays lost",
		Needs:     smtpNeeds, Aims: smtpAims, New: newDrop("smtp.accept-and-drop", DropAll),
	},
	{
		ID: "smtp.dsn-suppressed", Title: "Notifications of failure are lost",
		StandsFor: "a filter against backscatter that goes too far: whoever sent in vain is not told",
		Mechanism: smtpMechanism + "Messages with a null reverse-path (RFC 5321, 4.5.5) are answered with 250 and not handed on",
		Proof:     smtpProof + "gives a notification for somebody who does not exist, and is told that it was accepted" + smtpGone,
		Undo:      smtpUndo + "; what was dropped stays lost",
		Needs:     smtpNeeds, Aims: smtpAims, New: newDrop("smtp.dsn-suppressed", DropNullSender),
	},
	{
		ID: "tls.certificate", Title: "A server shows a bad certificate",
		StandsFor: "a certificate that expired over the weekend, one for another host, one of an authority that nobody knows",
		Mechanism: smtpMechanism + "The proxy ends TLS with a certificate of an authority made on the fly, and speaks TLS to the server where that has it. Servers of a drill sign their own certificates and are given no authority to trust, so nobody trusts this one: what is expired or has the wrong name is untrusted too, and a client that refuses it need not have looked at the date or the name. STARTTLS only: ports with TLS from the first byte are not touched",
		Proof:     smtpProof + "asks for TLS and is shown that certificate" + smtpGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "problem", Type: "string", Default: "expired", Doc: "expired, wrong-name or untrusted"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newCertificate,
	},
	{
		ID: "lmtp.reply", Title: "A store refuses a message for some recipients",
		StandsFor: "full mailboxes, a broken index, a quota: over LMTP (RFC 2033) each recipient has a reply of its own after the message",
		Mechanism: smtpMechanism + "A recipient who is to be refused is not told to the store, and has the reply after the message; the others get theirs",
		Proof:     smtpProof + "gives a message and hears the very reply" + smtpGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "phase", Type: "string", Default: "eod", Doc: "what is answered: connect, helo, mail, rcpt, data, eod (the end of the message) or quit"},
			{Name: "code", Type: "integer", Default: "452", Doc: "reply code, 400 to 599"},
			{Name: "enhanced", Type: "string", Default: "4.2.2", Doc: "enhanced status code (RFC 3463); empty: none"},
			{Name: "text", Type: "string", Default: "Mailbox full for a drill", Doc: "the rest of the line"},
			{Name: "rate", Type: "percentage", Default: "100%", Doc: "share of the recipients, more than 0%"},
			{Name: "match", Type: "string", Default: "''", Doc: "a pattern of recipients, such as u1@*; empty: all"},
		},
		Needs: smtpNeeds, Aims: smtpAims,
		New: newReplies("lmtp.reply", overLMTP, replyParams{Phase: "eod", Code: 452, Enhanced: "4.2.2", Text: "Mailbox full for a drill", Rate: "100%"}),
	},
	{
		ID: "lmtp.cut-after-eod", Title: "A store's answer to a message that was stored is lost",
		StandsFor: "the gap of RFC 1047 at the last hop: the store has the message, the relay does not know, and delivers it again",
		Mechanism: smtpMechanism + "The message reaches the store; when it is accepted, both ends are reset and the relay is not told. The counter `messages` tells how many",
		Proof:     smtpProof + "is reset when it has given a message" + smtpGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "once", Type: "bool", Default: "true", Doc: "each message once: the second attempt is answered"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newCutAfter("lmtp.cut-after-eod", overLMTP),
	},
	{
		ID: "lmtp.stall", Title: "A store hangs when it is to store",
		StandsFor: "a lock that nobody lets go, a hung file system: it takes the message and says nothing",
		Mechanism: smtpMechanism + "The end of the message does not reach the store, which stores nothing, and nobody answers",
		Proof:     smtpProof + "gives a message and is not answered within three seconds" + smtpGone,
		Undo:      smtpUndo,
		Needs:     smtpNeeds, Aims: smtpAims, New: newStall,
	},
}
