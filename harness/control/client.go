package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// ErrNobody is wrapped by errors of requests that no process answers: the
// holder has ended without taking its topology down, or is about to.
var ErrNobody = errors.New("no process holds it any more")

// Alive tells whether a process serves the folder; the error wraps [ErrNobody].
func Alive(ctx context.Context, folder string) error {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	conn, err := dial(ctx, folder)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return conn.Close()
}

// Client asks the process that serves a folder.
type Client struct{ http http.Client }

// dialLimit bounds the wait for a holder to take a connection: it is on this
// machine.
const dialLimit = 10 * time.Second

// NewClient makes a client of the socket in a folder. Nothing is asked yet.
func NewClient(folder string) *Client {
	return &Client{http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, dialLimit)
			defer cancel()
			return dial(ctx, folder)
		},
	}}}
}

// Inject asks for a fault. say is told what happens meanwhile.
func (c *Client) Inject(ctx context.Context, ask Ask, say func(Line)) (*Fault, error) {
	end, err := c.ask(ctx, "inject", ask, say)
	return end.Fault, err
}

// Revert asks for faults to be taken back.
func (c *Client) Revert(ctx context.Context, what Reversion, say func(Line)) (*Reverted, error) {
	end, err := c.ask(ctx, "revert", what, say)
	return end.Reverted, err
}

// Status asks how everything stands.
func (c *Client) Status(ctx context.Context) (*Status, error) {
	body, err := c.request(ctx, http.MethodGet, "status", nil)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var s Status
	if err := json.NewDecoder(body).Decode(&s); err != nil {
		return nil, fmt.Errorf("read the status: %w", err)
	}
	return &s, nil
}

// ask reads an answer to its end. One that is cut off is [ErrNobody].
func (c *Client) ask(ctx context.Context, what string, question any, say func(Line)) (Line, error) {
	text, err := json.Marshal(question)
	if err != nil {
		return Line{}, err
	}
	body, err := c.request(ctx, http.MethodPost, what, bytes.NewReader(text))
	if err != nil {
		return Line{}, err
	}
	defer body.Close()
	for lines := json.NewDecoder(body); ; {
		var line Line
		switch err := lines.Decode(&line); {
		case ctx.Err() != nil:
			return Line{}, ctx.Err()
		case err != nil:
			return Line{}, fmt.Errorf("%s: the answer was cut off: %w", what, ErrNobody)
		case line.Refusal != nil:
			return Line{}, line.Refusal
		case line.Fault != nil, line.Reverted != nil:
			return line, nil
		}
		say(line)
	}
}

func (c *Client) request(ctx context.Context, method, what string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://maildrill/"+what, body)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(r)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %w", what, ErrNobody, err)
	case answer.StatusCode != http.StatusOK:
		defer answer.Body.Close()
		why, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<12))
		return nil, fmt.Errorf("%s: %s", what, strings.TrimSpace(string(why)))
	}
	return answer.Body, nil
}
