package servers

import "testing"

func TestParseEximQueue(t *testing.T) {
	got, err := ParseEximQueue([]byte(` 3m  2.9K 1vPqS6-00008x-2g <b.tok@bounce.test>
          u1@drill.test
        D u2@drill.test

25h   870 1vPqS7-00009x-00 <> *** frozen ***
          u3@drill.test

`))
	if err != nil || len(got) != 2 {
		t.Fatalf("queue = %+v, %v", got, err)
	}
	if q := got[0]; q.Sender != "b.tok@bounce.test" || q.Recipient != "u1@drill.test" || q.ID != "1vPqS6-00008x-2g" || q.Arrived.IsZero() {
		t.Errorf("first = %+v", q)
	}
	if q := got[1]; q.Sender != "" || q.Recipient != "u3@drill.test" || q.Reason != "frozen" {
		t.Errorf("second = %+v", q)
	}
	// One that is delivered while the queue is listed has no size any more.
	gone, err := ParseEximQueue([]byte(" 0m       1vPqS8-0000Ax-00 <b.tok@bounce.test>\n          u4@drill.test\n"))
	if err != nil || len(gone) != 1 || gone[0].ID != "1vPqS8-0000Ax-00" || gone[0].Sender != "b.tok@bounce.test" || gone[0].Recipient != "u4@drill.test" {
		t.Errorf("without a size: %+v, %v", gone, err)
	}
	if got, err := ParseEximQueue(nil); err != nil || len(got) != 0 {
		t.Errorf("empty: %v, %v", got, err)
	}
	if _, err := ParseEximQueue([]byte("exim: could not open the spool\n")); err == nil {
		t.Error("an error is taken for a queue")
	}
}
