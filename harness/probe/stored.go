package probe

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"
)

// Stored counts the messages in every folder of every account, by STATUS
// alone (RFC 9051, section 6.3.11): nothing is opened and nothing is fetched,
// so that it may be asked while the system works. Any mailbox that does not
// answer is an error, because a sum without it says nothing.
func (s *Scanner) Stored(ctx context.Context) (int, error) {
	total := 0
	for _, store := range s.Stores {
		for _, a := range s.Accounts {
			m, err := login(ctx, s.Dialer, store, a)
			if err != nil {
				return 0, err
			}
			n, err := m.stored()
			m.close()
			if err != nil {
				return 0, fmt.Errorf("count the mail of %s at %s: %w", a.Address, store, err)
			}
			total += n
		}
	}
	return total, nil
}

func (m *mailbox) stored() (int, error) {
	names, err := m.names()
	if err != nil {
		return 0, err
	}
	total := 0
	for _, name := range names {
		status, err := m.client.Status(name, &imap.StatusOptions{NumMessages: true}).Wait()
		if err != nil {
			return 0, fmt.Errorf("ask for the status of %s: %w", name, err)
		}
		if status.NumMessages == nil {
			return 0, fmt.Errorf("the status of %s has no number of messages", name)
		}
		total += int(*status.NumMessages)
	}
	return total, nil
}
