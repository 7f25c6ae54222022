package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
var padding = strings.Repeat(filler, bodyLine/len(filler)+2)

// Render appends the message to dst: RFC 5322, lines ended by CRLF, 7-bit.
// Every body line is token:number:checksum:text, the last one
// token:END:count:digest, so that truncation, a flipped byte, and lines of
// another message show, and where. Every eighth line begins with a dot, so that
// dot-stuffing (RFC 5321, section 4.5.2) is exercised. The size is met to within
// one line.
func (k Key) Render(dst []byte, m Message) []byte {
	token, start := k.Encode(m.Token), len(dst)
	dst = k.appendHeaders(dst, m, token)
	digest := sha256.New()
	n := 0
	for n == 0 || len(dst)-start < m.Size-bodyLine {
		n++
		from := len(dst)
		dst = appendLine(dst, token, n)
		digest.Write(dst[from:])
		dst = append(dst, '\r', '\n')
	}
	return fmt.Appendf(dst, "%s:END:%d:%s\r\n", token, n, hex.EncodeToString(digest.Sum(nil)[:16]))
}

func (k Key) appendHeaders(dst []byte, m Message, token string) []byte {
	h := headers{
		messageID: fmt.Sprintf("<%s.%d@drill.test>", token, m.Attempt),
		date:      m.Date.Format(time.RFC1123Z),
		subject:   "drill " + token,
		token:     token,
		to:        strings.Join(m.To, ", "),
		attempt:   strconv.Itoa(m.Attempt),
	}
	to := fold(m.To)
	dst = fmt.Appendf(dst, "Message-ID: %s\r\nDate: %s\r\nFrom: <%s>\r\nTo: %s\r\nSubject: %s\r\n", h.messageID, h.date, m.From, to, h.subject)
	return fmt.Appendf(dst, "%s: %s\r\n%s: %s\r\n%s: %s\r\n%s: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n",
		HeaderToken, token, HeaderTo, to, HeaderAttempt, h.attempt, HeaderSum, k.sum(h))
}

// fold puts one address on a line (RFC 5322, section 2.2.3), however many there
// are.
func fold(addresses []string) string { return strings.Join(addresses, ",\r\n ") }

// sum signs the header fields that the drill sent and that no server has to
// change on the way.
func (k Key) sum(h headers) string {
	text := strings.Join([]string{h.messageID, h.date, h.subject, h.token, h.to, h.attempt}, "\n")
	return hex.EncodeToString(k.mac([]byte(text)))
}

// appendLine writes body line n without its end.
func appendLine(dst []byte, token string, n int) []byte {
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
func lineSum(head []byte, text string) (printed [sumLength]byte) {
	sum := crc32.Update(crc32.ChecksumIEEE(head), crc32.IEEETable, []byte(text))
	for i := range printed {
		printed[i] = "0123456789abcdef"[sum>>(28-4*i)&15]
	}
	return printed
}
