package keeper

import (
	"errors"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/netqueue"
	"maildrill/harness/agent/netrules"
)

// Treat lets a rule stand whose packets are treated: those that leave by netem,
// where the kernel has it, all others in a queue of the keeper's own.
func (h Host) Treat(pid int, id string, spec faults.PacketSpec, ttl time.Duration, number uint16) (Treatment, error) {
	t := &treated{}
	if spec.Direction != "from" {
		t.class, _ = netrules.Emulate(netns(pid), number, spec) // else the queue does it
	}
	var err error
	if t.class == nil || spec.Direction != "to" {
		t.queue, err = netqueue.Open(netns(pid), number, spec)
	}
	if err == nil {
		err = netrules.Treat(netns(pid), h.Table, id, spec, ttl, number, netqueue.Mark(number), t.class)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// treated is what is done to the packets of a rule; one of the two may be nil.
type treated struct {
	class *netrules.Emulated
	queue *netqueue.Queue
}

func (t *treated) By() string {
	switch {
	case t.class == nil:
		return "nfqueue"
	case t.queue == nil:
		return "netem"
	}
	return "netem, nfqueue"
}

func (t *treated) Alive() bool { return t.queue == nil || t.queue.Alive() }

func (t *treated) Counts() (treated, overflown uint64) {
	if t.queue == nil {
		return 0, 0
	}
	return t.queue.Counts()
}

func (t *treated) Close() error {
	var errs []error
	if t.queue != nil {
		errs = append(errs, t.queue.Close())
	}
	if t.class != nil {
		errs = append(errs, t.class.Close())
	}
	return errors.Join(errs...)
}
