package keeper

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/cgroups"
	"maildrill/harness/agent/intercept"
	"maildrill/harness/agent/load"
	"maildrill/harness/agent/netrules"
)

// Netem is the name under which [Client.Try] tries the kernel's own emulation
// of bad networks (netem(8)). Nothing needs it.
const Netem = "netem"

// tryLimit bounds the trial of one mechanism.
const tryLimit = 5 * time.Second

// tries are the mechanisms that a host may lack. They are tried on the keeper
// itself: it has a network of its own with nobody in it, and a control group.
var tries = map[string]func(context.Context, Host) error{
	string(faults.Packets):  tryPackets,
	string(faults.Limits):   tryLimits,
	string(faults.Streams):  tryStreams,
	string(faults.Dialogue): tryStreams, // the same proxy
	string(faults.Load):     tryLoad,
	Netem:                   func(context.Context, Host) error { return netrules.TryNetem(netns(os.Getpid())) },
}

// Try carries out a mechanism on the keeper itself, and takes it back. What
// needs nothing of the host cannot be missing.
func (h Host) Try(ctx context.Context, mechanism string) error {
	try, ok := tries[mechanism]
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	return try(ctx, h)
}

func tryPackets(_ context.Context, h Host) error {
	self := os.Getpid()
	if err := h.Cut(self, tryLimit); err != nil {
		return err
	}
	_, on, err := h.Dropped(self)
	if err == nil && !on {
		err = errors.New("a rule that was put does not stand")
	}
	return errors.Join(err, h.Mend(self))
}

// triedPIDs is far above what a keeper has, and far below what it may have.
const triedPIDs = 4000

func tryLimits(context.Context, Host) error {
	g, err := cgroups.Of(os.Getpid())
	if err != nil {
		return err
	}
	saved, err := g.Save(faults.PIDs)
	if err != nil {
		return err
	}
	_, err = g.Lower(faults.PIDs, triedPIDs)
	if err == nil {
		var now int64
		if now, err = g.Limit(faults.PIDs); err == nil && now != triedPIDs {
			err = fmt.Errorf("a limit of %d reads back as %d", triedPIDs, now)
		}
	}
	return errors.Join(err, g.Restore(saved))
}

// triedDelay is what the proxy adds to each way.
const triedDelay = 50 * time.Millisecond

// tryStreams lets a connection pass a proxy that is slow.
func tryStreams(ctx context.Context, h Host) (err error) {
	l, to, err := greeter()
	if err != nil {
		return err
	}
	defer l.Close()
	p, err := intercept.Start(netns(os.Getpid()), h.Table+"_try")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	rule, err := faults.NewRule("try", faults.Streams, faults.StreamSpec{To: []netip.AddrPort{to}, Toxic: faults.ToxicSlow, Delay: triedDelay}, tryLimit)
	if err == nil {
		err = p.Put(ctx, rule)
	}
	if err != nil {
		return err
	}
	sight, err := h.Visit(ctx, os.Getpid(), faults.Visit{Network: "tcp", To: to, Greeting: greetingTried, Timeout: tryLimit})
	if err == nil && sight.Greeted < triedDelay {
		err = fmt.Errorf("a connection did not pass the proxy: it was greeted after %v", sight.Greeted)
	}
	return err
}

// tryLoad sends one client.
func tryLoad(ctx context.Context, _ Host) error {
	l, to, err := greeter()
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := load.Begin(netns(os.Getpid()), faults.LoadSpec{To: to, Protocol: "smtp", Manner: faults.Hold, Sessions: 1})
	if err != nil {
		return err
	}
	defer s.End()
	for s.Counters()["greeted"] == 0 {
		select {
		case <-ctx.Done():
			return errors.New("a client was not greeted")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

const greetingTried = "220 "

// greeter is a server that greets and waits.
func greeter() (net.Listener, netip.AddrPort, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = c.Write([]byte(greetingTried + "try\r\n"))
				_, _ = c.Read(make([]byte, 1))
			}()
		}
	}()
	return l, l.Addr().(*net.TCPAddr).AddrPort(), nil
}

// tryOrder names mechanisms; the reply tells what is wrong with those that do
// not work.
type tryOrder struct {
	Mechanisms []string `json:"mechanisms"`
}

type tryReply struct {
	Lacks map[string]string `json:"lacks"`
}

func (k *Keeper) try(ctx context.Context, o tryOrder) tryReply {
	reply := tryReply{Lacks: map[string]string{}}
	for _, m := range slices.Compact(slices.Sorted(slices.Values(o.Mechanisms))) {
		if err := k.kernel.Try(ctx, m); err != nil {
			reply.Lacks[m] = err.Error()
		}
	}
	return reply
}

// Try has mechanisms tried on the keeper itself, and tells what is wrong with
// those that the host lacks.
func (c *Client) Try(ctx context.Context, mechanisms ...string) (lacks map[string]string, err error) {
	var reply tryReply
	err = c.session.Call(ctx, verbTry, tryOrder{Mechanisms: mechanisms}, &reply)
	return reply.Lacks, err
}
