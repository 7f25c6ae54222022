package postfix

import (
	"strconv"
	"time"
)

// units of time parameters (postconf(5)); without one the unit is that of the
// parameter's default.
var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// Time is a parameter that is a time; false: it is none.
func (m Main) Time(name string) (time.Duration, bool) {
	unit := time.Second
	if d := defaults[name]; d != "" {
		unit = units[d[len(d)-1]]
	}
	return ofTime(m.Value(name), unit)
}

func ofTime(text string, unit time.Duration) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	if u, ok := units[text[len(text)-1]]; ok {
		unit, text = u, text[:len(text)-1]
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
