package ledger

import (
	"fmt"
	"time"
)

// MarshalJSON writes decimal seconds with nine places.
func (s Seconds) MarshalJSON() ([]byte, error) {
	// The parts are negated one by one: the shortest time has no positive twin.
	sign, whole, part := "", int64(s)/int64(time.Second), int64(s)%int64(time.Second)
	if s < 0 {
		sign, whole, part = "-", -whole, -part
	}
	return fmt.Appendf(nil, "%s%d.%09d", sign, whole, part), nil
}

// UnmarshalJSON reads what MarshalJSON wrote, without rounding.
func (s *Seconds) UnmarshalJSON(b []byte) error {
	d, err := time.ParseDuration(string(b) + "s")
	if err != nil {
		return fmt.Errorf("seconds %q: %w", b, err)
	}
	*s = Seconds(d)
	return nil
}
