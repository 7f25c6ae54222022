package chronicle

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// seconds gives a time in seconds, to a microsecond: figures need no more, and
// whole numbers of microseconds print short.
func seconds[T ~int64](t T) float64 {
	return float64(time.Duration(t).Round(time.Microsecond)/time.Microsecond) / 1e6
}

func pointer(v float64) *float64 { return &v }

func byTime(a, b float64) int { return cmp.Compare(a, b) }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
