package keeper

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/filework"
)

// belongings is the mechanism [faults.Files].
type belongings struct {
	folder string // where originals are kept, by node and rule

	mu   sync.Mutex // of the list
	acts sync.Mutex // one change at a time
	list []*fileRule
}

func newBelongings() *belongings { return &belongings{folder: originals} }

// fileRule is one that stands, with what its end needs.
type fileRule struct {
	faults.Rule
	spec    faults.FileSpec
	node    string
	put     time.Time
	timer   *time.Timer
	begun   bool // all that was to change at once has
	keep    *filework.Keep
	patches []filework.Patch
	stop    context.CancelFunc // encrypt: of who does it
	done    chan struct{}      // encrypt: closed when that is over
}

func (b *belongings) find(n node, id string) *fileRule {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.list, func(r *fileRule) bool { return r.node == n.name && r.ID == id })
	if i < 0 {
		return nil
	}
	return b.list[i]
}

// put notes the rule before the first change. One that stands is left alone:
// what was changed once must not be kept as if it were the original.
func (b *belongings) put(ctx context.Context, n node, rule faults.Rule) error {
	b.acts.Lock()
	defer b.acts.Unlock()
	if r := b.find(n, rule.ID); r != nil && r.begun {
		r.timer.Reset(rule.TTL)
		b.mu.Lock()
		defer b.mu.Unlock()
		r.TTL, r.put = rule.TTL, time.Now()
		return nil
	}
	if err := b.end(ctx, n, rule.ID); err != nil { // one that failed half-way
		return err
	}
	r := &fileRule{Rule: rule, node: n.name, put: time.Now()}
	err := rule.Decode(&r.spec)
	if err == nil {
		r.keep, err = filework.NewKeep(filepath.Join(b.folder, n.name, rule.ID))
	}
	if err != nil {
		return err
	}
	r.timer = expire(b, n, rule)
	b.mu.Lock()
	b.list = append(b.list, r)
	b.mu.Unlock()
	err = r.begin(ctx, n)
	r.begun = err == nil
	return err
}

// rooted acts on the files of the rule's volume, and on no others: nothing leads
// out of it.
func (r *fileRule) rooted(ctx context.Context, n node, act func(root *os.Root, pid int) error) error {
	return n.inVolume(ctx, r.spec.Volume, func(path string, pid int) error {
		root, err := os.OpenRoot(path)
		if err != nil {
			return err
		}
		return errors.Join(act(root, pid), root.Close())
	})
}

func (r *fileRule) begin(ctx context.Context, n node) error {
	return r.rooted(ctx, n, func(root *os.Root, _ int) (err error) {
		switch r.spec.Do {
		case faults.FileCorrupt:
			r.patches, err = r.keep.Corrupt(root, r.spec.What, r.spec.Files, r.spec.Bytes)
		case faults.FileOwn:
			err = r.keep.Own(root, r.spec.Path, r.spec.Owner, r.spec.Group, r.spec.Mode)
		case faults.FileDelete:
			err = r.keep.Delete(root, r.spec.Path)
		case faults.FileLock:
			err = r.encrypt(ctx, n, root)
		default:
			err = fmt.Errorf("nobody knows how to %q files", r.spec.Do)
		}
		return err
	})
}

// encrypt makes one file unreadable at once, and then others at the rate.
func (r *fileRule) encrypt(ctx context.Context, n node, root *os.Root) error {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	prey, err := filework.Prey(root)
	if err != nil {
		return err
	}
	if len(prey) == 0 {
		return errors.New("there is no file on the volume: let mail come first")
	}
	if err := r.keep.Encrypt(root, prey[0], key); err != nil {
		return err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop, r.done = stop, make(chan struct{})
	go func() {
		defer close(r.done)
		tick := time.NewTicker(time.Second / time.Duration(r.spec.Rate))
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				r.next(life, n, key)
			case <-life.Done():
				return
			}
		}
	}()
	return nil
}

// next encrypts one file more, if there is one. A node that is down is left in
// peace.
func (r *fileRule) next(ctx context.Context, n node, key [32]byte) {
	_ = r.rooted(ctx, n, func(root *os.Root, pid int) error {
		if pid == 0 {
			return errDown
		}
		prey, err := filework.Prey(root)
		if err != nil {
			return err
		}
		for _, path := range prey {
			if !r.keep.Has(root, path) {
				return r.keep.Encrypt(root, path, key)
			}
		}
		return nil
	})
}

func (b *belongings) take(ctx context.Context, n node, id string) error {
	b.acts.Lock()
	defer b.acts.Unlock()
	return b.end(ctx, n, id)
}

func (b *belongings) end(ctx context.Context, n node, id string) error {
	r := b.find(n, id)
	if r == nil {
		return nil
	}
	if r.stop != nil {
		r.stop()
		<-r.done
	}
	if err := r.rooted(ctx, n, func(root *os.Root, _ int) error { return r.end(root) }); err != nil {
		return err
	}
	r.timer.Stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = slices.DeleteFunc(b.list, func(o *fileRule) bool { return o == r })
	return r.keep.Forget()
}

func (r *fileRule) end(root *os.Root) error {
	switch {
	case r.spec.Lasting:
		return nil
	case r.spec.Do == faults.FileCorrupt:
		return filework.Heal(root, r.patches)
	case r.spec.Do == faults.FileOwn:
		return r.keep.GiveBack(root)
	}
	return r.keep.Restore(root)
}

// rules reads back whose change is still there.
func (b *belongings) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []faults.Standing
	for _, r := range b.list {
		originals := r.keep.Originals()
		if r.node == n.name && len(originals) > 0 {
			all = append(all, faults.Standing{
				ID: r.ID, Spec: r.Spec, Left: r.TTL - time.Since(r.put), Counters: map[string]uint64{"files": uint64(len(originals))},
			})
		}
	}
	return all, nil
}

// compare lists what differs from what it was before a rule. Of what was
// corrupted it tells the places.
func (b *belongings) compare(n node, path, id string) ([]string, error) {
	r := b.find(n, id)
	if r == nil {
		return nil, nil
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	changed := r.keep.Changed(root)
	if len(changed) > 0 {
		for _, p := range r.patches {
			changed = append(changed, p.String())
		}
	}
	return changed, nil
}
