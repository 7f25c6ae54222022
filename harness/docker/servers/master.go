package servers

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// split tells parameters of main.cf from options of single services of master.cf,
// which are written SERVICE/NAME: "submission/smtpd_tls_security_level".
func split(settings map[string]string) (main, services map[string]string) {
	main, services = map[string]string{}, map[string]string{}
	for name, value := range settings {
		if strings.Contains(name, "/") {
			services[name] = value
		} else {
			main[name] = value
		}
	}
	return main, services
}

// withOptions adds options to entries of a master.cf (master(5), -o). The last one of a
// name counts, so that these come behind those of the entry itself.
func (p postfix) withOptions(master string, options map[string]string) (string, error) {
	lines := strings.Split(master, "\n")
	for _, key := range slices.Sorted(maps.Keys(options)) {
		service, name, _ := strings.Cut(key, "/")
		value := options[key]
		if strings.ContainsAny(name+value, "\r\n{}") || strings.ContainsAny(name, " =/") || name == "" {
			return "", fmt.Errorf("setting %q: a name and a value of one line each are wanted", key)
		}
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, p.entry(service)+" ") })
		if at < 0 {
			return "", fmt.Errorf("setting %q: master.cf has no service %s here", key, service)
		}
		for at++; at < len(lines) && strings.HasPrefix(lines[at], " "); {
			at++
		}
		lines = slices.Insert(lines, at, fmt.Sprintf("  -o { %s = %s }", name, value))
	}
	return strings.Join(lines, "\n"), nil
}

// entry is how master.cf names a service: those that listen by their ports.
func (p postfix) entry(service string) string {
	port := map[string]int{"smtp": p.SMTP, "submission": p.Submission, "submissions": p.Submissions}
	if n, listens := port[service]; listens {
		return strconv.Itoa(n)
	}
	return service
}
