package embedded

import (
	"context"
	"errors"
	"fmt"

	"maildrill/harness/embedded/store"
)

// Lie is one broken promise of a mail store; its kinds are those of package
// store: [store.Remember], [store.RollBack], ...
type Lie = store.Lie

// Liar is a node of the known-truth system whose stored mail can be falsified,
// so that a judge can be judged: what was told is known exactly. No fault is made
// of it, and no other runtime has it. Every instance of a node with the role
// store is one while it runs.
type Liar interface {
	// Lie breaks one promise, at once and whatever clients are doing.
	Lie(ctx context.Context, l Lie) error
	// UIDs lists what a mailbox holds, in order.
	UIDs(ctx context.Context, account, mailbox string) ([]uint32, error)
}

var _ Liar = mortal{}

// Lie implements Liar.
func (n *node) Lie(ctx context.Context, l Lie) error {
	boxes, err := n.boxes(ctx)
	if err != nil {
		return err
	}
	return boxes.Lie(l)
}

// UIDs implements Liar.
func (n *node) UIDs(ctx context.Context, account, mailbox string) ([]uint32, error) {
	boxes, err := n.boxes(ctx)
	if err != nil {
		return nil, err
	}
	return boxes.UIDs(account, mailbox)
}

func (n *node) boxes(ctx context.Context) (*store.Store, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life == nil || n.life.boxes == nil {
		return nil, errors.Join(ctx.Err(), fmt.Errorf("%s runs no mail store", n.Name))
	}
	return n.life.boxes, ctx.Err()
}
