package rawsearch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
)

// Limits of a text, in bytes. A shorter one would be found by chance.
const (
	Shortest = 8
	Longest  = 1 << 10
)

// MaxTexts is how many texts one search takes.
const MaxTexts = 1 << 14

// bufferSize is how much of a file is in memory at a time.
const bufferSize = 256 << 10

// gram is how many bytes the search looks at to decide how far it may jump.
const gram = 3

// Search looks for many texts at once, in the way of Wu and Manber ("A fast
// algorithm for multi-pattern searching", 1994): it slides a window as long as
// the shortest text, looks at the last bytes of the window, and jumps as far as
// no text has them. It serves one goroutine.
type Search struct {
	window int              // length of the shortest text
	jump   [1 << 16]uint16  // by hash of a gram: how far the window may move
	ending map[uint16][]int // by hash: the texts whose window ends with that gram
	texts  [][]byte
	found  map[string]string
	buffer []byte
	most   int // length of the longest text
}

// New prepares a search.
func New(texts []string) (*Search, error) {
	if len(texts) > MaxTexts {
		return nil, fmt.Errorf("search for %d texts: at most %d are possible at once", len(texts), MaxTexts)
	}
	s := &Search{window: Longest, ending: map[uint16][]int{}, found: map[string]string{}}
	seen := map[string]bool{}
	for _, t := range texts {
		if len(t) < Shortest || len(t) > Longest {
			return nil, fmt.Errorf("search for %q: a text has %d to %d bytes", t, Shortest, Longest)
		}
		if !seen[t] {
			s.texts = append(s.texts, []byte(t))
			s.window, s.most = min(s.window, len(t)), max(s.most, len(t))
		}
		seen[t] = true
	}
	s.prepare()
	return s, nil
}

// prepare fills the tables.
func (s *Search) prepare() {
	for i := range s.jump {
		s.jump[i] = uint16(s.window - gram + 1)
	}
	for i, t := range s.texts {
		for end := gram; end <= s.window; end++ {
			h := hash(t[end-gram : end])
			s.jump[h] = min(s.jump[h], uint16(s.window-end))
		}
		h := hash(t[s.window-gram : s.window])
		s.ending[h] = append(s.ending[h], i)
	}
}

// hash tells grams apart, most of the time.
func hash(g []byte) uint16 {
	return uint16((uint32(g[0]) | uint32(g[1])<<8 | uint32(g[2])<<16) * 2654435761 >> 16)
}

// Done tells that every text was found: nothing more needs to be read.
func (s *Search) Done() bool { return len(s.found) == len(s.texts) }

// Found gives the path of the first file that each text was seen in.
func (s *Search) Found() map[string]string { return maps.Clone(s.found) }

// Read looks through a file to its end, or until every text was found. What
// was found before an error counts.
func (s *Search) Read(ctx context.Context, path string, file io.Reader) error {
	if s.buffer == nil {
		s.buffer = make([]byte, bufferSize)
	}
	for kept := 0; !s.Done(); {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := fill(file, s.buffer[kept:])
		text := s.buffer[:kept+n]
		s.scan(path, text)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		// A text may lie across the end of the buffer.
		kept = copy(s.buffer, text[len(text)-(s.most-1):])
	}
	return nil
}

// fill reads until the buffer is full. Other than io.ReadFull it tells the end
// of a file from a file that ended too soon.
func fill(file io.Reader, buffer []byte) (n int, err error) {
	for n < len(buffer) && err == nil {
		var more int
		more, err = file.Read(buffer[n:])
		n += more
	}
	return n, err
}

// scan looks through what is in memory.
func (s *Search) scan(path string, text []byte) {
	for end := s.window; end <= len(text); {
		h := hash(text[end-gram : end])
		if jump := int(s.jump[h]); jump > 0 {
			end += jump
			continue
		}
		for _, i := range s.ending[h] {
			if t := s.texts[i]; bytes.HasPrefix(text[end-s.window:], t) {
				s.note(string(t), path)
			}
		}
		end++
	}
}

func (s *Search) note(text, path string) {
	if _, known := s.found[text]; !known {
		s.found[text] = path
	}
}
