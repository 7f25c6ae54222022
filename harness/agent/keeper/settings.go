package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/containerd/errdefs"

	"maildrill/faults"
	"maildrill/harness/agent/authority"
	"maildrill/harness/agent/program"
)

// settings is the mechanism [faults.Settings]. A file is what it was before the
// first rule, changed by each rule in turn.
type settings struct {
	mu        sync.Mutex
	authority *authority.Authority
	files     map[settingsFile]*alteredFile
}

type settingsFile struct{ node, path string }

// alteredFile is a file on which rules stand.
type alteredFile struct {
	original containerFile
	rules    []*settingRule
	written  []byte
}

type settingRule struct {
	faults.Rule
	spec  faults.SettingSpec
	until time.Time
	timer *time.Timer
	gone  bool // from the file; the server may not have read it again yet
	ended bool // we have ended the node for that, and it does not run yet
}

// standing are those that make the file what it is.
func (f *alteredFile) standing() []*settingRule {
	return slices.DeleteFunc(slices.Clone(f.rules), func(r *settingRule) bool { return r.gone })
}

func newSettings() *settings { return &settings{files: map[settingsFile]*alteredFile{}} }

// put keeps the file before it is changed. A file that is not as it was left is
// changed again: its container may be another.
func (m *settings) put(ctx context.Context, n node, rule faults.Rule) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := &settingRule{Rule: rule, until: time.Now().Add(rule.TTL)}
	if err := rule.Decode(&r.spec); err != nil {
		return err
	}
	if err := m.drop(ctx, n, rule.ID, r.spec.File); err != nil {
		return err
	}
	at := settingsFile{n.name, r.spec.File}
	f := m.files[at]
	if f == nil {
		original, err := n.readFile(ctx, at.path)
		if err != nil {
			return err
		}
		f = &alteredFile{original: original}
	}
	before := f.rules
	f.rules = append(slices.Clone(before), r)
	content, err := m.content(f)
	if err != nil {
		f.rules = before
		return fmt.Errorf("%s of %s: %w", at.path, n.name, err)
	}
	m.files[at], r.timer = f, expire(m, n, rule)
	if err := f.write(ctx, n, at.path, content); err != nil {
		return err
	}
	_, err = n.reload(ctx, r.spec.Reload) // how the server takes it is what the fault is about
	return err
}

// drop takes a rule that is put again from elsewhere; on the same file it is
// only forgotten, and the file is written once.
func (m *settings) drop(ctx context.Context, n node, id, path string) error {
	at, i := m.find(n, id)
	switch {
	case i < 0:
		return nil
	case at.path != path:
		return m.end(ctx, n, id)
	}
	f := m.files[at]
	f.rules[i].timer.Stop()
	f.rules = slices.Delete(slices.Clone(f.rules), i, i+1)
	return nil
}

func (m *settings) find(n node, id string) (settingsFile, int) {
	for at, f := range m.files {
		i := slices.IndexFunc(f.rules, func(r *settingRule) bool { return r.ID == id })
		if at.node == n.name && i >= 0 {
			return at, i
		}
	}
	return settingsFile{}, -1
}

// content is what the rules make of the file.
func (m *settings) content(f *alteredFile) (body []byte, err error) {
	body = f.original.body
	for _, r := range f.standing() {
		switch r.spec.Do {
		case faults.SettingPrepend:
			body = slices.Concat([]byte(r.spec.Text), body)
		case faults.SettingAppend:
			body = slices.Concat(body, []byte(r.spec.Text))
		case faults.SettingCertify:
			if m.authority == nil {
				m.authority, err = authority.New(faults.DrillAuthority)
			}
			if err == nil {
				body, err = m.authority.Replace(body, r.spec.Certificate)
			}
		default:
			err = fmt.Errorf("nobody knows how to %q a setting", r.spec.Do)
		}
		if err != nil {
			return nil, err
		}
	}
	return body, nil
}

func (f *alteredFile) write(ctx context.Context, n node, path string, content []byte) error {
	f.written = content
	if len(f.standing()) == 0 {
		return n.writeFile(ctx, path, f.original)
	}
	return n.writeFile(ctx, path, f.original.changed(content))
}

func (m *settings) take(ctx context.Context, n node, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.end(ctx, n, id)
}

// end writes the file without the rule, and has the server read it. One that
// cannot be told is started anew, unless another rule may be why. The rule is
// forgotten when all of that is done: until then it may be taken again.
func (m *settings) end(ctx context.Context, n node, id string) error {
	at, i := m.find(n, id)
	if i < 0 {
		return nil
	}
	f := m.files[at]
	r := f.rules[i]
	r.gone = true
	content, err := m.content(f)
	if err == nil {
		err = f.write(ctx, n, at.path, content)
	}
	if err != nil {
		r.gone = false
		return err
	}
	if err := n.reread(ctx, r, len(f.standing()) == 0); err != nil {
		return err
	}
	r.timer.Stop()
	if f.rules = slices.Delete(slices.Clone(f.rules), i, i+1); len(f.rules) == 0 {
		delete(m.files, at)
	}
	return nil
}

// reread has the server read what was restored; alone tells that no other rule
// stands on the file.
func (n node) reread(ctx context.Context, r *settingRule, alone bool) error {
	agreed, err := n.reload(ctx, r.spec.Reload)
	if err != nil || !r.ended && (agreed || !alone) {
		return err
	}
	r.ended = true
	return errors.Join(n.stop(ctx, restartGrace), n.start(ctx))
}

// rules reads back whose file is as it was written.
func (m *settings) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []faults.Standing
	for at, f := range m.files {
		if at.node != n.name {
			continue
		}
		now, err := n.readFile(ctx, at.path)
		if errdefs.IsNotFound(err) || err == nil && !bytes.Equal(now.body, f.written) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, r := range f.rules {
			all = append(all, faults.Standing{ID: r.ID, Spec: r.Spec, Left: time.Until(r.until)})
		}
	}
	return all, nil
}

// restartGrace is how long a server has to end that could not be told to read
// its configuration.
const restartGrace = 5 * time.Second

// reload has the server read its configuration, and tells whether it agreed. A
// node that is down reads it at its start.
func (n node) reload(ctx context.Context, command []string) (agreed bool, err error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil || len(command) == 0 || !s.Running || s.Restarting {
		return true, err
	}
	r, err := program.Run(ctx, n.engine, n.Container, command)
	if err != nil {
		return false, fmt.Errorf("reload %s: %w", n.name, err)
	}
	return r.Code == 0, nil
}

// runs runs a program of the node's that only looks.
func (n node) runs(ctx context.Context, command []string) (touchReply, error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil || !s.Running || s.Restarting || s.Paused {
		return touchReply{Felt: faults.Felt{Down: true}}, err
	}
	r, err := program.Run(ctx, n.engine, n.Container, command)
	return touchReply{Felt: faults.Felt{Code: r.Code, Output: slices.Concat(r.Stdout, r.Stderr)}}, err
}
