package spool_test

import (
	"slices"
	"testing"

	"maildrill/harness/docker/spool"
)

func TestChasquid(t *testing.T) {
	got, err := spool.Chasquid(archive(t, map[string]string{
		"chasquid/queue/m:cthk1umfhWM": `ID: "cthk1umfhWM"
from:  "b+1@bounce.test"
To: "u2@drill.test"
rcpt: {
  address: "u1@drill.test"
  status:  SENT
  original_address: "u1@drill.test"
}
rcpt: {
  address:  "u2@drill.test"
  last_failure_message: "exit status 75 - \"connection refused\\n\""
  original_address: "u2@drill.test"
}
data: "Subject: x\n}\n"
created_at_ts: {
  seconds: 1796039662
  nanos: 144603159
}
`,
		"chasquid/queue/m:mXCI4TczAoo":     "ID: \"mXCI4TczAoo\"\nfrom: \"b@bou",
		"chasquid/queue/.tmp-m:x":          "from: \"c@bounce.test\"\n", // not accepted yet
		"chasquid/domaininfo/s:drill.test": "name: \"drill.test\"\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"queue/cthk1umfhWM b+1@bounce.test u2@drill.test", "queue/mXCI4TczAoo b@bou "}
	if all := recipients(got); !slices.Equal(all, want) {
		t.Errorf("queue = %q, want %q", all, want)
	}
	for _, q := range got {
		if q.Recipient != "" && (q.Arrived.Unix() != 1796039662 || q.Reason != "exit status 75 - \"connection refused\\n\"") {
			t.Errorf("%+v", q)
		}
	}
}
