package faults

// What the kinds of IMAP and POP3 have in common.
const (
	mailboxMechanism = "new connections of the nodes that read mail, the drill's own clients at the outside node among them, pass a proxy that speaks the protocol, in their own network; those that exist are reset when a node next sends data on them. Over TLS the proxy does not see the commands: aim at links without. "
	mailboxGone      = "; off: no rule stands, and the dialogue is as the server has it. A look meets the fault for certain, and logs nobody in"
	mailboxProof     = "on: the rules stand in the proxies, and a dialogue of the drill's own from each node that may read mail "
	mailboxRate      = "share of the occasions, more than 0%"
)

// mailboxKinds act on the dialogue of those who read mail: IMAP and POP3.
var mailboxKinds = []Kind{
	{
		ID: "imap.no", Title: "A store refuses a command of IMAP",
		StandsFor: "a store without its disk or its directory, an index that broke, a mailbox over its quota: a tagged NO with any response code (RFC 5530)",
		Mechanism: mailboxMechanism + "The command is answered with NO and does not reach the store; its variant with UID too",
		Proof:     mailboxProof + "hears the very answer" + mailboxGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "command", Type: "string", Default: "SELECT", Doc: "what is refused: LOGIN, SELECT, FETCH, APPEND or any other of RFC 9051, 6, but CAPABILITY, STARTTLS and LOGOUT"},
			{Name: "code", Type: "string", Default: "UNAVAILABLE", Doc: "response code, such as UNAVAILABLE, AUTHENTICATIONFAILED, OVERQUOTA, SERVERBUG; empty: none"},
			{Name: "text", Type: "string", Default: "Refused for a drill", Doc: "the rest of the line"},
			{Name: "rate", Type: "percentage", Default: "100%", Doc: mailboxRate},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newNo,
	},
	{
		ID: "imap.bye", Title: "A store ends sessions of IMAP",
		StandsFor: "a store that is shut down or restarted, a limit of connections, a supervisor that throws everybody out: an untagged BYE and the end",
		Mechanism: mailboxMechanism + "BYE is said in place of the greeting, after a login that succeeded, or in place of the answer to a later command, and the connection ends. The counter `byes` tells how many",
		Proof:     mailboxProof + "hears the BYE; its login, or its second command, is taken for that point" + mailboxGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "at", Type: "string", Default: "greeting", Doc: "greeting, login or session"},
			{Name: "after", Type: "integer", Default: "5", Doc: "at session: commands that are answered before, counted from the login"},
			{Name: "code", Type: "string", Default: "UNAVAILABLE", Doc: "response code; empty: none"},
			{Name: "text", Type: "string", Default: "Shut down for a drill", Doc: "the rest of the line"},
			{Name: "rate", Type: "percentage", Default: "100%", Doc: "share of the connections, more than 0%"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newBye,
	},
	{
		ID: "imap.slow", Title: "A store answers commands of IMAP slowly",
		StandsFor: "a store that is overloaded, an index that is built anew, a disk that fills: clients time out although the command was carried out",
		Mechanism: mailboxMechanism + "The store carries the command out at once; what tells that it is over (the tagged answer) comes late, and all that is behind it. An IDLE in progress is answered late when it ends",
		Proof:     mailboxProof + "waits for an answer as long as it should; a look waits for one second at most for each" + mailboxGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "delay", Type: "duration", Default: "5s", Doc: "how late; at least 200ms"},
			{Name: "command", Type: "string", Default: "''", Doc: "the command that is answered late, as of imap.no; empty: each"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newIMAPSlow,
	},
	{
		ID: "imap.auth", Title: "Nobody can log in to read mail",
		StandsFor: "a directory that is down, passwords that were revoked, a directory that is slow",
		Mechanism: mailboxMechanism + "LOGIN and AUTHENTICATE are answered with NO and do not reach the store, or late",
		Proof:     mailboxProof + "tries to log in and is answered in that way, or as late; a look waits for one second at most" + mailboxGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "mode", Type: "string", Default: "fail", Doc: "fail (AUTHENTICATIONFAILED), unavailable (UNAVAILABLE) or slow"},
			{Name: "delay", Type: "duration", Default: "10s", Doc: "of the answer, where the mode is slow; at least 200ms"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newIMAPAuth,
	},
	{
		ID: "imap.starttls", Title: "STARTTLS of IMAP is stripped, or fails",
		StandsFor: "a middlebox that strips it, a server that lost its key, a broken TLS library",
		Mechanism: mailboxMechanism + "STARTTLS (RFC 9051, 6.2.1) is taken out of the capabilities and answered with BAD, or answered with NO, or agreed on and followed by what is not TLS. Where it is to fail it is offered, also for a server without it",
		Proof:     mailboxProof + "asks for TLS and is answered in that way" + mailboxGone,
		Undo:      smtpUndo,
		Params:    []Param{{Name: "mode", Type: "string", Default: "fail", Doc: "strip, fail or garbage"}},
		Needs:     smtpNeeds, Aims: smtpAims, New: newIMAPStartTLS,
	},
	{
		ID: "pop3.err", Title: "A store refuses a command of POP3",
		StandsFor: "a store without its disk or its directory, a maildrop that another session has locked",
		Mechanism: mailboxMechanism + "The command is answered with -ERR and does not reach the store",
		Proof:     mailboxProof + "hears the very answer" + mailboxGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "command", Type: "string", Default: "PASS", Doc: "what is refused: USER, PASS, APOP, AUTH, CAPA, STAT, LIST, UIDL, RETR, TOP, DELE, NOOP or RSET"},
			{Name: "code", Type: "string", Default: "SYS/TEMP", Doc: "response code (RFC 2449, 8; RFC 3206), such as SYS/TEMP, IN-USE, AUTH; empty: none"},
			{Name: "text", Type: "string", Default: "Refused for a drill", Doc: "the rest of the line"},
			{Name: "rate", Type: "percentage", Default: "100%", Doc: mailboxRate},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newPOP3Error,
	},
	{
		ID: "pop3.slow", Title: "A store answers commands of POP3 slowly",
		StandsFor: "a store that is overloaded, a large maildrop that is counted at each login",
		Mechanism: mailboxMechanism + "The store carries the command out at once; the answer comes late",
		Proof:     mailboxProof + "waits for an answer as long as it should; a look waits for one second at most for each" + mailboxGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "delay", Type: "duration", Default: "5s", Doc: "how late; at least 200ms"},
			{Name: "command", Type: "string", Default: "''", Doc: "the command that is answered late, as of pop3.err; empty: each"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newPOP3Slow,
	},
	{
		ID: "pop3.cut", Title: "Connections break while a message is read by POP3",
		StandsFor: "a path that breaks, a store that dies in the middle: no QUIT, so nothing that was deleted is deleted (RFC 1939, 6), and the client reads all again",
		Mechanism: mailboxMechanism + "A part of the answer to RETR is handed on, then both ends are reset. The counter `messages` tells how many",
		Proof:     mailboxProof + "is reset when it asks for a message" + mailboxGone,
		Undo:      smtpUndo,
		Params: []Param{
			{Name: "after", Type: "integer", Default: "1024", Doc: "bytes of the message that pass; of a shorter one all but its end"},
			{Name: "rate", Type: "percentage", Default: "100%", Doc: "share of the messages, more than 0%"},
		},
		Needs: smtpNeeds, Aims: smtpAims, New: newPOP3Cut,
	},
}
