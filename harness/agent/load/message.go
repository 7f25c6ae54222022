package load

import (
	"fmt"
	"strings"
	"time"

	"maildrill/faults"
)

// message is one that bears no token of the drill's.
func message(spec faults.LoadSpec, to string, n uint64) string {
	now := time.Now()
	head := fmt.Sprintf("To: <%s>\r\nSubject: load %d\r\nDate: %s\r\nMessage-ID: <load-%d-%d@%s>\r\n%s: yes\r\n",
		to, n, now.Format(time.RFC1123Z), now.UnixNano(), n, loadHost, faults.LoadHeader)
	if spec.Report {
		return head + report(to, spec.Size, n)
	}
	return head + fmt.Sprintf("From: <%s>\r\n\r\n", spec.From) + padding(spec.Size)
}

// loadHost is the host that such mail comes from: none (RFC 6761).
const loadHost = "load.invalid"

// report is the rest of a notification that a message of the recipient's was not
// delivered (RFC 3464, with the parts of RFC 6522 and the header of RFC 3834).
func report(to string, size int, n uint64) string {
	part := func(kind, text string) string {
		return "--" + boundary + "\r\nContent-Type: " + kind + "\r\n\r\n" + text + "\r\n"
	}
	lost := fmt.Sprintf("nobody%d@%s", n, loadHost)
	return "From: <MAILER-DAEMON@" + loadHost + ">\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=\"" + boundary + "\"\r\n\r\n" +
		part("text/plain", "Your message to "+lost+" was not delivered.\r\n") +
		part("message/delivery-status", "Reporting-MTA: dns; "+loadHost+"\r\n\r\nFinal-Recipient: rfc822; "+lost+
			"\r\nAction: failed\r\nStatus: 5.1.1\r\n") +
		part("message/rfc822", "From: <"+to+">\r\nTo: <"+lost+">\r\nSubject: what nobody has sent\r\n\r\n"+padding(size)) +
		"--" + boundary + "--\r\n"
}

// boundary is in no text of ours.
const boundary = "=_load"

// padding is a text of at least so many bytes.
func padding(size int) string {
	line := strings.Repeat("load ", 14) + "\r\n"
	return strings.Repeat(line, 1+size/len(line))
}
