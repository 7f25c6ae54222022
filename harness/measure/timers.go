package measure

import (
	"maps"
	"slices"
	"strings"
)

// detectionTimers are those that the time of a detection rests on, by who has to
// notice: of a monitor (Prometheus, Alertmanager), and of a balancer's checks.
var detectionTimers = map[string][]string{
	"alert":    {"scrape_interval", "scrape_timeout", "evaluation_interval", "for", "group_wait", "group_interval"},
	"health":   {"inter", "fastinter", "downinter", "fall", "rise", "timeout check"},
	"failover": {"inter", "fall", "timeout connect", "smtp_connect_timeout", "DNS TTL"},
}

// resting says which configured timers the detection rests on, as they are
// recorded: by name, or after the name of a node ("lb1 inter"). Empty: none is
// known.
func resting(kind string, tuned map[string]string) string {
	var said []string
	for _, key := range slices.Sorted(maps.Keys(tuned)) {
		_, timer, _ := strings.Cut(key, " ")
		if slices.Contains(detectionTimers[kind], key) || slices.Contains(detectionTimers[kind], timer) {
			said = append(said, key+" "+tuned[key])
		}
	}
	if len(said) == 0 {
		return ""
	}
	return "; timers: " + strings.Join(said, ", ")
}
