package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ask puts the questions that no flag has answered. An empty answer takes what is
// in brackets; the end of the input takes it for all that is left.
func (p *process) ask(o *initOptions, given func(string) bool) error {
	answers := bufio.NewScanner(p.Stdin)
	for _, q := range []struct {
		flag, text, otherwise string
		take                  func(string) error
	}{
		{"topology", "topology (`maildrill list topologies`)", o.topology, func(s string) error { o.topology = s; return nil }},
		{"fault", "what breaks (`maildrill list faults`)", o.fault, func(s string) error { o.fault = s; return nil }},
		{"on", "on which node, link or site", "the first that it fits", func(s string) error { o.on = s; return nil }},
		{"for", "for how long", o.hold.String(), func(s string) (err error) { o.hold, err = time.ParseDuration(s); return err }},
		{"rto", "services must be back within", o.rto.String(), func(s string) (err error) { o.rto, err = time.ParseDuration(s); return err }},
	} {
		if given(q.flag) {
			continue
		}
		fmt.Fprintf(p.Stderr, "%s [%s]: ", q.text, q.otherwise)
		if !answers.Scan() {
			fmt.Fprintln(p.Stderr)
			break
		}
		if text := strings.TrimSpace(answers.Text()); text != "" {
			if err := q.take(text); err != nil {
				return fmt.Errorf("%s: %w", q.text, err)
			}
		}
	}
	if err := answers.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answers: %w", err)
	}
	return nil
}
