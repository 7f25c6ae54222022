package streams

import (
	"context"
	"io"
	"net"
	"sync/atomic"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"

	"maildrill/faults"
)

// way is one direction of a connection.
type way struct {
	spec faults.StreamSpec
	in   chan *stream.StreamChunk
	out  chan *stream.StreamChunk
	stub *toxics.ToxicStub
}

func newWay(spec faults.StreamSpec) *way {
	w := &way{spec: spec, in: make(chan *stream.StreamChunk, 64), out: make(chan *stream.StreamChunk)}
	w.stub = toxics.NewToxicStub(w.in, w.out)
	return w
}

// carry hands on from one end to the other, through the toxic, until there is
// nothing more to come. A toxic that ends the stream by itself cuts both ends.
func (w *way) carry(ctx context.Context, to, from net.Conn, cut func()) error {
	var ended atomic.Bool // the sender has said all
	go func() {
		writer := stream.NewChanWriter(w.in)
		_, _ = io.Copy(writer, from)
		ended.Store(true)
		_ = writer.Close()
	}()
	go w.poison(ctx)
	_, err := io.Copy(to, stream.NewChanReader(w.out))
	switch {
	case !ended.Load() && ctx.Err() == nil && err == nil:
		cut()
	case err == nil:
		if h, ok := to.(interface{ CloseWrite() error }); ok {
			return h.CloseWrite()
		}
	}
	for range w.out { // a toxic that still has something to say must not wait for ever
	}
	return err
}

// poison runs the toxic, after a while in which nothing is disturbed where it is
// to come later; and lets what still comes in fall.
func (w *way) poison(ctx context.Context) {
	if w.spec.Toxic == faults.ToxicStall && w.spec.After > 0 {
		calm, cancel := context.WithTimeout(ctx, w.spec.After)
		w.run(calm, &toxics.NoopToxic{})
		cancel()
	}
	if !w.stub.Closed() && ctx.Err() == nil {
		w.run(ctx, toxic(w.spec))
	}
	w.stub.Close()
	for range w.in {
	}
}

// run runs a toxic until it ends by itself, or the context does.
func (w *way) run(ctx context.Context, t toxics.Toxic) {
	if s, ok := t.(toxics.StatefulToxic); ok {
		w.stub.State = s.NewState()
	}
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		select {
		case w.stub.Interrupt <- struct{}{}:
		case <-over:
		}
	})
	w.stub.Run(&toxics.ToxicWrapper{Toxic: t, Toxicity: 2}) // of all connections
	close(over)
	stop()
}
