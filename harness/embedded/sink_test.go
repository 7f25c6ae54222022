package embedded_test

import (
	"io"

	"github.com/emersion/go-smtp"
)

// report is one session that brings a report.
type report struct{ texts chan string }

func (*report) Reset()                               {}
func (*report) Logout() error                        { return nil }
func (*report) Mail(string, *smtp.MailOptions) error { return nil }
func (*report) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (r *report) Data(body io.Reader) error {
	text, err := io.ReadAll(body)
	r.texts <- string(text)
	return err
}
