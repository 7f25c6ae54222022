package faults

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// decoded fills params by decode.
func decoded[P any](decode func(any) error, defaults P) (P, error) {
	p := defaults
	err := decode(&p)
	return p, err
}

type replyParams struct {
	Phase    string `yaml:"phase"`
	Code     int    `yaml:"code"`
	Enhanced string `yaml:"enhanced"`
	Text     string `yaml:"text"`
	Rate     string `yaml:"rate"`
	Match    string `yaml:"match"`
}

// reply makes the reply of the script.
func (p replyParams) reply() (SMTPReply, error) {
	r := SMTPReply{Phase: SMTPPhase(p.Phase), Code: p.Code, Enhanced: p.Enhanced, Text: p.Text, Match: p.Match}
	if _, ok := until[r.Phase]; !ok {
		return r, fmt.Errorf("phase %q; valid: connect, helo, starttls, auth, mail, rcpt, data, eod, quit", p.Phase)
	}
	if p.Code < 400 || p.Code > 599 {
		return r, fmt.Errorf("code %d; valid: 400 to 599 (RFC 5321, 4.2.1)", p.Code)
	}
	if strings.ContainsAny(p.Text+p.Enhanced, "\r\n") || p.Text == "" {
		return r, errors.New("text must be one line and not empty")
	}
	if p.Enhanced != "" && p.Enhanced[0] != byte('0'+p.Code/100) {
		return r, fmt.Errorf("enhanced code %s does not fit code %d (RFC 3463, 2)", p.Enhanced, p.Code)
	}
	_, err := path.Match(p.Match, "")
	if err != nil {
		return r, fmt.Errorf("match %q: %w", p.Match, err)
	}
	r.Share, err = shareOf(p.Rate)
	return r, err
}

// shareOf reads a percentage of more than none.
func shareOf(text string) (float64, error) {
	part, err := share(text)
	if err != nil {
		return 0, fmt.Errorf("rate is %q; valid: a percentage such as 50%%", text)
	}
	if !(part > 0 && part <= 1) {
		return 0, fmt.Errorf("rate %s; valid: more than 0%%, at most 100%%", text)
	}
	return part, nil
}

// line is the reply as it is on the wire.
func (r SMTPReply) line() string {
	if r.Enhanced == "" {
		return fmt.Sprintf("%d %s", r.Code, r.Text)
	}
	return fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text)
}

// newReplies makes a fault of one reply.
func newReplies(kind string, services []string, defaults replyParams) func(func(any) error) (Fault, error) {
	return func(decode func(any) error) (Fault, error) {
		p, err := decoded(decode, defaults)
		if err != nil {
			return nil, err
		}
		r, err := p.reply()
		if err != nil {
			return nil, err
		}
		return newScripted(kind, p, services, SMTPScript{Replies: []SMTPReply{r}}, hears(r.Phase, r.line()))
	}
}

type partialParams struct {
	Code  int    `yaml:"code"`
	Rate  string `yaml:"rate"`
	Match string `yaml:"match"`
}

func newPartial(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, partialParams{Code: 450, Rate: "50%"})
	if err != nil {
		return nil, err
	}
	all := replyParams{Phase: string(SMTPRcpt), Code: p.Code, Enhanced: fmt.Sprintf("%d.2.1", p.Code/100), Text: "Recipient refused for a drill", Rate: p.Rate, Match: p.Match}
	r, err := all.reply()
	if err != nil {
		return nil, err
	}
	return newScripted("smtp.partial-recipients", p, overSMTP, SMTPScript{Replies: []SMTPReply{r}}, hears(r.Phase, r.line()))
}

type greylistParams struct {
	Delay time.Duration `yaml:"delay"`
}

func newGreylist(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, greylistParams{5 * time.Minute})
	if err == nil && p.Delay <= 0 {
		err = errors.New("delay must be more than 0s")
	}
	if err != nil {
		return nil, err
	}
	return newScripted("smtp.greylist", p, overSMTP, SMTPScript{Greylist: p.Delay}, hears(SMTPRcpt, "450 4.2.0 Greylisted, try again later"))
}

type tarpitParams struct {
	Banner time.Duration `yaml:"banner"`
	Reply  time.Duration `yaml:"reply"`
}

func newTarpit(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, tarpitParams{Banner: 20 * time.Second})
	if err == nil && (p.Banner < 0 || p.Reply < 0 || max(p.Banner, p.Reply) < 200*time.Millisecond) {
		err = errors.New("valid: a banner delay or a reply delay of at least 200ms")
	}
	if err != nil {
		return nil, err
	}
	look := waits(until[SMTPHelo], func(s Sight) time.Duration { return s.Greeted }, p.Banner)
	if p.Banner < 200*time.Millisecond { // each of the two replies of the look is late
		look = smtpLook{say: until[SMTPHelo], shows: func(s Sight, _ error) bool { return s.Greeted > 0 && s.Heard-s.Greeted >= min(p.Reply, LookWait) }}
	}
	return newScripted("smtp.tarpit", p, overSMTP, SMTPScript{BannerDelay: p.Banner, ReplyDelay: p.Reply}, look)
}

type beforeParams struct {
	After int `yaml:"after"`
}

func newCutBefore(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, beforeParams{1024})
	if err == nil && p.After < 0 {
		err = errors.New("after; valid: 0 bytes and more")
	}
	if err != nil {
		return nil, err
	}
	return newScripted("smtp.cut-before-eod", p, overSMTP, SMTPScript{Cut: CutBeforeEOD, CutAfter: int64(p.After)}, cutOff(ErrReset))
}

