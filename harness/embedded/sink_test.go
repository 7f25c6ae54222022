package embedded_test

import (
	"io"

	"github.com/emersion/go-smtp"
)

// report is one session that brings a report.
type report struct {
	texts    chan string // "<from> <to>", and the message
	envelope string
}

func (*report) Reset()        {}
func (*report) Logout() error { return nil }

func (r *report) Mail(from string, _ *smtp.MailOptions) error {
	r.envelope = "<" + from + ">"
	return nil
}

func (r *report) Rcpt(to string, _ *smtp.RcptOptions) error {
	r.envelope += " <" + to + ">\n"
	return nil
}

func (r *report) Data(body io.Reader) error {
	text, err := io.ReadAll(body)
	r.texts <- r.envelope + string(text)
	return err
}
