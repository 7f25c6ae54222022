package faults

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// dependencyNeeds are the abilities for a proxy in the path to a dependency.
var dependencyNeeds = ruleNeeds(Dialogue, CanVisit)

// dependencyLook is a question of the drill's own to a directory or a filter, and
// what of the answer shows the fault.
type dependencyLook struct {
	say   []byte
	hear  int
	shows func(Sight, error) bool
}

func (l dependencyLook) at(ctx context.Context, p passage) (bool, string, error) {
	s, err := visit(ctx, p.from, Visit{To: p.to[0], Say: l.say, Hear: l.hear, Timeout: lookTime})
	if ctx.Err() != nil {
		return false, "", ctx.Err()
	}
	if err != nil && !missed(err) {
		return false, err.Error(), nil
	}
	return l.shows(s, err), fmt.Sprintf("%d bytes after %v, %v", len(s.Bytes), s.Heard.Round(time.Millisecond), err), nil
}

// resets: the connection ends without a word.
func resets(s Sight, err error) bool { return errors.Is(err, ErrReset) && len(s.Bytes) == 0 }

// answersLate: the answer comes after the delay, of which a look is spared what
// is longer than [LookWait].
func answersLate(delay time.Duration) func(Sight, error) bool {
	want := min(delay, LookWait)
	return func(s Sight, err error) bool { return err == nil && s.Heard >= want && s.Heard < want+time.Second }
}

// newDependency makes a fault of a script for a service that mail depends on.
// Connections that exist are reset, because servers ask over one connection for
// as long as it lasts.
func newDependency(kind string, params any, service string, script any, look dependencyLook) (Fault, error) {
	return newScripted(kind, params, []string{service}, script, look)
}
