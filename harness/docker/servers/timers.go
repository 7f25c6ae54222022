package servers

import (
	"regexp"
	"slices"
	"strings"

	"maildrill/harness/topology"
)

// timersIn finds the timers in the configurations of a kind of server, whoever
// wrote them: a name and its value. In haproxy.cfg the options of checks follow
// each other on one line (Configuration Manual, 5.2).
var timersIn = map[string]struct {
	files []string
	form  *regexp.Regexp
}{
	"haproxy": {[]string{haproxyFile},
		regexp.MustCompile(`(?m)\b(inter|fastinter|downinter|fall|rise|timeout connect|timeout check)[ \t]+(\S+)`)},
	"monitor": {[]string{prometheusFile, rulesFile, alertmanagerFile},
		regexp.MustCompile(`(?m)^\s*(scrape_interval|scrape_timeout|evaluation_interval|for|group_wait|group_interval):[ \t]*(\S+)`)},
	"postfix": {[]string{mainFile},
		regexp.MustCompile(`(?m)^(` + strings.Join(timerNames(), "|") + `) =[ \t]*(\S+)`)},
}

func timerNames() []string {
	var list []string
	for _, t := range drillTimers {
		list = append(list, t.Name)
	}
	return list
}

// timersOf are the timers of one node. Of Postfix they are those that differ
// from what the clock sets everywhere. A server without checks has none.
func timersOf(n topology.Node, files map[string]File, clock topology.Clock) map[string]string {
	kind, _, _ := strings.Cut(n.Server, "+")
	in, found := timersIn[kind], map[string]string{}
	for _, path := range in.files {
		for _, line := range strings.Split(string(files[path].Content), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			for _, m := range in.form.FindAllStringSubmatch(line, -1) {
				if kind != "postfix" || !slices.Contains(timers(clock), timer{m[1], m[2]}) {
					found[m[1]] = m[2]
				}
			}
		}
	}
	return found
}
