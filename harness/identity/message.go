package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"strings"
	"time"
)

// Message is what a message of the drill says of itself.
type Message struct {
	Token   Token
	Attempt int // of the driver: two attempts that both arrive are its doing
	From    string
	To      []string // every recipient, in the order of ledger.Copy.Rcpt
	Size    int      // wanted size in bytes; the headers and one line are the least
	Date    time.Time
}

// Headers that the drill adds.
const (
	HeaderToken   = "X-Drill-Token"
	HeaderTo      = "X-Drill-To"
	HeaderAttempt = "X-Drill-Attempt"
	HeaderSum     = "X-Drill-Sum" // of the fields that no server has to change
)

// bodyLine is the length of a full body line without its end; well below the
// 998 characters of RFC 5322, section 2.1.1.
const bodyLine = 120

// filler pads body lines: 7-bit, no encoding needed, and no blank that a server
// could strip from the end of a line.
const filler = "the-quick-brown-fox-jumps-over-the-lazy-dog-0123456789-"

// padding is long enough to cut every line's text out of it.
var padding = []byte(strings.Repeat(filler, bodyLine/len(filler)+2))

// Render appends the message to dst: RFC 5322, lines ended by CRLF, 7-bit.
// Every body line is token:number:checksum:text, the last one
// token:END:count:digest, so that truncation, a flipped byte, and lines of
// another message show, and where. Every eighth line begins with a dot, so that
// dot-stuffing (RFC 5321, section 4.5.2) is exercised. The size is met to within
// one line.
//
// It is called once per message of a load and makes no garbage beyond dst.
func (k Key) Render(dst []byte, m Message) []byte {
	var printed [TokenLength]byte
	token, start := k.AppendToken(printed[:0], m.Token), len(dst)
	dst = k.appendHeaders(dst, m, token)
	var text [textMost]byte
	digest := sha256.New()
	n, body := 0, text[:0]
	for n == 0 || len(dst)-start < m.Size-bodyLine {
		n++
		from := len(dst)
		dst = appendLine(dst, token, n)
		if len(body)+len(dst)-from > len(text) {
			digest.Write(body)
			body = text[:0]
		}
		body = append(body, dst[from:]...)
		dst = append(dst, '\r', '\n')
	}
	digest.Write(body)
	dst = append(append(dst, token...), ":END:"...)
	dst = append(strconv.AppendInt(dst, int64(n), 10), ':')
	var sum [sha256.Size]byte
	dst = hex.AppendEncode(dst, digest.Sum(sum[:0])[:16])
	return append(dst, '\r', '\n')
}

// textMost is how much of a body is digested at once: its lines without their
// ends, which a server may change.
const textMost = 2 << 10

// appendHeaders writes the fields and their sum. What the sum covers is written
// twice, once as the message has it and once as it is signed.
func (k Key) appendHeaders(dst []byte, m Message, token []byte) []byte {
	signed := make([]byte, 0, signedMost)
	id := func(b []byte) []byte {
		b = append(append(append(b, '<'), token...), '.')
		return append(strconv.AppendInt(b, int64(m.Attempt), 10), "@drill.test>"...)
	}
	date := func(b []byte) []byte { return m.Date.AppendFormat(b, time.RFC1123Z) }
	subject := func(b []byte) []byte { return append(append(b, "drill "...), token...) }
	signed = append(id(signed), '\n')
	signed = append(date(signed), '\n')
	signed = append(subject(signed), '\n')
	signed = append(append(signed, token...), '\n')
	signed = append(appendJoined(signed, m.To, ", "), '\n')
	signed = strconv.AppendInt(signed, int64(m.Attempt), 10)

	dst = id(append(dst, "Message-ID: "...))
	dst = date(append(dst, "\r\nDate: "...))
	dst = append(append(append(dst, "\r\nFrom: <"...), m.From...), ">\r\nTo: "...)
	dst = appendJoined(dst, m.To, folded)
	dst = subject(append(dst, "\r\nSubject: "...))
	dst = append(append(dst, "\r\n"+HeaderToken+": "...), token...)
	dst = appendJoined(append(dst, "\r\n"+HeaderTo+": "...), m.To, folded)
	dst = strconv.AppendInt(append(dst, "\r\n"+HeaderAttempt+": "...), int64(m.Attempt), 10)
	sum := k.mac(signed)
	dst = hex.AppendEncode(append(dst, "\r\n"+HeaderSum+": "...), sum[:])
	return append(dst, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"...)
}

// signedMost holds what is signed of a message to a few recipients.
const signedMost = 512

// folded puts one address on a line (RFC 5322, section 2.2.3), however many there
// are.
const folded = ",\r\n "

func appendJoined(dst []byte, parts []string, between string) []byte {
	for i, p := range parts {
		if i > 0 {
			dst = append(dst, between...)
		}
		dst = append(dst, p...)
	}
	return dst
}

// sum signs the header fields that the drill sent and that no server has to
// change on the way.
func (k Key) sum(h headers) string {
	text := strings.Join([]string{h.messageID, h.date, h.subject, h.token, h.to, h.attempt}, "\n")
	sum := k.mac([]byte(text))
	return hex.EncodeToString(sum[:])
}

// appendLine writes body line n without its end.
func appendLine(dst, token []byte, n int) []byte {
	from := len(dst)
	if n%8 == 0 {
		dst = append(dst, '.')
	}
	dst = append(dst, token...)
	dst = append(dst, ':')
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = append(dst, ':')
	offset := n * 7 % len(filler)
	text := padding[offset : offset+bodyLine-(len(dst)-from)-sumLength-1]
	sum := lineSum(dst[from:], text)
	dst = append(dst, sum[:]...)
	dst = append(dst, ':')
	return append(dst, text...)
}

const sumLength = 8

// lineSum is the checksum of a body line: of all but the checksum itself.
func lineSum(head, text []byte) (printed [sumLength]byte) {
	sum := crc32.Update(crc32.ChecksumIEEE(head), crc32.IEEETable, text)
	for i := range printed {
		printed[i] = "0123456789abcdef"[sum>>(28-4*i)&15]
	}
	return printed
}
