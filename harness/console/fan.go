package console

import (
	"context"
	"errors"
	"sync"
	"time"
)

// calm is the shortest time between two frames, and the wait after a board that
// could not be read.
const (
	calm  = 250 * time.Millisecond
	retry = 2 * time.Second
)

var errFull = errors.New("all places for live views are taken: reload the page later, it works without")

// fan shows the board to many. One goroutine waits for changes while anybody
// watches; each change is read once, and rendered once for each role that watches.
type fan struct {
	book *book
	most int

	mu      sync.Mutex
	viewers map[*viewer]bool
	latest  map[Role]*frame
	stop    context.CancelFunc
	// trouble is why the board could not be read; empty: it could.
	trouble string
}

// viewer has room for one frame: a newer one takes the place of an older one.
type viewer struct {
	role   Role
	frames chan *frame
}

func newFan(b *book, most int) *fan {
	return &fan{book: b, most: most, viewers: map[*viewer]bool{}, latest: map[Role]*frame{}}
}

// join adds a viewer, who gets the latest frame as soon as there is one.
func (f *fan) join(role Role) (*viewer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.viewers) >= f.most {
		return nil, errFull
	}
	v := &viewer{role: role, frames: make(chan *frame, 1)}
	f.viewers[v] = true
	if len(f.viewers) == 1 {
		var ctx context.Context
		ctx, f.stop = context.WithCancel(context.Background())
		go f.watch(ctx)
	} else if f.latest[role] == nil {
		f.latest[role] = f.first(role)
	}
	if first := f.latest[role]; first != nil {
		v.put(first)
	}
	return v, nil
}

// first renders for a role that nobody watched as so far.
func (f *fan) first(role Role) *frame {
	l, err := f.book.look()
	if err != nil {
		return nil
	}
	return newFrame(nil, l, role, f.trouble)
}

func (f *fan) leave(v *viewer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.viewers, v)
	if len(f.viewers) == 0 {
		f.stop()
		clear(f.latest) // it grows old
		f.trouble = ""
	}
}

func (f *fan) watch(ctx context.Context) {
	for ctx.Err() == nil {
		l, err := f.book.fresh()
		f.show(ctx, l, err)
		if err == nil {
			err = f.book.board.Changed(ctx, l.Events)
		}
		wait := calm
		if err != nil {
			wait = retry
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// show gives everybody a frame of the look, or says on the last one why there is none.
func (f *fan) show(ctx context.Context, l *look, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil { // another one watches by now
		return
	}
	f.trouble = ""
	if err != nil {
		f.trouble = err.Error()
	}
	roles := map[Role]bool{}
	for v := range f.viewers {
		roles[v.role] = true
	}
	for role := range roles {
		f.latest[role] = newFrame(f.latest[role], l, role, f.trouble)
	}
	for v := range f.viewers {
		v.put(f.latest[v.role])
	}
}

// put never waits: only the fan puts, and it holds its lock.
func (v *viewer) put(next *frame) {
	select {
	case <-v.frames:
	default:
	}
	v.frames <- next
}
