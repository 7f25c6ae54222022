package exercise

import (
	"fmt"
	"math"
	"time"
)

// stamp is a moment in UTC.
func stamp(at *time.Time) string {
	if at == nil || at.IsZero() {
		return "not known"
	}
	return at.UTC().Format("2006-01-02 15:04:05Z")
}

// clock is a moment of a day in UTC.
func clock(at time.Time) string { return at.UTC().Format("15:04:05Z") }

// length is a time as one reads it: "30m10s".
func length(seconds float64) string {
	const most = 1e9 // seconds, some thirty years
	if math.IsNaN(seconds) {
		return "not known"
	}
	return time.Duration(min(max(seconds, -most), most) * float64(time.Second)).Round(time.Second).String()
}

// between is how long it was from one moment to another.
func between(from, to *time.Time) string {
	if from == nil || to == nil {
		return "not known"
	}
	return length(to.Sub(*from).Seconds())
}

// since is a moment as the time since play began: "+5m0s".
func since(from *time.Time, at time.Time) string {
	if from == nil || from.IsZero() {
		return ""
	}
	if s := length(at.Sub(*from).Seconds()); s[0] == '-' {
		return s
	} else {
		return "+" + s
	}
}

// counted is a number of things: "1 check", "3 checks".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
