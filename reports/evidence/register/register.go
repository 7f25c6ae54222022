package register

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"maildrill/reports/evidence/keys"
)

// Register is a register that its key's holder adds to. It may be used by several
// goroutines and processes at once.
type Register struct {
	store  store
	key    *keys.Key
	now    func() time.Time
	memory memory
}

// gitPrefix marks a register on a git branch: git+URL#BRANCH.
const gitPrefix = "git+"

// Open names a register: a folder, or git+URL#BRANCH. Nothing is read yet.
func Open(where string, key *keys.Key) (*Register, error) {
	s, err := storeAt(where)
	if err != nil {
		return nil, err
	}
	return &Register{store: s, key: key, now: time.Now}, nil
}

func storeAt(where string) (store, error) {
	if rest, ok := strings.CutPrefix(where, gitPrefix); ok {
		return newBranch(rest)
	}
	if where == "" {
		return nil, fmt.Errorf("a register is a folder, or git+URL#BRANCH")
	}
	return folder(where), nil
}

// Read reads the register at a place without trusting it.
func Read(ctx context.Context, where string, key keys.Public) (*View, error) {
	s, err := storeAt(where)
	if err != nil {
		return nil, err
	}
	f, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return Parse(f, key), nil
}

// Where tells people which register it is.
func (r *Register) Where() string { return r.store.where() }

// Init makes an empty register, which must not be there yet. A key has one.
func (r *Register) Init(ctx context.Context) error {
	seen, err := r.memory.last(r)
	if err != nil {
		return err
	}
	if seen != nil && seen.Size > 0 {
		return fmt.Errorf("the key %s has a register with %d leaves, and a key has one: take another key, or move that register (seen: %s)", r.key.Public().ID(), seen.Size, r.memory)
	}
	var empty tree
	root, err := empty.root(0)
	if err != nil {
		return err
	}
	signed, err := Checkpoint{Origin: r.key.Public().Name(), Root: root}.sign(r.key)
	if err != nil {
		return err
	}
	return r.store.create(ctx, Files{Checkpoint: signed})
}

// View reads the register. One that does not fit together is a *BrokenError.
func (r *Register) View(ctx context.Context) (*View, error) {
	f, err := r.store.read(ctx)
	if err != nil {
		return nil, err
	}
	return r.sound(f)
}

func (r *Register) sound(f Files) (*View, error) {
	v := Parse(f, r.key.Public())
	if len(v.Defects) > 0 {
		return nil, &BrokenError{Where: r.Where(), Defects: v.Defects}
	}
	return v, r.recall(v)
}

// append adds the leaves that propose makes from what is there, and gives the
// register with them in it. Places, times and links are filled in here.
func (r *Register) append(ctx context.Context, propose func(*View) ([]Leaf, error)) (after *View, err error) {
	err = r.store.change(ctx, func(f Files) (*step, error) {
		v, err := r.sound(f)
		if err != nil {
			return nil, err
		}
		leaves, err := propose(v)
		if err != nil {
			return nil, err
		}
		s, err := r.step(v, leaves)
		after = v
		return s, err
	})
	if err != nil {
		return nil, err
	}
	r.memorize(after)
	return after, nil
}

// step adds leaves to a view and signs what comes out.
func (r *Register) step(v *View, leaves []Leaf) (*step, error) {
	s := &step{from: v.Files()}
	var text bytes.Buffer
	for _, l := range leaves {
		line, err := v.push(l, r.now())
		if err != nil {
			return nil, err
		}
		text.Write(append(line, '\n'))
		s.message = fmt.Sprintf("register: leaf %d, %s of %s", v.Size()-1, l.Kind(), l.Run)
	}
	root, err := v.tree.root(v.Size())
	if err != nil {
		return nil, err
	}
	v.Checkpoint = Checkpoint{Origin: r.key.Public().Name(), Size: v.Size(), Root: root}
	s.leaves = text.Bytes()
	s.signed, err = v.Checkpoint.sign(r.key)
	v.Signed = s.signed
	return s, err
}

// push puts a leaf behind the others.
func (v *View) push(l Leaf, now time.Time) ([]byte, error) {
	l.N, l.At, l.Prev = v.Size(), now.UTC().Format(time.RFC3339), ""
	if l.N > 0 {
		l.Prev = digest(v.lines[l.N-1])
	}
	line, err := l.line()
	if err != nil {
		return nil, err
	}
	if again, err := parseLeaf(line); err != nil {
		return nil, fmt.Errorf("a leaf about run %q cannot be written: %w", again.Run, err)
	}
	v.Leaves, v.lines = append(v.Leaves, l), append(v.lines, line)
	return line, v.tree.add(l.N, line)
}
