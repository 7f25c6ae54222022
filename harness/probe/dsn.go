package probe

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"

	"maildrill/harness/identity"
)

// report is what a delivery status notification says (RFC 3464).
type report struct {
	recipients []reported
	original   []string // recipients of the message that it is about, in their order
	automatic  bool     // an automatic reply (RFC 3834), no bounce
}

// reported is the fate of one recipient (RFC 3464, section 2.3).
type reported struct {
	address string
	action  string // failed, delayed, delivered, relayed, expanded; lower case
	status  string // enhanced status code (RFC 3463)
}

// maxParts bounds the parts of a bounce that are looked at.
const maxParts = 10

// parseReport reads a bounce. A message that is no report gives an empty one:
// bounces come in all forms, and its envelope recipient tells more.
func parseReport(r io.Reader) (report, error) {
	var rep report
	m, err := mail.ReadMessage(r)
	if err != nil {
		return rep, err
	}
	auto, _, _ := strings.Cut(m.Header.Get("Auto-Submitted"), ";")
	rep.automatic = strings.EqualFold(strings.TrimSpace(auto), "auto-replied") && !strings.Contains(m.Header.Get("Content-Type"), "report")
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" {
		return rep, nil
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return rep, nil
		}
		if err != nil {
			return rep, err
		}
		if err := rep.part(part); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

func (rep *report) part(p *multipart.Part) error {
	kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		return rep.status(p)
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
		head, err := textproto.NewReader(bufio.NewReader(p)).ReadMIMEHeader()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, a := range strings.Split(head.Get(identity.HeaderTo), ",") {
			if a = strings.TrimSpace(a); a != "" {
				rep.original = append(rep.original, a)
			}
		}
	}
	return nil
}

// status reads groups of fields: the first about the message, each of the
// others about one recipient.
func (rep *report) status(r io.Reader) error {
	b := textproto.NewReader(bufio.NewReader(r))
	for {
		group, err := b.ReadMIMEHeader()
		if action := group.Get("Action"); action != "" {
			rep.recipients = append(rep.recipients, reported{
				address: address(group), action: strings.ToLower(strings.TrimSpace(action)), status: strings.TrimSpace(group.Get("Status")),
			})
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// address is the recipient as the sender named it, or as it was in the end:
// "rfc822; u1@drill.test".
func address(group textproto.MIMEHeader) string {
	for _, field := range []string{"Original-Recipient", "Final-Recipient"} {
		if _, a, ok := strings.Cut(group.Get(field), ";"); ok {
			return strings.TrimSpace(a)
		}
	}
	return ""
}

// index is the place of an address among the original recipients; 0 if the
// bounce does not say.
func (rep report) index(address string) uint16 {
	i := slices.IndexFunc(rep.original, func(o string) bool { return strings.EqualFold(o, address) })
	return uint16(max(i, 0))
}
