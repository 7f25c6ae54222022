package faults

import "time"

// SMTPScript is how a proxy that speaks SMTP or LMTP departs from handing on
// what both ends say. Each part is off while it is zero.
type SMTPScript struct {
	// Replies are given in place of the server's.
	Replies []SMTPReply `json:"replies,omitempty"`
	// Greylist is how long a triple of client, sender and recipient is refused
	// (RFC 6647).
	Greylist time.Duration `json:"greylist,omitempty"` // ns
	// BannerDelay comes before the greeting, ReplyDelay before each reply.
	BannerDelay time.Duration `json:"bannerDelay,omitempty"` // ns
	ReplyDelay  time.Duration `json:"replyDelay,omitempty"`  // ns
	// AuthDelay comes before the reply to AUTH.
	AuthDelay time.Duration `json:"authDelay,omitempty"` // ns
	Cut       SMTPCut       `json:"cut,omitempty"`
	// CutAfter is how much of a message passes before a cut before its end:
	// bytes, as they are on the wire.
	CutAfter int64 `json:"cutAfter,omitempty"`
	// Once cuts each message at its first attempt only.
	Once bool `json:"once,omitempty"`
	// SizeLimit is the largest message, in bytes.
	SizeLimit int64 `json:"sizeLimit,omitempty"`
	// RateLimit is how many messages pass in each RatePer.
	RateLimit int           `json:"rateLimit,omitempty"`
	RatePer   time.Duration `json:"ratePer,omitempty"` // ns
	StartTLS  SMTPStartTLS  `json:"startTLS,omitempty"`
	// Certificate is what is wrong with the one that the proxy shows, which ends
	// TLS on both sides then.
	Certificate BadCertificate `json:"certificate,omitempty"`
	Drop        SMTPDrop       `json:"drop,omitempty"`
}

// SMTPReply is a reply in place of the server's. At [SMTPEOD] the message does
// not reach the server either, over LMTP: for the recipients that are meant.
type SMTPReply struct {
	Phase    SMTPPhase `json:"phase"`
	Code     int       `json:"code"`
	Enhanced string    `json:"enhanced,omitempty"` // RFC 3463: "4.3.0"
	Text     string    `json:"text"`
	// Share of the occasions at which it is given, from 0 to 1.
	Share float64 `json:"share"`
	// Match is a pattern of path.Match for a recipient, in phases that have one.
	Match string `json:"match,omitempty"`
}

// SMTPPhase is a point of the dialogue: the command that is answered.
type SMTPPhase string

const (
	SMTPConnect  SMTPPhase = "connect" // the greeting
	SMTPHelo     SMTPPhase = "helo"    // EHLO, HELO or LHLO
	SMTPStart    SMTPPhase = "starttls"
	SMTPAuth     SMTPPhase = "auth"
	SMTPMail     SMTPPhase = "mail"
	SMTPRcpt     SMTPPhase = "rcpt"
	SMTPData     SMTPPhase = "data" // DATA, or the first BDAT
	SMTPEOD      SMTPPhase = "eod"  // the final dot, or BDAT LAST
	SMTPQuit     SMTPPhase = "quit"
	CutBeforeEOD SMTPCut   = "before-eod" // the message does not reach the server whole
	CutAfterEOD  SMTPCut   = "after-eod"  // it does, and the client is not told (RFC 1047)
	StallAtEOD   SMTPCut   = "stall"      // its end does not reach the server, and nobody answers
)

// SMTPCut is where a connection is cut.
type SMTPCut string

// SMTPStartTLS is what becomes of STARTTLS (RFC 3207).
type SMTPStartTLS string

const (
	TLSStrip   SMTPStartTLS = "strip"   // it is not offered
	TLSFail    SMTPStartTLS = "fail"    // it is offered and refused
	TLSGarbage SMTPStartTLS = "garbage" // it is agreed on, and what follows is not TLS
)

// BadCertificate is what is wrong with a certificate.
type BadCertificate string

const (
	CertificateExpired   BadCertificate = "expired"
	CertificateWrongName BadCertificate = "wrong-name"
	CertificateUntrusted BadCertificate = "untrusted"
	CertificateMisfit    BadCertificate = "misfit" // it belongs to another key
)

// SMTPDrop says which messages are answered with 250 and not handed on.
type SMTPDrop string

const (
	DropAll        SMTPDrop = "all"
	DropNullSender SMTPDrop = "null-sender" // with a null reverse-path: notifications (RFC 5321, 4.5.5)
)

// SMTPLook is the recipient of looks: nobody, anywhere (RFC 6761).
const SMTPLook = "look@drill.invalid"
