package ledger

import (
	"errors"
	"sync"
)

// ahead decodes the next entries while those before are looked at: two
// processors share the work of reading, in bounded memory.
type ahead struct {
	segments []string
	decoder  decoder

	decoded chan *piece // closed at the end
	spare   chan *piece // memory to use again
	stop    chan struct{}
	ended   sync.WaitGroup

	// Known when decoded is closed.
	torn string
	err  error
}

// piecesAhead is how many pieces there are.
const piecesAhead = 8

var errStopped = errors.New("nobody wants more")

func newAhead(segments []string, d decoder) *ahead {
	a := &ahead{segments: segments, decoder: d,
		decoded: make(chan *piece, piecesAhead), spare: make(chan *piece, piecesAhead), stop: make(chan struct{})}
	for range piecesAhead {
		a.spare <- &piece{}
	}
	a.ended.Add(1)
	return a
}

// end waits for the goroutine, which is not to outlive the reading.
func (a *ahead) end() {
	close(a.stop)
	a.ended.Wait()
}

func (a *ahead) run() {
	defer a.ended.Done()
	defer close(a.decoded)
	w := walker{segments: a.segments}
	a.err = w.each(a.block)
	a.torn = w.torn
}

func (a *ahead) block(h preamble, _ int) error {
	if err := a.decoder.open(h); err != nil {
		return err
	}
	for more := h.count > 0; more; {
		var p *piece
		select {
		case p = <-a.spare:
		case <-a.stop:
			return errStopped
		}
		var err error
		if more, err = a.decoder.next(p); err != nil {
			return err
		}
		select {
		case a.decoded <- p:
		case <-a.stop:
			return errStopped
		}
	}
	return nil
}
