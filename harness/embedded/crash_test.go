package embedded_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// TestKillsLoseNothing: whatever was answered with 250 is in the mailbox in the
// end, whole, however often its servers were killed.
func TestKillsLoseNothing(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	var senders sync.WaitGroup
	var mu sync.Mutex
	accepted := map[uint32]bool{}
	stop, cancel := context.WithCancel(t.Context())
	for first := range uint32(4) {
		senders.Go(func() {
			for seq := first + 1; stop.Err() == nil; seq += 4 {
				if deliver(stop, s, seq) == nil {
					mu.Lock()
					accepted[seq] = true
					mu.Unlock()
				}
			}
		})
	}
	tick := time.NewTicker(60 * time.Millisecond)
	for i := range 20 {
		<-tick.C
		node, _ := s.Instance([]string{"mx1", "store1"}[i%2])
		check(t, node.(faults.Killer).Kill(t.Context(), false))
		<-tick.C
		check(t, node.(faults.Starter).Start(t.Context()))
	}
	tick.Stop()
	cancel()
	senders.Wait()
	eventually(t, func() error { return drained(s, "mx1") })
	found := mailbox(t, s)
	t.Logf("%d accepted, %d different ones found", len(accepted), len(found))
	if len(accepted) < 20 {
		t.Errorf("only %d were accepted: nothing was tried", len(accepted))
	}
	for seq := range accepted {
		if len(found[seq]) == 0 || !found[seq][0].Intact {
			t.Errorf("message %d was accepted; found %v", seq, found[seq])
		}
	}
}

// deliver makes one attempt at mx1 with a connection of its own.
func deliver(ctx context.Context, s topology.System, seq uint32) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := s.Dial(ctx, "mx1", topology.SMTP)
	if err != nil {
		return err
	}
	c := smtp.NewClient(conn)
	defer c.Close()
	c.CommandTimeout, c.SubmissionTimeout = time.Second, time.Second
	if err := c.Hello("outside.drill.test"); err != nil {
		return err
	}
	return offer(c, seq)
}
