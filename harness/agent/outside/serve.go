package outside

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"

	"maildrill/harness/agent/mux"
)

// Serve dials, listens and looks up for maildrill until the session is over.
func Serve(ctx context.Context, session *mux.Session) error {
	v := vantage{session: session}
	return session.Serve(ctx, v.handle)
}

type vantage struct{ session *mux.Session }

func (v vantage) handle(ctx context.Context, q mux.Question) {
	switch q.Verb {
	case verbDial:
		dial(ctx, q)
	case verbListen:
		v.listen(ctx, q)
	case verbLookup:
		lookup(ctx, q)
	default:
		_ = q.Answer(nil, fmt.Errorf("unknown verb %q", q.Verb))
	}
}

func dial(ctx context.Context, q mux.Question) {
	var ask dialRequest
	if err := q.Decode(&ask); err != nil {
		_ = q.Answer(nil, err)
		return
	}
	dialer := net.Dialer{Timeout: ask.Timeout}
	node, err := dialer.DialContext(ctx, "tcp", ask.Address)
	if err != nil {
		_ = q.Answer(nil, classify(err))
		return
	}
	if err := q.Answer(dialReply{Local: node.LocalAddr().String()}, nil); err != nil {
		_ = node.Close()
		return
	}
	relay(q.Stream, node)
}

// relay passes bytes both ways until both directions have ended. The end of
// the stream is maildrill's Close: the connection is closed whole.
func relay(stream io.ReadWriteCloser, node net.Conn) {
	var down sync.WaitGroup
	down.Go(func() {
		_ = sendFrames(stream, node)
	})
	if _, err := io.Copy(node, stream); err != nil {
		_ = node.Close()
		// The node is gone. What maildrill still sends is taken, so that it
		// goes on to read how the connection ended.
		_, _ = io.Copy(io.Discard, stream)
	}
	_ = node.Close()
	_ = stream.Close() // frees a write that maildrill no longer reads
	down.Wait()
}

// listen accepts for as long as maildrill keeps the stream open.
func (v vantage) listen(ctx context.Context, q mux.Question) {
	var ask listenRequest
	if err := q.Decode(&ask); err != nil {
		_ = q.Answer(nil, err)
		return
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", ":"+strconv.Itoa(ask.Port))
	if err != nil {
		_ = q.Answer(nil, err)
		return
	}
	var accepting sync.WaitGroup
	defer accepting.Wait()
	defer l.Close()
	if q.Answer(listenReply{Address: l.Addr().String()}, nil) != nil {
		return
	}
	accepting.Go(func() { v.accept(ctx, l, ask.Port) })
	_, _ = io.Copy(io.Discard, q.Stream)
}

func (v vantage) accept(ctx context.Context, l net.Listener, port int) {
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		node, err := l.Accept()
		if err != nil {
			return
		}
		conns.Go(func() { v.forward(ctx, node, port) })
	}
}

func (v vantage) forward(ctx context.Context, node net.Conn, port int) {
	stream, err := v.session.Stream(ctx, verbAccepted, acceptedRequest{
		Port: port, Local: node.LocalAddr().String(), Remote: node.RemoteAddr().String(),
	}, nil)
	if err != nil {
		_ = node.Close()
		return
	}
	relay(stream, node)
}

func lookup(ctx context.Context, q mux.Question) {
	var ask lookupRequest
	if err := q.Decode(&ask); err != nil {
		_ = q.Answer(nil, err)
		return
	}
	resolver := net.Resolver{PreferGo: true}
	addrs, err := resolver.LookupHost(ctx, ask.Name)
	_ = q.Answer(addrs, err)
}
