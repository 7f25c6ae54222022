package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const withParameters = `apiVersion: maildrill/v1
kind: Topology
metadata: {name: ours, title: Ours}
parameters:
  unknown: {default: "550", choices: ["550", "451"], about: what an unknown recipient is answered}
  volumes: {default: [{name: queue, path: /var/spool/postfix}], about: what outlives the processes}
  check: {default: 1s, about: time between two checks}
nodes:
  mx1:
    roles: [mx, store]
    mail: {domains: [drill.test], deliver_to: mx1}
    settings: {unknown_virtual_mailbox_reject_code: "@unknown@"}
    volumes: "@volumes@"
    files:
      /etc/check: |
        inter @check@ of u1@drill.test,u2@drill.test
zones:
  drill.test:
    - {type: MX, value: 10 mx1.drill.test.}
`

// onOurs is a scenario that stands on the topology above in a way.
func onOurs(t *testing.T, topology, text string) (*Document, Problems) {
	t.Helper()
	dir := t.TempDir()
	drill := strings.Replace(sample, "topology: primary-backup-mx", "topology: "+topology, 1)
	for name, content := range map[string]string{"ours.yaml": text, "drill.yaml": drill} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	doc, problems, err := Load(filepath.Join(dir, "drill.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return doc, problems
}

func TestAScenarioChoosesParameters(t *testing.T) {
	for name, c := range map[string]struct {
		topology, code, file string
		volumes              int
	}{
		"defaults": {"./ours.yaml", "550", "inter 1s of u1@drill.test,u2@drill.test\n", 1},
		"chosen":   {`{use: ./ours.yaml, with: {unknown: "451", check: 3s, volumes: []}}`, "451", "inter 3s of u1@drill.test,u2@drill.test\n", 0},
		"set":      {`{use: ./ours.yaml, set: {nodes.mx1.volumes: [], 'nodes.mx1.settings.unknown_virtual_mailbox_reject_code': "450"}}`, "450", "inter 1s of u1@drill.test,u2@drill.test\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			doc, problems := onOurs(t, c.topology, withParameters)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			top, _ := doc.ResolveTopology()
			n := top.Nodes[0]
			if got := n.Settings["unknown_virtual_mailbox_reject_code"]; got != c.code {
				t.Errorf("code %q, want %q", got, c.code)
			}
			if len(n.Volumes) != c.volumes || n.Files["/etc/check"] != c.file {
				t.Errorf("volumes %v, file %q", n.Volumes, n.Files["/etc/check"])
			}
			s := *doc.Scenario
			s.Topology = TopologyRef{Name: "ours", Inline: top}
			replay, err := Marshal(&s)
			if err != nil {
				t.Fatal(err)
			}
			if _, problems := Parse("replay.yaml", replay); len(problems) > 0 || strings.Contains(string(replay), "parameters:") {
				t.Errorf("the replay file: %v\n%s", problems, replay)
			}
		})
	}
}

func TestParametersThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct{ topology, from, to, want string }{
		"unknown":        {`{use: ./ours.yaml, with: {unknwon: "451"}}`, "", "", `drill.yaml:4:46: the topology has no parameter "unknwon"; did you mean "unknown"?`},
		"not a choice":   {`{use: ./ours.yaml, with: {unknown: "452"}}`, "", "", `drill.yaml:4:46: parameter "unknown": "452" is none of its choices; did you mean`},
		"a list in text": {`{use: ./ours.yaml, with: {check: [1s]}}`, "", "", `drill.yaml:4:44: parameter "check" stands inside of a text`},
		"wrong path":     {`{use: ./ours.yaml, set: {nodes..volumes: []}}`, "", "", `in ` + "`set`" + ` is no path`},
		"wrong value":    {`{use: ./ours.yaml, set: {nodes.mx1.queue: exim5}}`, "", "", `drill.yaml:4:53: unknown value "exim5"`},
		"no use":         {`{with: {unknown: "451"}}`, "", "", `unknown key "with"`},
		"undeclared":     {"./ours.yaml", "@check@", "@chekc@", `ours.yaml:15:19: unknown parameter "chekc"; did you mean "check"?`},
		"unused":         {"./ours.yaml", "@check@", "1s", `ours.yaml:7:3: parameter "check" is used nowhere`},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := onOurs(t, c.topology, strings.Replace(withParameters, c.from, c.to, 1))
			for _, p := range problems {
				if strings.Contains(p.Error(), c.want) {
					return
				}
			}
			t.Errorf("want %s, got %v", c.want, problems)
		})
	}
}
