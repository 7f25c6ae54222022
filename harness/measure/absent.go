package measure

import "maildrill/harness/ledger"

// Absent lists accepted copies that no mailbox, no queue and no bounce accounts
// for, so that they can be looked for elsewhere while the system still stands;
// at most so many, and how many there are in all.
func Absent(h History, most int) (some []ledger.Copy, all int, err error) {
	q, err := examine(h, soundRules())
	if err != nil {
		return nil, 0, err
	}
	q.survey.each(func(k ledger.Copy, s *state) {
		if s.has(withdrawn) || s.submission() != ledger.Accepted || classify(*s, true) != lost {
			return
		}
		all++
		if len(some) < most {
			some = append(some, k)
		}
	})
	return some, all, nil
}
