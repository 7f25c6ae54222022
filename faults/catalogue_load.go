package faults

// loadKinds send clients that nobody has asked for.
var loadKinds = []Kind{
	{
		ID:        "load.connection-flood",
		Title:     "Many clients connect and stay",
		StandsFor: "a denial of service, a client that leaks connections, a scanner",
		Mechanism: "so many connections are made from another node's network, and held open after the greeting; one that the server ends is made again",
		Proof:     "on: clients were greeted by the server, and its kernel shows their connections; the number asked for is compared with the number seen; off: its kernel shows none",
		Undo:      "every connection is closed; they are the keeper's own, so that the kernel closes them if it dies",
		Params:    []Param{paramClient, {Name: "service", Type: "string", Default: "smtp", Doc: "to which service of the target they come"}, paramSessions("100")},
		Needs:     ruleNeeds(Load),
		New:       newConnectionFlood,
	},
	{
		ID:        "load.slow-senders",
		Title:     "Clients send a byte now and then",
		StandsFor: "slowloris: each session is alive, comes to no end, and takes a server process",
		Mechanism: "so many connections are made from another node's network; each sends one byte of a command every second, and never its end",
		Proof:     "as load.connection-flood",
		Undo:      "as load.connection-flood",
		Params:    []Param{paramClient, {Name: "service", Type: "string", Default: "smtp", Doc: "to which service of the target they come"}, paramSessions("100")},
		Needs:     ruleNeeds(Load),
		New:       newSlowSenders,
	},
	{
		ID:        "load.auth-brute-force",
		Title:     "Passwords are guessed",
		StandsFor: "a botnet that tries passwords; the wait after each failure, the lock-out of the rightful user",
		Mechanism: "from another node's network, logins of one user are tried with passwords that are wrong, each on a connection of its own (LOGIN in IMAP, AUTH PLAIN in SMTP)",
		Proof:     "on: the server turned logins down; off: its kernel shows no connection of such clients",
		Undo:      "the clients end, and their connections are closed",
		Params: []Param{paramClient,
			{Name: "service", Type: "string", Default: "imap", Doc: "to which service of the target they come"},
			{Name: "user", Type: "string", Default: `""`, Doc: "whose password is guessed; must be given"},
			paramSessions("5"), paramRate("10")},
		Needs: ruleNeeds(Load),
		New:   newBruteForce,
	},
	{
		ID:        "load.mail-bomb",
		Title:     "One mailbox gets a flood of mail",
		StandsFor: "a mail bomb, a monitoring system that has gone mad, a loop of notifications",
		Mechanism: "so many messages to one mailbox are handed to the target from another node's network. They bear the header X-Maildrill-Load and no token of the drill's, so that they are counted as nothing",
		Proof:     "on: the server took some of them (250); what was offered, taken and turned down is counted; off: its kernel shows no connection of such clients. What was taken stays in queues and mailboxes",
		Undo:      "the clients end, and their connections are closed",
		Params: []Param{paramClient,
			{Name: "to", Type: "string", Default: `""`, Doc: "the mailbox; must be given"}, paramFrom,
			{Name: "count", Type: "integer", Default: "1000", Doc: "messages altogether; 0: as long as the fault is held"},
			paramRate("50"), paramSessions("10"), {Name: "size", Type: "integer", Default: "2000", Doc: "bytes of each body"}},
		Needs: ruleNeeds(Load),
		New:   newMailBomb,
	},
	{
		ID:        "load.surge",
		Title:     "Much more mail comes than usual",
		StandsFor: "a newsletter, a backlog that floods back from a backup MX, Monday morning",
		Mechanism: "mail to the mailboxes in turn is handed to the target at a rate, from another node's network. It bears the header X-Maildrill-Load and no token of the drill's, so that it is counted as nothing",
		Proof:     "as load.mail-bomb",
		Undo:      "as load.mail-bomb",
		Params: []Param{paramClient,
			{Name: "to", Type: "list of strings", Default: "[]", Doc: "the mailboxes; must be given"}, paramFrom,
			paramRate("50"), paramSessions("20"), {Name: "size", Type: "integer", Default: "5000", Doc: "bytes of each body"}},
		Needs: ruleNeeds(Load),
		New:   newSurge,
	},
	{
		ID:        "load.reconnect-storm",
		Title:     "All mail programs come back at once",
		StandsFor: "the minute after an outage: thousands of IMAP clients log in at the same time and wait for mail (IDLE). Begin it `after:` the step that heals",
		Mechanism: "so many IMAP clients connect at once from another node's network, log in, open the inbox and stay (IDLE, RFC 2177); whom the server ends comes back",
		Proof:     "as load.connection-flood; with a user, logins that the server took",
		Undo:      "as load.connection-flood",
		Params: []Param{paramClient,
			{Name: "user", Type: "string", Default: `""`, Doc: "who logs in; none: they stay at the greeting"},
			{Name: "password", Type: "string", Default: `""`, Doc: "the user's password"},
			paramSessions("50")},
		Needs: ruleNeeds(Load),
		New:   newReconnectStorm,
	},
	{
		ID:        "load.bounce-storm",
		Title:     "Notifications of mail that nobody here has sent flood in",
		StandsFor: "backscatter: somebody sends to the world in the name of one of ours, and the world tells us what could not be delivered; a loop of automatic answers",
		Mechanism: "so many reports of failed delivery (RFC 3464), with the null sender, are handed to the target from another node's network. They bear the header X-Maildrill-Load and are about no message of the drill's, so that they are counted as nothing",
		Proof:     "as load.mail-bomb",
		Undo:      "as load.mail-bomb",
		Params: []Param{paramClient,
			{Name: "to", Type: "list of strings", Default: "[]", Doc: "the mailboxes, in turn; must be given"},
			paramCount, paramRate("50"), paramSessions("10"), {Name: "size", Type: "integer", Default: "3000", Doc: "bytes of each message that comes back"}},
		Needs: ruleNeeds(Load),
		New:   newBounceStorm,
	},
	{
		ID:        "load.stolen-account",
		Title:     "A stolen account sends in bulk",
		StandsFor: "a password that was phished: the intruder logs in at submission and sends as much as he can. The queue fills, others wait behind it, and the world begins to refuse the host",
		Mechanism: "from another node's network, one user logs in at submission (AUTH PLAIN, RFC 4954) for each message and sends to the mailboxes in turn. The mail bears the header X-Maildrill-Load and no token of the drill's, so that it is counted as nothing. What cannot be delivered is reported to the user",
		Proof:     "as load.mail-bomb",
		Undo:      "as load.mail-bomb. The password still is what it was",
		Params: []Param{paramClient,
			{Name: "user", Type: "string", Default: `""`, Doc: "whose account it is: his name, which is his address; must be given"},
			{Name: "password", Type: "string", Default: `""`, Doc: "the user's password"},
			{Name: "to", Type: "list of strings", Default: "[]", Doc: "the recipients, who are within the drill as all that can be reached; must be given"},
			paramCount, paramRate("20"), paramSessions("5"), {Name: "size", Type: "integer", Default: "2000", Doc: "bytes of each body"}},
		Needs: ruleNeeds(Load),
		New:   newStolenAccount,
	},
}

// Parameters that several kinds have.
var (
	paramClient = Param{Name: "client", Type: "string", Default: `""`, Doc: "the node from whose network the clients come; none: the outside one"}
	paramFrom   = Param{Name: "from", Type: "string", Default: `""`, Doc: "envelope sender; none: the null sender, so that nobody is told of what is not delivered"}
)

// paramCount is of mail that makes more mail, so that it has an end.
var paramCount = Param{Name: "count", Type: "integer", Default: "1000", Doc: "messages altogether, 1 to 100000"}

func paramSessions(n string) Param {
	return Param{Name: "sessions", Type: "integer", Default: n, Doc: "clients at once, at most 2000"}
}

func paramRate(n string) Param {
	return Param{Name: "rate", Type: "number", Default: n, Doc: "attempts in a second, all clients together, at most 1000; 0: as fast as they go"}
}
