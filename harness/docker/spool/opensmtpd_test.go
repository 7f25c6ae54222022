package spool_test

import (
	"slices"
	"testing"

	"maildrill/harness/docker/spool"
)

func TestOpenSMTPD(t *testing.T) {
	got, err := spool.OpenSMTPD(archive(t, map[string]string{
		"smtpd/queue/73/7394266d/7394266da2c34a57": "version: 3\ntype: mda\nerrorline: \"mail.lmtp: connect\"\nsender: a@bounce.test\nrcpt: alias@drill.test\ndest: u1@drill.test\nctime: 1796020422\n",
		"smtpd/queue/73/7394266d/message":          "Subject: hi\n",
		"smtpd/queue/00/00112233/00112233aabbccdd": "version: 3\nsender: b@bou",
		"smtpd/incoming/99887766/9988776611223344": "dest: u3@drill.test\n", // not accepted yet
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"queue/00112233aabbccdd b@bou ", "queue/7394266da2c34a57 a@bounce.test u1@drill.test"}
	if all := recipients(got); !slices.Equal(all, want) {
		t.Errorf("queue = %q, want %q", all, want)
	}
	for _, q := range got {
		if q.Recipient != "" && (q.Arrived.Unix() != 1796020422 || q.Reason != "mail.lmtp: connect") {
			t.Errorf("%+v", q)
		}
	}
}
