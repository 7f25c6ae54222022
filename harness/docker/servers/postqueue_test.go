package servers

import (
	"slices"
	"testing"
	"time"

	"maildrill/harness/topology"
)

func TestParsePostqueue(t *testing.T) {
	const out = `{"queue_name": "deferred", "queue_id": "A1", "arrival_time": 1700000000, "message_size": 9, "forced_expire": false, "sender": "b.x@bounce.test", "recipients": [{"address": "u1@drill.test", "delay_reason": "connect to mx1: \"refused\""}, {"address": "u2@drill.test"}]}
{"queue_name": "active", "queue_id": "B2", "arrival_time": 1700000001, "message_size": 9, "sender": "MAILER-DAEMON", "recipients": [{"address": "b.y@bounce.test"}]}
`
	want := []topology.Queued{
		{ID: "A1", Queue: "deferred", Sender: "b.x@bounce.test", Recipient: "u1@drill.test", Reason: `connect to mx1: "refused"`, Arrived: time.Unix(1700000000, 0)},
		{ID: "A1", Queue: "deferred", Sender: "b.x@bounce.test", Recipient: "u2@drill.test", Arrived: time.Unix(1700000000, 0)},
		{ID: "B2", Queue: "active", Recipient: "b.y@bounce.test", Arrived: time.Unix(1700000001, 0)},
	}
	got, err := ParsePostqueue([]byte(out))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("queue = %+v, %v", got, err)
	}
	if got, err := ParsePostqueue(nil); err != nil || len(got) != 0 {
		t.Errorf("empty queue = %+v, %v", got, err)
	}
	for _, broken := range []string{out[:60], "postqueue: fatal: mail system is down\n", `{"x": 1}`} {
		if got, err := ParsePostqueue([]byte(broken)); err == nil {
			t.Errorf("%q gives %+v and no error", broken, got)
		}
	}
}
