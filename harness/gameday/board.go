package gameday

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday/channel"
)

// Board is one exercise for those who look at it and act in it from elsewhere than
// a terminal: package console.
type Board struct {
	Log  *Log
	Send Sender
	// Go fills the lines of the card that maildrill answers itself, Digest is that of
	// the topology as it is now, Start starts a process that leads.
	Go     func(ctx context.Context) error
	Digest func() (string, error)
	Start  func(who exercise.Actor) error
}

// View is the exercise as it stands now. What a killed leader has left open is
// written down first.
func (b Board) View() (exercise.Record, []exercise.Event, error) {
	if _, err := Heal(b.Log); err != nil {
		return exercise.Record{}, nil, err
	}
	return b.Log.Read()
}

// Live is how the drill stands; nil: none runs.
func (b Board) Live() (*exercise.Live, error) {
	text, err := os.ReadFile(b.Log.folder.live())
	if errors.Is(err, os.ErrNotExist) || err == nil && !Led(b.Log.folder) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read how the drill stands: %w", err)
	}
	var live exercise.Live
	if err := json.Unmarshal(text, &live); err != nil {
		return nil, fmt.Errorf("read how the drill stands: %w", err)
	}
	return &live, nil
}

// look is how often the files of an exercise are looked at for somebody else's
// lines.
const look = 250 * time.Millisecond

// Changed returns when there are more lines than since, or when the drill has moved
// on.
func (b Board) Changed(ctx context.Context, since int) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	before := b.moved()
	for {
		r, _, err := b.Log.Read()
		if err != nil || r.Events > since {
			return err
		}
		if now := b.moved(); !now.Equal(before) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b Board) moved() time.Time {
	if info, err := os.Stat(b.Log.folder.live()); err == nil {
		return info.ModTime()
	}
	return time.Time{}
}

// Do writes a line, and does what comes with it: an approval has the topology's
// digest, a go the machine's lines of the card, a start a process that leads, and
// REAL WORLD is told to all.
func (b Board) Do(who exercise.Actor, kind string, data any) error {
	move, _ := data.(exercise.Move)
	switch move.To {
	case exercise.Approved:
		digest, err := b.Digest()
		if err != nil {
			return err
		}
		move.Digest = digest
		data = move
	case exercise.Go:
		if err := b.Go(context.Background()); err != nil {
			return err
		}
	case exercise.Running:
		if r, _, err := b.Log.Read(); err != nil || r.State == exercise.Go {
			return errors.Join(err, b.start(who, r))
		}
	}
	r, err := b.Log.Append(who, kind, data)
	if err != nil {
		return err
	}
	if err := WriteRecord(b.Log.folder, r); err != nil {
		return err
	}
	if move.To == exercise.Stopped && channel.IsRealWorld(move.Why) {
		go func() { _ = Say(context.Background(), b.Log, b.Send, exercise.Machine(), channel.Real, move.Why) }() // what fails is in the log
	}
	return nil
}

// start starts a process that leads, if this person may.
func (b Board) start(who exercise.Actor, r exercise.Record) error {
	if err := exercise.May(who, exercise.StateChanged, exercise.Running); err != nil {
		return err
	}
	if _, err := r.Part(who.Name, who.Role); err != nil {
		return fmt.Errorf("%w; or start it in a terminal: maildrill gameday start", err)
	}
	return b.Start(who)
}
