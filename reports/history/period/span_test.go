package period

import (
	"testing"
	"time"
)

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func TestParse(t *testing.T) {
	var open time.Time
	for _, c := range []struct {
		text     string
		from, to time.Time
		ok       bool
	}{
		{"2026", date(2026, 1, 1), date(2027, 1, 1), true},
		{"2026-02", date(2026, 2, 1), date(2026, 3, 1), true},
		{"2028-02-29", date(2028, 2, 29), date(2028, 3, 1), true},
		{"2026-01..2026-12", date(2026, 1, 1), date(2027, 1, 1), true},
		{"2026-03-01..2026-03-31", date(2026, 3, 1), date(2026, 4, 1), true},
		{"2026-03-31..2026-03-31", date(2026, 3, 31), date(2026, 4, 1), true},
		{"2025..2026-03-31", date(2025, 1, 1), date(2026, 4, 1), true},
		{"2026-07..", date(2026, 7, 1), open, true},
		{"..2026-06", open, date(2026, 7, 1), true},
		{"..", open, open, true},
		{"", open, open, false},
		{"2026-13", open, open, false},
		{"2026-02-30", open, open, false},
		{"2026-12..2026-01", open, open, false},
		{"last year", open, open, false},
		{"2026...2027", open, open, false},
		{"2026-1", open, open, false},
	} {
		s, err := Parse(c.text)
		if (err == nil) != c.ok || !s.From.Equal(c.from) || !s.To.Equal(c.to) {
			t.Errorf("%q: %v to %v, %v", c.text, s.From, s.To, err)
		}
	}
}

func TestAsOf(t *testing.T) {
	now := date(2026, 11, 30)
	for text, want := range map[string]time.Time{"2026": now, "2026-07..": now, "..": now, "2025": date(2026, 1, 1), "2026-10": date(2026, 11, 1)} {
		s, err := Parse(text)
		if err != nil || !s.AsOf(now).Equal(want) {
			t.Errorf("%s: %v, want %v (%v)", text, s.AsOf(now), want, err)
		}
	}
	for text, want := range map[string]time.Time{"2026-06-30": date(2026, 7, 1), "2026": date(2027, 1, 1), "2026-06-30T12:00:00+02:00": time.Date(2026, 6, 30, 10, 0, 0, 0, time.UTC)} {
		if got, err := AsOf(text); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if _, err := AsOf("soon"); err == nil {
		t.Error("soon is a moment")
	}
}

func TestLengths(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{"90d": 90 * day, "1d": day, "36h": 36 * time.Hour, "0d": 0, "-3d": 0, "9999999d": 0, "": 0, "d": 0, "3 d": 0, "-1h": 0, "90": 0} {
		if got, err := Length(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{"30d": now.Add(-30 * day), "2026-03": date(2026, 3, 1), "2026-03-31": date(2026, 3, 31), "2026": date(2026, 1, 1)} {
		if got, err := Since(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := Since("then", now); err == nil {
		t.Error("then is a beginning")
	}
}

func TestReadIntervals(t *testing.T) {
	got, err := ReadIntervals([]string{"60d", "backup-restore=30d", "x=y=1d"})
	if err != nil || got.Of("other") != 60*24*time.Hour || got.Of("backup-restore") != 30*24*time.Hour || got.Of("x=y") != 24*time.Hour {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := ReadIntervals(nil); err != nil || got.Of("x") != 90*24*time.Hour {
		t.Errorf("%+v, %v", got, err)
	}
	for _, wrong := range []string{"", "x=", "=30d", "x=soon"} {
		if _, err := ReadIntervals([]string{wrong}); err == nil {
			t.Errorf("%q was accepted", wrong)
		}
	}
}
