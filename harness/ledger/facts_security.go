package ledger

// SecurityAsked is the kind of an event about security: one question was put to
// one service of a node. Data: [SecurityAnswer].
const SecurityAsked = "security"

// Questions about security.
const (
	AskRelay         = "relay"           // a stranger's mail to a domain that is not served here
	AskRelayForged   = "relay.forged"    // the same, under the name of a local user
	AskRelayRouted   = "relay.routed"    // the same, with the route in the local part (user%domain@here)
	AskNoAuth        = "auth.none"       // mail by submission from somebody who has not logged in
	AskWrongPassword = "auth.wrong"      // a log-in with a password that is wrong
	AskClearAuth     = "auth.clear"      // is a log-in offered before TLS?
	AskStartTLS      = "tls.offered"     // is STARTTLS offered?
	AskCertificate   = "tls.certificate" // which certificate is shown?
)

// What a question found. Of [AskCertificate] it is the certificate's SHA-256.
const (
	SecurityRefused = "refused"
	SecurityTaken   = "taken"
	SecurityOffered = "offered"
	SecurityAbsent  = "absent" // not offered
)

// SecurityAnswer is the data of [SecurityAsked].
type SecurityAnswer struct {
	Question string  `json:"question"`
	Service  string  `json:"service"`
	Began    Seconds `json:"began"`
	Ended    Seconds `json:"ended"`
	Found    string  `json:"found,omitempty"` // empty: there was no answer
	// Said is the dialogue up to the answer, without passwords, or why there was
	// none. What a server says was written by others.
	Said string `json:"said,omitempty"`
}

// SinkClosed is the kind of the event that ends the wait for notifications.
// Data: [Backscatter].
const SinkClosed = "sink"

// Backscatter counts the notifications that outsiders got about mail that they
// had not sent: somebody else had, in their name.
type Backscatter struct {
	Messages int `json:"messages"`
}
