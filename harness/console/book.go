package console

import (
	"sync"
	"time"

	"maildrill/harness/exercise"
)

// look is one look at the board.
type look struct {
	Record exercise.Record
	Live   *exercise.Live
	At     time.Time
	Events int
}

// youth is for how long a look serves the next who asks: five hundred people who
// load a page cost as much as one.
const youth = 100 * time.Millisecond

// book shares what was read from the board.
type book struct {
	board Board
	mu    sync.Mutex
	last  *look
}

// look gives the board as it stands, at most [youth] old.
func (b *book) look() (*look, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last != nil && time.Since(b.last.At) < youth {
		return b.last, nil
	}
	return b.read()
}

// fresh gives the board as it stands now.
func (b *book) fresh() (*look, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read()
}

func (b *book) read() (*look, error) {
	b.last = nil
	record, events, err := b.board.View()
	if err != nil {
		return nil, err
	}
	live, err := b.board.Live()
	if err != nil {
		return nil, err
	}
	b.last = &look{Record: record, Live: live, At: time.Now(), Events: len(events)}
	return b.last, nil
}

// do appends an event. Who looks next sees it.
func (b *book) do(who exercise.Actor, kind string, data any) error {
	err := b.board.Do(who, kind, data)
	b.mu.Lock()
	b.last = nil
	b.mu.Unlock()
	return err
}
