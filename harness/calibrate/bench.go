package calibrate

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"

	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// Judge turns a history into a record, as measure.Judge does.
type Judge func(measure.History) (record.Record, error)

// Bench is what a calibration works on. Its methods are safe for concurrent
// use.
type Bench struct {
	Full bool
	Seed uint64
	// Judge is measure.Judge, or a mutant of it.
	Judge Judge
	// Blunder damages the instruments of live cases; nil: they are whole.
	Blunder *Blunder
	// Dir takes files; each case makes its own folder.
	Dir string
	// Self starts this program again as a victim. Nil: it cannot, and cases that
	// need it fail.
	Self     func(args ...string) *exec.Cmd
	Progress func(string)

	mu      sync.Mutex
	cases   int
	failed  int
	reason  string
	figures []string
	hasty   bool        // stop at the first failure: a mutant needs no more
	ended   func() bool // somebody stopped the calibration
	row     string
	asked   int
	written *library
}

// library keeps the histories that mutants judge: writing them takes longer
// than judging them. A row asks for them in the same order each time.
type library struct {
	mu      sync.Mutex
	volumes map[string]measure.History
}

func (l *library) history(key string, t *tape) measure.History {
	l.mu.Lock()
	h, ok := l.volumes[key]
	l.mu.Unlock()
	if !ok {
		h = t.history()
		l.mu.Lock()
		l.volumes[key] = h
		l.mu.Unlock()
	}
	return h
}

// Case counts one question and its answer: nil, or what was reported wrongly.
func (b *Bench) Case(name string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cases++
	if err == nil {
		return
	}
	b.failed++
	if b.failed == 1 {
		b.reason = fmt.Sprintf("%s: %v", name, err)
	}
}

// Figure notes something measured.
func (b *Bench) Figure(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.figures = append(b.figures, fmt.Sprintf(format, args...))
}

// done tells whether nothing more can be learned.
func (b *Bench) done() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hasty && b.failed > 0 || b.ended != nil && b.ended()
}

// pick is a number of cases: few in the quick form, many in the full one.
func (b *Bench) pick(quick, full int) int {
	switch {
	case b.hasty:
		return quick/4 + 1
	case b.Full:
		return full
	}
	return quick
}

// rand is the named stream of random numbers of the seed.
func (b *Bench) rand(name string, args ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, name, args...)
	return rand.New(rand.NewPCG(b.Seed, h.Sum64()))
}

// say tells of long work.
func (b *Bench) say(format string, args ...any) {
	if b.Progress != nil {
		b.Progress(fmt.Sprintf(format, args...))
	}
}

// Scratch names a folder for Options.Dir: in memory where there is one, since
// no disk is under test.
func Scratch() (string, error) {
	if dir, err := os.MkdirTemp("/dev/shm", "maildrill-calibrate-"); err == nil {
		return dir, nil
	}
	return os.MkdirTemp("", "maildrill-calibrate-")
}
