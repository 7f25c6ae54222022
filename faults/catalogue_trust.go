package faults

// certificateKind is a row about a certificate that is replaced.
func certificateKind(id, title, standsFor, proof string, bad BadCertificate) Kind {
	return Kind{
		ID: id, Title: title, StandsFor: standsFor,
		Mechanism: "the certificate in the server's own file is replaced by one of an authority made on the fly, which nobody trusts, for the same names and the same key unless those are what is wrong; then the server is told to read it (postfix reload, doveadm reload). tls.certificate does the like on the way to a server that has no TLS",
		Proof:     "on: the file is as it was written, and a TLS handshake with the node from its own network, " + proof + "; off: it is not. The evidence tells the certificate that was shown before. With `reload: false` the server goes on with the old one until it is started anew, and the bad one in the file is what is looked for",
		Undo:      "the file is put back (content, permissions, owner, time of change), and the server is told; one that cannot be told is started anew",
		Params: []Param{
			{Name: "file", Type: "string", Default: `""`, Doc: "with the certificate, in PEM; its keys stay. Empty: /etc/postfix/tls.pem or /etc/dovecot/tls.pem"},
			{Name: "service", Type: "string", Default: `""`, Doc: "at which it is looked for: submissions, imaps, submission, imap, smtp, lmtp or pop3. Empty: the first of these that the node offers"},
			{Name: "reload", Type: "boolean", Default: "true", Doc: "false: the server is not told"},
		},
		Needs: ruleNeeds(Settings, CanVisit, CanTouch), New: newShownCertificate(id, bad),
	}
}

// trustKinds change what servers trust and what they are told.
var trustKinds = []Kind{
	certificateKind("cert.expired", "A server's certificate has expired",
		"a renewal that failed unseen, a server that nobody reloaded after it", "shows one that has expired", CertificateExpired),
	certificateKind("cert.wrong-name", "A server's certificate is for another name",
		"a certificate of another host in a copied configuration, a host that was renamed", "shows one for another name", CertificateWrongName),
	certificateKind("cert.untrusted", "A server's certificate is of an authority that nobody trusts",
		"a test authority left in place, an authority that was taken off the lists", "shows one of the drill's authority", CertificateUntrusted),
	certificateKind("cert.rotated-wrong", "A server's certificate does not belong to its key",
		"a rotation that replaced one file of two", "is refused or broken off by the server", CertificateMisfit),
	{
		ID: "cred.revoked", Title: "The password of users is revoked",
		StandsFor: "an account that was locked after an abuse, a password that was changed on one side only, a user database that was restored",
		Mechanism: "a password database that refuses is written before all others into Dovecot's configuration (passdb), then Dovecot is told to read it (doveadm reload). Who is logged in stays; Postfix, which asks Dovecot, answers with 535",
		Proof:     "on: the file is as it was written, and a login by IMAP from the node's own network with the right password gets NO [AUTHENTICATIONFAILED]; off: it is let in. Of one user: another is let in all the time",
		Undo:      "the file is put back (content, permissions, owner, time of change), and Dovecot is told",
		Params: []Param{
			{Name: "user", Type: "string", Default: `""`, Doc: "of an account of the topology. Empty: all"},
			{Name: "file", Type: "string", Default: "/etc/dovecot/dovecot.conf", Doc: "that Dovecot reads"},
		},
		Needs: ruleNeeds(Settings, CanVisit), New: newCredentialRevoked,
	},
	{
		ID: "node.upgrade", Title: "A server is upgraded, and rolled back",
		StandsFor: "an upgrade of the image or the distribution that has to be taken back: what the new version made of queue, mailboxes and configuration is what the old one finds",
		Mechanism: "the node is stopped in order, and its container put aside; one of the other image takes its name, network, volumes and configuration files, and is started. What is on no volume stays behind",
		Proof:     "on: the container is of the image, and the server's own program tells another version than before (postconf, dovecot, haproxy), or the server is down because it does not take what it finds; off: it tells the old one",
		Undo:      "the new container is removed, with what is on none of its volumes, and the one that was put aside is started: the rollback",
		Params: []Param{
			{Name: "image", Type: "string", Default: "(required)", Doc: "as the engine has it; `maildrill images build postfix:trixie` makes one of the next release of Debian and tells its name"},
		},
		Needs: upgradeNeeds, New: newUpgrade,
	},
	{
		ID: "config.bad-reload", Title: "A wrong configuration is loaded",
		StandsFor: "a slip in an editor or a deployment: a server that refuses the file goes on with what it had, and is down after its next start; one that takes it may refuse all mail",
		Mechanism: "a line is added to the server's own file, then the server is told to read it (postfix reload; doveadm reload; haproxy -c and SIGUSR2)",
		Proof:     "on: the file is as it was written, and the line is in it as the node's own grep(1) finds it; of Postfix's default a recipient gets 554 too, from the node's own network. The evidence tells whether the server's own check (postfix check, doveconf, haproxy -c) takes the file, and whether the server goes on or is down; off: the line is not there",
		Undo:      "the file is put back (content, permissions, owner, time of change), and the server is told; one that cannot be told is started anew, and so is a node that is down",
		Params: []Param{
			{Name: "file", Type: "string", Default: `""`, Doc: "in /etc/postfix, /etc/dovecot or /etc/haproxy. Empty: main.cf, dovecot.conf or haproxy.cfg"},
			{Name: "line", Type: "string", Default: `""`, Doc: "what is added. Empty: Postfix: smtpd_recipient_restrictions = reject; Dovecot: a section that does not end; HAProxy: an unknown keyword"},
		},
		Needs: ruleNeeds(Settings, CanVisit, CanTouch, CanState, CanStart), New: newConfigReload,
	},
}
