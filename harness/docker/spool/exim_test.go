package spool_test

import (
	"slices"
	"testing"
	"time"

	"maildrill/harness/docker/spool"
)

// eximHeader is a header file with two recipients open and two served: one by the
// file's own tree, one by the journal beside it.
const eximHeader = "1vPqS6-00008x-2g-H\nDebian-exim 100 102\n<b.tok@bounce.test>\n1767323045 0\n" +
	"-received_time_usec .250000\n-helo_name relay1.drill.test\n-host_address 198.18.0.5.40000\n-body_linecount 7\n" +
	"NY u2@drill.test\nNN u5@drill.test\n" +
	"4\nu1@drill.test\nu2@drill.test\nu3@drill.test\nu4@drill.test\n\n027P Received: from relay1\n"

func TestExim(t *testing.T) {
	got, err := spool.Exim(archive(t, map[string]string{
		"exim4/input/1vPqS6-00008x-2g-H": eximHeader,
		"exim4/input/1vPqS6-00008x-2g-D": "1vPqS6-00008x-2g-D\nbody\n",
		"exim4/input/1vPqS6-00008x-2g-J": "u4@drill.test\n",
		"exim4/input/1vPqS7-00009x-00-H": "1vPqS7-00009x-00-H\nDebian-exim 100 102\n<>\n1767323046 0\nXX\n1\nu1@drill.test\n\n",
		"exim4/input/1vPqS8-0000Ax-00-H": "1vPqS8-0000Ax-00-H\nDebian-exim 100 102\n<a@bounce.test>\n17673",
		"exim4/msglog/1vPqS6-00008x-2g":  "2026-01-02 03:04:05 defer\n",
		"exim4/db/retry":                 "not a queue",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"input/1vPqS6-00008x-2g b.tok@bounce.test u1@drill.test", "input/1vPqS6-00008x-2g b.tok@bounce.test u3@drill.test",
		"input/1vPqS7-00009x-00  u1@drill.test", "input/1vPqS8-0000Ax-00 a@bounce.test ",
	}
	if all := recipients(got); !slices.Equal(all, want) {
		t.Errorf("queue = %q, want %q", all, want)
	}
	for _, q := range got {
		if q.ID == "1vPqS6-00008x-2g" && q.Arrived.Unix() != 1767323045 {
			t.Errorf("arrived %v", q.Arrived)
		}
	}
}

// The first digits of an id are its second, in base 62.
func TestEximTime(t *testing.T) {
	if got := spool.EximTime("1vPqS6-00008x-2g"); got.Before(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)) || got.After(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("arrived %v", got)
	}
	for _, id := range []string{"", "1vP", "1v?qS6-00008x-2g"} {
		if got := spool.EximTime(id); !got.IsZero() {
			t.Errorf("%q: %v", id, got)
		}
	}
}
