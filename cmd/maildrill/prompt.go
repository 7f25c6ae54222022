package main

import (
	"bufio"
	"context"
	"fmt"
	"sync"

	"maildrill/harness/action"
)

// prompt asks whoever sits at the terminal to acknowledge manual steps. Standard
// input is read from the first question on, by one reader, and a line is taken
// for one answer: that to the question which was shown first.
type prompt struct {
	p     *process
	once  sync.Once
	lines chan string
	turn  chan struct{}
}

func newPrompt(p *process) *prompt {
	return &prompt{p: p, lines: make(chan string), turn: make(chan struct{}, 1)}
}

// read hands on the lines of standard input, for as long as the program lives.
func (q *prompt) read() {
	q.once.Do(func() {
		go func() {
			in := bufio.NewScanner(q.p.Stdin)
			for in.Scan() {
				q.lines <- in.Text()
			}
			close(q.lines)
		}()
	})
}

// ask waits for a line. Without a terminal nobody answers.
func (q *prompt) ask(ctx context.Context) (action.Acknowledgement, bool) {
	if !q.p.attended() {
		return action.Acknowledgement{}, false
	}
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-ctx.Done():
		return action.Acknowledgement{}, false
	}
	q.read()
	select {
	case note, open := <-q.lines:
		return action.Acknowledgement{By: account(), Via: "terminal", Note: note}, open
	case <-ctx.Done():
		return action.Acknowledgement{}, false
	}
}

// attended tells whether somebody can answer here.
func (p *process) attended() bool { return p.Keyboard && p.Terminal && !p.json }

// howToAck says how a manual step is acknowledged.
func (p *process) howToAck(folder, step string) string {
	said := fmt.Sprintf("`maildrill ack %s %s`", folder, step)
	if p.attended() {
		return "press Enter when it is done (a line before it is kept as a note), or from another terminal " + said
	}
	return "nobody sits at this run: " + said + " acknowledges it"
}
