package mux

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
)

// largest is the longest message, in bytes: a defence against reading noise.
const largest = 16 << 20

// Question is what the other side asked.
type Question struct {
	Verb   string          `json:"verb"`
	Body   json.RawMessage `json:"body,omitempty"`
	Stream net.Conn        `json:"-"`
}

// Decode fills in from the question's body.
func (q Question) Decode(in any) error {
	if err := json.Unmarshal(q.Body, in); err != nil {
		return fmt.Errorf("decode %s: %w", q.Verb, err)
	}
	return nil
}

// Answer replies with a body, or with an error, whose [Failure] code is kept.
func (q Question) Answer(body any, err error) error {
	var reply reply
	if err != nil {
		reply.Failure = failureOf(err)
		return write(q.Stream, reply)
	}
	if body != nil {
		if reply.Body, err = json.Marshal(body); err != nil {
			return fmt.Errorf("answer %s: %w", q.Verb, err)
		}
	}
	return write(q.Stream, reply)
}

// Failure is an error that crossed the session: a text, and a code that the
// asking side can tell apart.
type Failure struct {
	Code string `json:"code,omitempty"`
	Text string `json:"text"`
}

func (f *Failure) Error() string { return f.Text }

type reply struct {
	Body    json.RawMessage `json:"body,omitempty"`
	Failure *Failure        `json:"failure,omitempty"`
}

func ask(stream io.ReadWriter, verb string, in, out any) error {
	q := Question{Verb: verb}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return err
		}
		q.Body = body
	}
	if err := write(stream, q); err != nil {
		return closed(err)
	}
	var r reply
	if err := read(stream, &r); err != nil {
		return closed(err)
	}
	if r.Failure != nil {
		return r.Failure
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(r.Body, out)
}

// write sends one message: its length in four bytes, then JSON.
func write(w io.Writer, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...))
	return err
}

// read takes one message, and not a byte more.
func read(r io.Reader, message any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > largest {
		return fmt.Errorf("message of %d bytes: too long", n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	return json.Unmarshal(body, message)
}

func failureOf(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return &Failure{Code: f.Code, Text: err.Error()}
	}
	return &Failure{Text: err.Error()}
}
