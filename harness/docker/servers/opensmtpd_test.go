package servers

import "testing"

func TestParseSmtpctl(t *testing.T) {
	got, err := ParseSmtpctl([]byte(`7394266da2c34a57|inet4|mda||a@bounce.test|u1@drill.test|u1@drill.test|1796020422|1796020422|0|1|pending|6|"mail.lmtp: connect"
7394266daa241bf3|inet4|bounce|||u2@drill.test|u2@drill.test|1796020423|1796020423|0|0|offline||
`))
	if err != nil || len(got) != 2 {
		t.Fatalf("queue = %+v, %v", got, err)
	}
	if q := got[0]; q.Sender != "a@bounce.test" || q.Recipient != "u1@drill.test" || q.Queue != "pending" || q.Reason != "mail.lmtp: connect" || q.Arrived.Unix() != 1796020422 {
		t.Errorf("first = %+v", q)
	}
	if q := got[1]; q.Sender != "" || q.Queue != "offline" {
		t.Errorf("second = %+v", q)
	}
	if _, err := ParseSmtpctl([]byte("smtpctl: need root privileges\n")); err == nil {
		t.Error("an error is taken for a queue")
	}
}
