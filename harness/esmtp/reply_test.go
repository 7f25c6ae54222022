package esmtp

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
)

func parse(s string) (Reply, error) {
	return readReply(bufio.NewReaderSize(strings.NewReader(s), replyLine))
}

func TestReplies(t *testing.T) {
	for text, want := range map[string]struct {
		code   int
		status string
		text   string
	}{
		"250 ok\r\n":                         {250, "", "ok"},
		"250\r\n":                            {250, "", ""},
		"250 ok\n":                           {250, "", "ok"},
		"250-a\r\n250-b\r\n250 c\r\n":        {250, "", "a\nb\nc"},
		"250 2.1.5 ok\r\n":                   {250, "2.1.5", "ok"},
		"550-5.1.1 who\r\n550 5.1.1 is it\n": {550, "5.1.1", "who\nis it"},
		"250 5.1.1 of another class\r\n":     {250, "", "5.1.1 of another class"},
		"450 4.7.1234 too long\r\n":          {450, "", "4.7.1234 too long"},
		"421 4.3.2\r\n":                      {421, "4.3.2", ""},
	} {
		got, err := parse(text)
		if err != nil || got.Code != want.code || got.Status() != want.status || got.Text != want.text {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

func TestNoReplies(t *testing.T) {
	for _, text := range []string{"\r\n", "ok\r\n", "25\r\n", "999 no\r\n", "250_ok\r\n", "250-a\r\n251 b\r\n", "-50 x\r\n",
		strings.Repeat("x", replyLine+1) + "\r\n", strings.Repeat("250-x\r\n", replyLines+1)} {
		if _, err := parse(text); !errors.Is(err, errReply) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	for _, text := range []string{"2", "250", "250 ok", "250-a\r\n250 b"} {
		if _, err := parse(text); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "250-a\r\n"} {
		if _, err := parse(text); !errors.Is(err, io.EOF) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add("250-a\r\n250 2.0.0 b\r\n")
	f.Add("421")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := parse(text); err == nil && (got.Code < 200 || got.Code > 599) {
			t.Errorf("%q is %+v", text, got)
		}
	})
}
