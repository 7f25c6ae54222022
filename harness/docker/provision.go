package docker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"maildrill/harness/pause"
)

// provisionEvery is the time between two tries to make the accounts: the server that
// makes them starts too.
const provisionEvery = time.Second

// provision makes the drill's accounts in a node of somebody's own image, by the
// script that the node brings.
func (s *System) provision(ctx context.Context, p planned) error {
	if p.Accounts == "" {
		return nil
	}
	limit, cancel := context.WithTimeout(ctx, orElse(p.Health.Timeout, readyLimit))
	defer cancel()
	in := &insides{system: s, planned: p}
	var last error
	for {
		out, err := in.exec(limit, fed(p.Accounts, s.layout.accountLines()))
		if err == nil && out.Code == 0 {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("exit code %d: %s", out.Code, lastLine(string(out.Stdout)+string(out.Stderr)))
		}
		if last == nil || limit.Err() == nil {
			last = err
		}
		if ended := s.ended(limit, p); ended != nil {
			return fmt.Errorf("make the accounts: %w; its last words: %s", ended, s.lastWords(ctx, p))
		}
		if !pause.For(limit, provisionEvery) {
			return fmt.Errorf("make the accounts: %w; the node's last words: %s", last, s.lastWords(ctx, p))
		}
	}
}

// accountLines are what a script of accounts reads.
func (l layout) accountLines() string {
	var lines strings.Builder
	for _, a := range l.topology.Accounts {
		fmt.Fprintf(&lines, "%s %s\n", a.Address, a.Password)
	}
	return lines.String()
}

// fed is the command that runs a script of sh with a text as its standard input.
func fed(script, text string) []string {
	return []string{"sh", "-c", `printf %s "$1" | sh -c "$0"`, script, text}
}

// unprovision takes the accounts away from containers that run on.
func (s *System) unprovision(ctx context.Context) (failed error) {
	for _, p := range s.layout.nodes {
		if p.Attached == "" || p.RemoveAccounts == "" {
			continue
		}
		out, err := (&insides{system: s, planned: p}).exec(ctx, fed(p.RemoveAccounts, s.layout.accountLines()))
		if err == nil && out.Code != 0 {
			err = fmt.Errorf("exit code %d: %s", out.Code, lastLine(string(out.Stdout)+string(out.Stderr)))
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("remove the accounts of %s: %w", p.Name, err))
		}
	}
	return failed
}
