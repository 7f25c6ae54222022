package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// upgradeNeeds are the abilities that node.upgrade uses.
var upgradeNeeds = ruleNeeds(Versions, CanTouch)

// upgrade is node.upgrade.
type upgrade struct {
	Fault
	mu     sync.Mutex
	before string // the version before the fault
}

func newUpgrade(decode func(any) error) (Fault, error) {
	var with struct {
		Image string `yaml:"image"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.Image == "" || strings.ContainsAny(with.Image, " \t\r\n") {
		return nil, fmt.Errorf("image is %q; valid: the name of an image that the engine has; `maildrill images build postfix:trixie` makes one", with.Image)
	}
	f := &upgrade{}
	var err error
	f.Fault, err = newRuled("node.upgrade", with, &ruled{
		mechanism: Versions,
		place:     func(t Target) ([]placed, error) { return []placed{{t.Node, VersionSpec{with.Image}}}, nil },
		sees:      f.sees,
		check:     func(t Target) error { _, err := softwareOf(t, ""); return err },
	})
	return f, err
}

// Check implements [Particular].
func (f *upgrade) Check(t Target) error {
	p, ok := f.Fault.(Particular)
	if !ok {
		return nil
	}
	return p.Check(t)
}

// Inject implements [Fault]. What the server was before is what it is compared
// with.
func (f *upgrade) Inject(ctx context.Context, t Target) error {
	_, err := need[Ruler](t.Node, upgradeNeeds...)
	if err == nil && f.known("") == "" {
		var now string
		now, err = version(ctx, t)
		if err == nil && now == "" {
			err = errors.New("it is down, and has no version that could change")
		}
		f.known(now)
	}
	if err != nil {
		return fmt.Errorf("inject node.upgrade on %s: %w", t.Node.Name(), err)
	}
	return f.Fault.Inject(ctx, t)
}

// known is the version before the fault, once it was told.
func (f *upgrade) known(now string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.before == "" {
		f.before = now
	}
	return f.before
}

// sees asks the server for its version.
func (f *upgrade) sees(ctx context.Context, t Target, known phase) (Evidence, error) {
	now, err := version(ctx, t)
	if err != nil {
		return Evidence{}, err
	}
	if now == "" {
		return Evidence{Effective: known == held, Detail: "it is down"}, nil
	}
	before := f.known(now)
	v := look(ctx, t, nil)
	return Evidence{Effective: now != before, Detail: fmt.Sprintf("version %s, before %s; %s", now, before, v.detail)}, nil
}

// version asks the server's own program; a server that is down has none.
func version(ctx context.Context, t Target) (string, error) {
	by, err := softwareOf(t, "")
	if err != nil {
		return "", err
	}
	felt, err := touch(ctx, t.Node, Touch{Try: TryRun, Run: by.version})
	if err != nil || felt.Down {
		return "", err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(felt.Output)), "\n")
	if felt.Code != 0 || first == "" {
		return "", fmt.Errorf("%s: exit code %d: %s", strings.Join(by.version, " "), felt.Code, first)
	}
	return first, nil
}
