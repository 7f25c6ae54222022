package scenarios

import (
	"strings"
	"testing"
)

// TestRealDomains: names of the real world stand in a topology only if it says so.
func TestRealDomains(t *testing.T) {
	const text = `apiVersion: maildrill/v1
kind: Topology
metadata: {name: ours, title: Ours}
domain: example.org
real_domains: true
nodes:
  mx1: {roles: [mx, store], host: mail.example.org, mail: {domains: [example.org, example.com], deliver_to: mx1}}
zones:
  example.org:
    - {type: MX, value: 10 mail.example.org.}
  zen.dnsbl.example.net: []
`
	if _, problems := Parse("ours.yaml", []byte(text)); len(problems) > 0 {
		t.Errorf("with real_domains: %v", problems)
	}
	inline := "topology:\n  " + strings.ReplaceAll(strings.TrimSpace(strings.SplitN(text, "title: Ours}\n", 2)[1]), "\n", "\n  ")
	if _, problems := Parse("drill.yaml", []byte(strings.Replace(sample, "topology: primary-backup-mx", inline, 1))); len(problems) > 0 {
		t.Errorf("in a scenario: %v", problems)
	}
	_, problems := Parse("ours.yaml", []byte(strings.Replace(text, "true", "false", 1)))
	if len(problems) < 5 || !strings.Contains(problems[0].Message, "under .test") {
		t.Errorf("without: %v", problems)
	}
	_, problems = Parse("ours.yaml", []byte(strings.Replace(text, "host: mail.example.org", "host: 10.0.0.1", 1)))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "a domain such as example.org") {
		t.Errorf("an address for a name: %v", problems)
	}
}
