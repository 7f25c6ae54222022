package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"maildrill/harness/agent/mux"
	"maildrill/harness/topology"
)

// Verbs of the session.
const (
	verbDial     = "dial"     // maildrill asks: connect, then pass bytes
	verbListen   = "listen"   // maildrill asks: listen for as long as the stream is open
	verbAccepted = "accepted" // the vantage says: a node has connected, here are its bytes
	verbLookup   = "lookup"   // maildrill asks: resolve through the container's resolv.conf
)

type dialRequest struct {
	Address string        `json:"address"` // ip:port
	Timeout time.Duration `json:"timeout"` // ns
}

type dialReply struct {
	Local string `json:"local"`
}

type listenRequest struct {
	Port int `json:"port"`
}

type listenReply struct {
	Address string `json:"address"`
}

type acceptedRequest struct {
	Port   int    `json:"port"`
	Local  string `json:"local"`
	Remote string `json:"remote"`
}

type lookupRequest struct {
	Name string `json:"name"`
}

// codes tell dial errors apart across the session.
var codes = map[string]error{
	"refused":     topology.ErrRefused,
	"timeout":     topology.ErrTimeout,
	"unreachable": topology.ErrUnreachable,
}

// classify says which of the three ways a connection failed; the reasons are
// those of connect(2).
func classify(err error) error {
	code := ""
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		code = "refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		code = "unreachable"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		code = "timeout"
	}
	return &mux.Failure{Code: code, Text: err.Error()}
}

// declassify turns the vantage's answer into the errors of package topology.
func declassify(err error) error {
	var f *mux.Failure
	if !errors.As(err, &f) {
		return err
	}
	if cause, ok := codes[f.Code]; ok {
		return fmt.Errorf("%w (%s)", cause, f.Text)
	}
	return err
}
