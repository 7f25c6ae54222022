package measure

import (
	"fmt"
	"strings"
	"time"
)

// absence is what the instrument did to be able to say that a copy is
// nowhere. Each finding is empty when it holds, and says what is missing when
// it does not.
type absence struct {
	finalScan uint16 // 0: there was none

	unquiet    string // queues: not read, not empty, or read too late
	blind      string // queues that cannot be read at all
	unread     string // mailboxes that the final scans could not read
	unreadable string // messages in them that cannot be read
	disagree   string // the final two scans, or a copy that came after two had agreed
	silent     string // sentinels
	torn       string // the ledger
}

// proven tells whether a copy that was found nowhere is lost. A blind queue
// may always hold it.
func (a absence) proven() bool {
	return a.unquiet == "" && a.blind == "" && a.unread == "" && a.unreadable == "" && a.disagree == "" && a.silent == "" && a.torn == ""
}

// absence is what the first so many scans, and everything else, prove.
func (s *story) absence(torn string, scans int) absence {
	a := absence{torn: s.rules.torn(torn), unquiet: s.unquiet(scans), silent: s.silent()}
	if scans > 0 {
		a.finalScan = uint16(s.scans[scans-1].Scan)
	}
	if len(s.spec.BlindQueues) > 0 {
		a.blind = "the queue of " + strings.Join(s.spec.BlindQueues, ", ") + " cannot be read"
	}
	a.unread, a.disagree = s.scanned(scans)
	return a
}

// lastReading is the number of the last reading of the queues; 0: none.
func (s *story) lastReading() uint16 {
	last := 0
	for _, readings := range s.queues {
		for _, r := range readings {
			last = max(last, r.Reading)
		}
	}
	return uint16(last)
}

// finalPair is the last two of the first so many scans; they must agree.
func (s *story) finalPair(scans int) (first, second scanReading, ok bool) {
	if scans < 2 {
		return first, second, false
	}
	return s.scans[scans-2], s.scans[scans-1], true
}

// unquiet says which queue was not proven empty. The proof must be older than
// the final pair of scans: mail that leaves a queue between its mailbox's scan
// and the queue's reading would look lost.
func (s *story) unquiet(scans int) string {
	first, _, ok := s.finalPair(scans)
	if !ok {
		first.at = s.end
	}
	var said []string
	for _, node := range s.spec.QueueNodes {
		if why := s.rules.unquiet(s.queues[node], first.at); why != "" {
			said = append(said, node+": "+why)
		}
	}
	return strings.Join(said, "; ")
}

func unquiet(readings []queueReading, by time.Duration) string {
	if len(readings) == 0 {
		return "queue never read"
	}
	last := readings[len(readings)-1]
	switch {
	case last.Error != "":
		return "queue not readable: " + last.Error
	case last.Ours > 0:
		return fmt.Sprintf("%d copies still queued", last.Ours)
	}
	for _, r := range readings {
		if r.at <= by && r.Error == "" && r.Ours == 0 {
			return ""
		}
	}
	return "queue not read empty before the final scans"
}

// scanned says which mailboxes were not read, and whether the final two scans
// found the same.
func (s *story) scanned(scans int) (unread, disagree string) {
	first, second, ok := s.finalPair(scans)
	if !ok {
		return "", fmt.Sprintf("%d of 2 full scans were made", scans)
	}
	for _, r := range []scanReading{first, second} {
		switch {
		case len(r.Unread) > 0:
			unread = fmt.Sprintf("scan %d could not read %s", r.Scan, strings.Join(r.Unread, "; "))
		case r.Mailboxes == 0 || r.Mailboxes < s.spec.Mailboxes:
			unread = fmt.Sprintf("scan %d read %d of %d mailboxes", r.Scan, r.Mailboxes, s.spec.Mailboxes)
		}
	}
	if first.Digest != second.Digest || first.Digest == "" {
		disagree = fmt.Sprintf("scans %d and %d found different mail", first.Scan, second.Scan)
	}
	return unread, disagree
}

// silent says which sentinel did not arrive.
func (s *story) silent() string {
	if len(s.sentinels) == 0 {
		return "no sentinel was sent"
	}
	var said []string
	for _, path := range sortedKeys(s.sentinels) {
		m := s.sentinels[path]
		switch {
		case m.Error != "":
			said = append(said, path+": "+m.Error)
		case m.Arrived == 0:
			said = append(said, path+": did not arrive")
		}
	}
	return strings.Join(said, "; ")
}
