package console

import (
	"crypto/sha256"
	"errors"
	"sync"
	"time"
)

// person is one who is logged in, or whom the proxy knows.
type person struct {
	Name string
	Role Role
	// Word is what the person's forms carry, so that no other page can send them.
	Word string
	// Gone is closed at log-out; nil: never. Until is when a live view has to end.
	Gone  chan struct{}
	Until time.Time
	token string // digest of the token
}

// mostSessions bounds what log-ins can take of memory.
const mostSessions = 2000

var errCrowded = errors.New("too many people are logged in: let somebody log out, or try again later")

// sessions are kept by the SHA-256 of the cookie, so that memory that leaks lets
// nobody in.
type sessions struct {
	mu   sync.Mutex
	byID map[[sha256.Size]byte]*person
}

// open makes a session and returns its cookie. When there is no room the oldest of
// the same token makes some: one who has a token cannot shut out the others.
func (s *sessions) open(p *person) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byID) >= mostSessions && !s.makeRoom(p.token) {
		return "", errCrowded
	}
	id := NewToken()
	p.Gone = make(chan struct{})
	s.byID[sha256.Sum256([]byte(id))] = p
	return id, nil
}

func (s *sessions) makeRoom(token string) bool {
	var oldest [sha256.Size]byte
	var found *person
	for id, p := range s.byID {
		if !time.Now().Before(p.Until) {
			s.drop(id)
		} else if p.token == token && (found == nil || p.Until.Before(found.Until)) {
			oldest, found = id, p
		}
	}
	if len(s.byID) < mostSessions {
		return true
	}
	if found == nil {
		return false
	}
	s.drop(oldest)
	return true
}

// find is the person of a cookie, nil if there is none or the time is over.
func (s *sessions) find(cookie string) *person {
	id := sha256.Sum256([]byte(cookie))
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byID[id]
	if p != nil && !time.Now().Before(p.Until) {
		s.drop(id)
		return nil
	}
	return p
}

func (s *sessions) close(cookie string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(sha256.Sum256([]byte(cookie)))
}

// drop ends a session, and the views that it has open. The lock is held.
func (s *sessions) drop(id [sha256.Size]byte) {
	if p := s.byID[id]; p != nil {
		close(p.Gone)
		delete(s.byID, id)
	}
}
