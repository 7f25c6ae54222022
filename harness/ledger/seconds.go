package ledger

import (
	"fmt"
	"strconv"
	"time"
)

// MarshalJSON writes decimal seconds with nine places.
func (s Seconds) MarshalJSON() ([]byte, error) { return s.append(nil), nil }

func (s Seconds) append(b []byte) []byte {
	// The parts are negated one by one: the shortest time has no positive twin.
	whole, part := int64(s)/int64(time.Second), int64(s)%int64(time.Second)
	if s < 0 {
		b, whole, part = append(b, '-'), -whole, -part
	}
	b = append(strconv.AppendInt(b, whole, 10), '.')
	digits := strconv.AppendInt(nil, int64(time.Second)+part, 10) // 1 and nine places
	return append(b, digits[1:]...)
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