type afterParams struct {
	Once bool `yaml:"once"`
}

func newCutAfter(kind string, services []string) func(func(any) error) (Fault, error) {
	return func(decode func(any) error) (Fault, error) {
		p, err := decoded(decode, afterParams{true})
		if err != nil {
			return nil, err
		}
		return newScripted(kind, p, services, SMTPScript{Cut: CutAfterEOD, Once: p.Once}, cutOff(ErrReset))
	}
}

type none struct{}

func newStall(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, none{})
	if err != nil {
		return nil, err
	}
	return newScripted("lmtp.stall", p, overLMTP, SMTPScript{Cut: StallAtEOD}, cutOff(ErrNoGreeting))
}

// newDrop makes a fault that accepts messages and drops them: a look sees that a
// recipient who does not exist is taken.
func newDrop(kind string, which SMTPDrop) func(func(any) error) (Fault, error) {
	return func(decode func(any) error) (Fault, error) {
		p, err := decoded(decode, none{})
		if err != nil {
			return nil, err
		}
		return newScripted(kind, p, overSMTP, SMTPScript{Drop: which}, hears(SMTPEOD, "250 2.0.0 Message accepted"))
	}
}

type sizeParams struct {
	Limit int `yaml:"limit"`
}

func newSizeLimit(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, sizeParams{10 << 10})
	if err == nil && (p.Limit < 1 || p.Limit > 64<<20) {
		err = errors.New("limit; valid: 1 to 67108864 bytes")
	}
	if err != nil {
		return nil, err
	}
	look := hears(SMTPMail, fmt.Sprintf("552 5.3.4 Message is larger than %d bytes", p.Limit))
	look.say = []string{fmt.Sprintf("MAIL FROM:<> SIZE=%d\r\n", p.Limit+1), sayQuit}
	return newScripted("smtp.size-limit", p, overSMTP, SMTPScript{SizeLimit: int64(p.Limit)}, look)
}

type rateParams struct {
	Messages int           `yaml:"messages"`
	Per      time.Duration `yaml:"per"`
}

func newRateLimit(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, rateParams{10, time.Minute})
	if err == nil && (p.Messages < 1 || p.Per <= 0) {
		err = errors.New("valid: at least 1 message, in more than 0s")
	}
	if err != nil {
		return nil, err
	}
	return newScripted("smtp.rate-limit", p, overSMTP, SMTPScript{RateLimit: p.Messages, RatePer: p.Per},
		hears(SMTPMail, "450 4.7.1 Too many messages, try again later"))
}

type starttlsParams struct {
	Mode string `yaml:"mode"`
}

// tlsLines are what a look hears of each.
var tlsLines = map[SMTPStartTLS]string{
	TLSStrip:   "502 5.5.1 STARTTLS is not offered",
	TLSFail:    "454 4.7.0 TLS is not available at the moment",
	TLSGarbage: "\x00\x00drill: this is not TLS",
}

func newStartTLS(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, starttlsParams{string(TLSFail)})
	if err != nil {
		return nil, err
	}
	line, ok := tlsLines[SMTPStartTLS(p.Mode)]
	if !ok {
		return nil, fmt.Errorf("mode %q; valid: strip, fail, garbage", p.Mode)
	}
	return newScripted("smtp.starttls", p, overSMTP, SMTPScript{StartTLS: SMTPStartTLS(p.Mode)}, hears(SMTPStart, line))
}

type authParams struct {
	Mode  string        `yaml:"mode"`
	Delay time.Duration `yaml:"delay"`
}

// authReplies are those of RFC 4954, 6.
var authReplies = map[string]SMTPReply{
	"454": {Phase: SMTPAuth, Code: 454, Enhanced: "4.7.0", Text: "Temporary authentication failure", Share: 1},
	"535": {Phase: SMTPAuth, Code: 535, Enhanced: "5.7.8", Text: "Authentication credentials invalid", Share: 1},
}

func newAuth(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, authParams{"454", 10 * time.Second})
	if err != nil {
		return nil, err
	}
	if r, ok := authReplies[p.Mode]; ok {
		return newScripted("smtp.auth", p, overSMTP, SMTPScript{Replies: []SMTPReply{r}}, hears(SMTPAuth, r.line()))
	}
	if p.Mode != "slow" || p.Delay < 200*time.Millisecond {
		return nil, fmt.Errorf("mode %q with delay %v; valid: 454, 535, or slow with a delay of at least 200ms", p.Mode, p.Delay)
	}
	return newScripted("smtp.auth", p, overSMTP, SMTPScript{AuthDelay: p.Delay},
		waits(until[SMTPAuth], func(s Sight) time.Duration { return s.Heard }, p.Delay))
}

type certificateParams struct {
	Problem string `yaml:"problem"`
}

func newCertificate(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, certificateParams{string(CertificateExpired)})
	if err != nil {
		return nil, err
	}
	bad := BadCertificate(p.Problem)
	if !slices.Contains([]BadCertificate{CertificateExpired, CertificateWrongName, CertificateUntrusted}, bad) {
		return nil, fmt.Errorf("problem %q; valid: expired, wrong-name, untrusted", p.Problem)
	}
	look, err := certificateLook(bad)
	if err != nil {
		return nil, err
	}
	return newScripted("tls.certificate", p, overSMTP, SMTPScript{Certificate: bad}, look)
}
