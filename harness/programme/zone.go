package programme

import "time"

// Instant is the moment for which a time on the wall clock stands in a zone. A
// time that a change of the clocks leaves out stands for the first moment after
// the change, one that comes twice for the first of the two.
func Instant(wall time.Time, zone *time.Location) time.Time {
	before, after := offset(wall.Add(-24*time.Hour), zone), offset(wall.Add(24*time.Hour), zone)
	first, second := wall.Add(-before), wall.Add(-after)
	if second.Before(first) {
		first, second = second, first
	}
	for _, at := range []time.Time{first, second} {
		if Wall(at, zone).Equal(wall) {
			return at.In(zone)
		}
	}
	change, _ := second.In(zone).ZoneBounds()
	return change.In(zone)
}

// Wall is what a clock on the wall of a zone shows at a moment, as a time in UTC.
func Wall(at time.Time, zone *time.Location) time.Time {
	return at.UTC().Add(offset(at, zone))
}

func offset(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
