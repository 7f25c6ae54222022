package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"sync"

	"maildrill/harness/ledger"
)

// position is a moment in the life of a fault, told by the event that the run
// has just written.
type position struct {
	Name  string
	Event string
	// During: the run goes on with its call when all others are at their places;
	// elsewhere it stands still behind the event.
	During bool
	// Proven: the fault was seen before.
	Proven bool
}

// positions are the moments between which a fault's journal changes.
var positions = []position{
	{"looked at, not yet journaled", ledger.FaultControl, false, false},
	{"journaled, not yet made", ledger.FaultHeld, false, false},
	{"being made", ledger.FaultInjecting, true, false},
	{"held", ledger.FaultProof, false, true},
	{"being taken back", ledger.FaultReverting, true, true},
	{"taken back, not yet journaled", ledger.FaultReverted, false, true},
}

// stageEnv holds the position of each step, as JSON, for a maildrill under test.
const stageEnv = "MAILDRILL_TEST_STAGE"

// stage stops every step of a drill at a position of its own, so that whatever
// is done then is done at all of these positions.
type stage struct {
	mu   sync.Mutex
	at   map[string]position // of those that are still awaited
	all  chan struct{}       // closed when everybody is at its place
	over chan struct{}       // closed when the run may go on
}

func newStage(at map[string]position) *stage {
	return &stage{at: at, all: make(chan struct{}), over: make(chan struct{})}
}

// observe is called by the goroutine of the step, right behind its event.
func (s *stage) observe(e ledger.Event) {
	s.mu.Lock()
	p, mine := s.at[e.Step]
	if mine = mine && p.Event == e.Kind; mine {
		if delete(s.at, e.Step); len(s.at) == 0 {
			close(s.all)
		}
	}
	s.mu.Unlock()
	if !mine {
		return
	}
	<-s.all
	if !p.During {
		<-s.over
	}
}

// staged is maildrill with a stage. It writes a byte to descriptor 3 when
// everybody is at its place, and goes on when descriptor 4 ends.
func staged() int {
	p := asCalled()
	var at map[string]position
	if text := os.Getenv(stageEnv); text != "" && len(p.Args) > 0 && p.Args[0] == "run" {
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			panic(err)
		}
		s := newStage(at)
		p.observe = s.observe
		go s.direct(os.NewFile(3, "ready"), os.NewFile(4, "resume"))
	}
	return p.run(context.Background())
}

func (s *stage) direct(ready io.Writer, resume io.Reader) {
	<-s.all
	_, _ = ready.Write([]byte{'.'})
	_, _ = io.Copy(io.Discard, resume)
	close(s.over)
}
