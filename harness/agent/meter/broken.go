package meter

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"maildrill/harness/agent/enter"
)

// brokenDatagrams counts what the namespace has dropped for wrong checksums so far,
// by both versions of IP (proc(5), /proc/net/snmp).
func brokenDatagrams(namespace string) (n int, err error) {
	err = enter.Network(namespace, func() error {
		v4, err := os.ReadFile("/proc/thread-self/net/snmp")
		if err != nil {
			return fmt.Errorf("read the counters of UDP: %w", err)
		}
		v6, err := os.ReadFile("/proc/thread-self/net/snmp6")
		if err != nil && !os.IsNotExist(err) { // without IPv6 there is no such file
			return fmt.Errorf("read the counters of UDP: %w", err)
		}
		n = inColumns(string(v4), "Udp:", "InCsumErrors") + inLines(string(v6), "Udp6InCsumErrors")
		return nil
	})
	return n, err
}

// inColumns reads a value under its name: a line of names, then one of values.
func inColumns(text, protocol, name string) int {
	var names []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] != protocol:
		case names == nil:
			names = fields
		default:
			for i, n := range names {
				if n == name && i < len(fields) {
					v, _ := strconv.Atoi(fields[i])
					return v
				}
			}
		}
	}
	return 0
}

// inLines reads a value behind its name.
func inLines(text, name string) int {
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == name {
			v, _ := strconv.Atoi(fields[1])
			return v
		}
	}
	return 0
}
