package mta

import (
	"bytes"
	"errors"
	"regexp"

	"github.com/emersion/go-smtp"

	"maildrill/harness/topology"
)

// queued is how many copies the server puts into its queue.
func (f fate) queued() int {
	switch {
	case f.Drop:
		return 0
	case f.Twice == "forked":
		return 2 * f.copies()
	}
	return f.copies()
}

// carried is how often the queue delivers one message.
func (f fate) carried() int {
	if f.Twice == "retried" {
		return 2
	}
	return 1
}

// filed is how many copies the store keeps of one delivery.
func (f fate) filed() int {
	if f.Twice == "stored" || f.Twice == "folders" {
		return 2 * f.copies()
	}
	return f.copies()
}

func (f fate) recipients(to []string) []string {
	if f.To != "" {
		return []string{f.To}
	}
	return to
}

// errHungUp is never heard: the connection is gone.
var errHungUp = errors.New("hung up instead of a reply")

// lie answers after the final dot as planted. The message was taken already.
func (s *session) lie(f fate) error {
	switch f.Reply {
	case "cut":
		return errors.Join(errHungUp, s.hangUp())
	case "stall":
		<-s.server.stopping
		return errHungUp
	case "451":
		return deferral("try again later")
	case "550":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "no such luck"}
	}
	return nil
}

// cabinet is a mail store that can misfile.
type cabinet interface {
	Mailboxes
	// File stores a message in a folder, which is made if there is none.
	File(address, folder string, message []byte) error
	// Bury keeps a message on disk that no mailbox shows.
	Bury(address string, message []byte) error
}

// secondFolder gets the second of two copies in two folders.
const secondFolder = "Archive"

// file stores copy n of a delivery where the lie wants it.
func (d *drop) file(l topology.Lie, n int, to string, text []byte) error {
	boxes, able := d.config.Boxes.(cabinet)
	switch {
	case able && l.Buried:
		return boxes.Bury(to, text)
	case able && l.Folder != "":
		return boxes.File(to, l.Folder, text)
	case able && l.Twice == "folders" && n > 0:
		return boxes.File(to, secondFolder, text)
	}
	return d.config.Boxes.Deliver(to, text)
}

// damaged changes a whole message as the lie wants it.
func (d *drop) damaged(l topology.Lie, text []byte) []byte {
	if d.config.Defects == nil {
		return text
	}
	if l.Damage == "empty" {
		return nil // and nothing that a splice could find
	}
	before := d.last.Swap(&text)
	head, body, _ := bytes.Cut(text, blank)
	head = append(bytes.Clone(head), blank...)
	switch l.Damage {
	case "header":
		return dropHeader.ReplaceAll(text, nil)
	case "lf":
		return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	case "splice":
		return append(head, splice(body, l.At, before)...)
	}
	return append(head, hurt(l, body)...)
}

var (
	blank      = []byte("\r\n\r\n")
	dropHeader = regexp.MustCompile(`(?m)^X-Drill-To: [^\r]*\r\n([ \t][^\r]*\r\n)*`)
)

// hurt changes a body. Its lines keep their ends.
func hurt(l topology.Lie, body []byte) []byte {
	lines := bytes.SplitAfter(bytes.Clone(body), []byte("\r\n"))
	at := max(0, min(l.At-1, len(lines)-2))
	switch l.Damage {
	case "truncate":
		lines[at] = lines[at][:len(lines[at])/2]
		lines = lines[:at+1]
	case "flip":
		lines[at][len(lines[at])/2] ^= 1
	case "dots", "undots":
		for i, line := range lines {
			if dotted := bytes.HasPrefix(line, []byte(".")); dotted && l.Damage == "dots" {
				lines[i] = append([]byte("."), line...)
			} else if dotted {
				lines[i] = line[1:]
			}
		}
	}
	return bytes.Join(lines, nil)
}

// splice puts another message after a line, as two deliveries into one file do.
func splice(body []byte, at int, other *[]byte) []byte {
	lines := bytes.SplitAfter(body, []byte("\r\n"))
	at = max(1, min(at, len(lines)-1))
	strange := []byte("From MAILER-DAEMON Thu Jan  1 00:00:00 1970\r\n")
	if other != nil {
		strange = append(strange, *other...)
	}
	return bytes.Join([][]byte{bytes.Join(lines[:at], nil), strange, bytes.Join(lines[at:], nil)}, nil)
}
