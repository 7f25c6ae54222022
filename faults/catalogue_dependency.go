package faults

// dependencyUndo is how a proxy before a dependency is taken away.
const dependencyUndo = "new connections go directly; those that pass the proxy end at once, and servers ask again on new ones"

// dependencyMechanism is what the kinds of this family have in common.
const dependencyMechanism = "connections of the servers that ask pass a proxy that speaks the protocol, in their own network; those that exist are reset when they are next used, because servers keep them. "

// dependencyKinds break what mail servers need: directories, filters, a smart
// host, balancers.
var dependencyKinds = []Kind{
	{
		ID: "dep.directory", Title: "The directory of recipients is down, slow, empty or wrong",
		StandsFor: "a directory server that died, is overloaded, was restored empty, or was filled by a broken import. Empty is the worst: it is a valid answer, and a server that takes it for the truth refuses mail for good",
		Mechanism: dependencyMechanism + "down: they are reset; slow: each answer comes late; empty: entries are held back while searches succeed (RFC 4511, SearchResultDone with success); wrong: entries come with another value in every attribute. LDAP in TLS is not altered",
		Proof:     "on: the rules stand in the proxies, and a search of the drill's own for the root of the directory, from each node that asks, meets that very effect; off: no rule stands, and the search is answered as the directory has it. The counter `entries` tells how many were held back or altered",
		Undo:      dependencyUndo,
		Params: []Param{
			{Name: "effect", Type: "string", Default: "empty", Doc: "down, slow, empty or wrong"},
			{Name: "delay", Type: "duration", Default: "10s", Doc: "how late answers come, where the effect is slow; at least 200ms"},
			{Name: "value", Type: "string", Default: "nobody@wrong.drill.invalid", Doc: "the value, where the effect is wrong; at most 60 bytes"},
		},
		Needs: dependencyNeeds, Aims: []Aim{AtNode, AtLink}, New: newDirectory,
	},
	{
		ID: "dep.filter", Title: "The mail filter is down or slow, or takes or refuses everything",
		StandsFor: "a spam or virus filter that died, hangs, lost its rules, or was given wrong ones: what a server does without its filter (milter_default_action of Postfix) is a choice that should be known",
		Mechanism: dependencyMechanism + "They speak the milter protocol. down: they are reset; slow: each answer comes late; accept-all, reject-all, tempfail: every recipient has that answer, and the filter is not asked",
		Proof:     "on: the rules stand in the proxies, and a dialogue of the drill's own as far as a recipient, from each node that asks, meets that very effect; off: no rule stands, and the dialogue is as the filter has it. The counter `recipients` tells how many had the answer",
		Undo:      dependencyUndo,
		Params: []Param{
			{Name: "effect", Type: "string", Default: "down", Doc: "down, slow, accept-all, reject-all or tempfail"},
			{Name: "delay", Type: "duration", Default: "10s", Doc: "how late answers come, where the effect is slow; at least 200ms"},
		},
		Needs: dependencyNeeds, Aims: []Aim{AtNode, AtLink}, New: newFilter,
	},
	{
		ID: "dep.smarthost", Title: "The smart host is down, slow, refuses mail, or the password for it is revoked",
		StandsFor: "a provider's relay that is out of order or overloaded (4xx), a contract that ended or a sender that was blocked (5xx), a password that was changed at one end (535): all mail to the world goes through it",
		Mechanism: "down: nftables in the sending nodes' network namespaces drops the packets to and from the smart host's port, without an answer, those of established connections too. Otherwise new connections of the sending nodes pass a proxy that speaks the protocol, in their own network, and those that exist are reset. 4xx and 5xx: every recipient is answered with 451 or 550; auth: AUTH is answered with 535 (RFC 4954), and a sender that does not log in does not meet it; slow: the greeting and each reply come late. Over TLS the proxy sees no more than STARTTLS",
		Proof:     "on: the rules stand, and an attempt of the drill's own from each sending node gets no answer, hears that very reply, or waits for the greeting as long as it should; a look waits for one second at most; off: no rule stands, and the dialogue is as the smart host has it",
		Undo:      "the rule on packets is taken out, which the kernel also does by itself at its deadline; a proxy ends its dialogues before the next command, and new connections go directly",
		Params: []Param{
			{Name: "mode", Type: "string", Default: "down", Doc: "down, 4xx, 5xx, auth or slow"},
			{Name: "delay", Type: "duration", Default: "10s", Doc: "of the greeting and each reply, where the mode is slow; at least 200ms"},
		},
		Needs: ruleNeeds(Dialogue, Ability(Packets), CanVisit), Aims: []Aim{AtLink, AtNode}, New: newSmarthost,
	},
	{
		ID: "dep.balancer-backend-dead", Title: "A balancer goes on to use a backend that is dead",
		StandsFor: "a server that hangs while its health check is still answered: by another port, another process, or a kernel that takes connections for it. Every second user of two backends gets nothing, and the balancer says that all is well",
		Mechanism: "new connections of the balancer to the port to which it hands its clients on pass a proxy in its own network, which takes them and lets nothing pass; those that exist are reset when they are next used. The port of the service, to which its checks come, is not touched",
		Proof:     "on: the rule stands in the proxy, and, tried from the balancer's own network, the port of its checks greets and that of its clients does not within three seconds; off: no rule stands, and both greet",
		Undo:      "new connections go directly; those in the proxy are ended at once, at the latest within two seconds",
		Params: []Param{
			{Name: "port", Type: "integer", Default: "0", Doc: "of the backend, to which the balancer hands its clients on; 0: 10000 more than that of the service, where Postfix behind maildrill's own balancer takes them"},
			{Name: "proxy", Type: "bool", Default: "true", Doc: "connections to that port begin with the PROXY protocol, so that a look must too"},
		},
		Needs: ruleNeeds(Streams, CanVisit), Aims: []Aim{AtLink}, New: newBackendDead,
	},
}
