package channel

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"maildrill/scenarios"
)

func gameDay(t *testing.T, file string) scenarios.GameDay {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, problems := scenarios.Parse(file, src)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", file, problems)
	}
	return *d.GameDay
}

// TestTraps plants what game days fall into: the runbook in a wiki behind the
// dead directory, a pager by e-mail, a webhook in the broken zone.
func TestTraps(t *testing.T) {
	g := gameDay(t, "testdata/traps.yaml")
	found := Lint(g, RadiusOf(g.Breaks))
	var lines []string
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%s %s\n  %s\n  why: %s\n  instead: %s", f.Severity, f.Path, f.Problem, f.Why, f.Instead))
		if f.Problem == "" || f.Why == "" || f.Instead == "" {
			t.Errorf("it says too little: %+v", f)
		}
	}
	golden(t, "traps.txt", []byte(strings.Join(lines, "\n")+"\n"))
	for _, path := range []string{"plan.runbook", "plan.depends_on[0]", "channels[0].url", "channels[1].from", "roles[1].address"} {
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Path == path && f.Severity == Error }) {
			t.Errorf("the trap at %s is not found", path)
		}
	}
}

func TestACleanFileHasNoFindings(t *testing.T) {
	g := gameDay(t, "testdata/clean.yaml")
	if found := Lint(g, RadiusOf(g.Breaks)); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}

func TestLint(t *testing.T) {
	channel := func(c scenarios.Channel) scenarios.GameDay {
		c.ID = "c"
		return scenarios.GameDay{Channels: []scenarios.Channel{c}}
	}
	needs := func(on ...string) scenarios.GameDay { return channel(scenarios.Channel{Kind: "wall", DependsOn: on}) }
	hook := func(url string) scenarios.GameDay { return channel(scenarios.Channel{Kind: "webhook", URL: url}) }
	run := func(command ...string) scenarios.GameDay {
		return channel(scenarios.Channel{Kind: "exec", Command: command})
	}
	mail := func(server, from string) scenarios.GameDay {
		return channel(scenarios.Channel{Kind: "email", Provider: "P", Server: server, From: from})
	}
	plan := func(p scenarios.RecoveryPlan) scenarios.GameDay { return scenarios.GameDay{Plan: p} }
	people := func(kind string, addresses ...string) scenarios.GameDay {
		g := scenarios.GameDay{Channels: []scenarios.Channel{{ID: "a", Kind: kind, Provider: "P", Server: "x.example:465", From: "d@x.example"}, {ID: "wall", Kind: "wall"}}}
		for _, a := range addresses {
			g.Roles = append(g.Roles, scenarios.Role{Role: "player", Channel: "a", Address: a})
		}
		return g
	}
	const dependsOn, address = "channels[0].depends_on[0]", "roles[0].address"
	for _, c := range []struct {
		breaks string
		game   scenarios.GameDay
		want   string
	}{
		// What is declared.
		{"mail:drill.test", needs("mail:drill.test"), "error " + dependsOn},
		{"mail:Drill.test", needs("mail:it.drill.test."), "error " + dependsOn},
		{"mail:drill.test", needs("mail:mydrill.test"), ""},
		{"mail:it.drill.test", needs("mail:drill.test"), ""},
		{"mail:drill.test", needs("mail"), "error " + dependsOn},
		{"mail:drill.test", needs("webmail"), "error " + dependsOn},
		{"mail", needs("mail:drill.test"), "error " + dependsOn},
		{"dns:drill.test", needs("mail:drill.test"), "error " + dependsOn},
		{"dns:drill.test", needs("dns:chat.drill.test"), "error " + dependsOn},
		{"dns:chat.drill.test", needs("dns:drill.test"), "error " + dependsOn},
		{"dns:drill.test", needs("dns:other.test"), ""},
		{"dns:drill.test", needs("internal-dns"), "error " + dependsOn},
		{"node:mx1", needs("node:mx1"), "error " + dependsOn},
		{"node:mx1", needs("node:mx2"), ""},
		{"sso", needs("sso"), "error " + dependsOn},
		{"directory", needs("sso"), "error " + dependsOn},
		{"directory", needs("saml"), "error " + dependsOn},
		{"directory", needs("vpn"), "warning " + dependsOn},
		{"sso", needs("directory"), ""},
		{"directory", needs("telephone"), ""},
		// Where it is.
		{"dns:drill.test", hook("https://chat.drill.test/hook"), "error channels[0].url"},
		{"dns:drill.test", hook("https://CHAT.drill.test.:8443/hook"), "error channels[0].url"},
		{"dns:drill.test", hook("https://drill.test.example/hook"), ""},
		{"mail:drill.test", hook("https://chat.drill.test/hook"), ""},
		{"node:mx1", hook("https://mx1/hook"), "error channels[0].url"},
		{"node:mx1 mail:drill.test", hook("https://mx1.drill.test/hook"), "error channels[0].url"},
		{"node:mx1", hook("https://mx1.elsewhere.example/hook"), ""},
		{"node:192.0.2.1", hook("https://192.0.2.1/hook"), "error channels[0].url"},
		{"", hook("http://chat.example/hook"), "warning channels[0].url"},
		{"", hook("http://127.0.0.1:8080/hook"), ""},
		{"", hook("http://localhost/hook"), ""},
		{"", hook("http://[::1]/hook"), ""},
		{"", channel(scenarios.Channel{Kind: "webhook", Format: "slack", URL: "https://hooks.example/x"}), "warning channels[0].url"},
		{"", channel(scenarios.Channel{Kind: "webhook", Format: "slack", URLFrom: "env:X"}), ""},
		{"", channel(scenarios.Channel{Kind: "webhook", URLFrom: "env:X"}), "warning channels[0].url_from"},
		{"", channel(scenarios.Channel{Kind: "webhook", URLFrom: "env:X", DependsOn: []string{"internet"}}), ""},
		{"dns:drill.test", channel(scenarios.Channel{Kind: "ntfy", URL: "https://ntfy.drill.test", Room: "x"}), "error channels[0].url"},
		{"dns:drill.test", channel(scenarios.Channel{Kind: "matrix", URL: "https://m.drill.test", Room: "!x"}), "error channels[0].url"},
		// Programs.
		{"dns:drill.test", run("curl", "https://sms.drill.test/send"), "error channels[0].command[1]"},
		{"mail:drill.test", run("/usr/bin/page", "--to=pager@drill.test"), "error channels[0].command[1]"},
		{"mail:drill.test", run("/usr/sbin/sendmail", "-t"), "warning channels[0].command[0]"},
		{"mail:drill.test", run("/usr/bin/page"), ""},
		{"dns:drill.test", run("/usr/sbin/sendmail", "-t"), ""},
		// E-mail.
		{"mail:drill.test", mail("smtp.drill.test:465", "d@other.example"), "error channels[0].server"},
		{"mail:drill.test", mail("smtp.other.example:465", "d@drill.test"), "error channels[0].from"},
		{"dns:drill.test", mail("smtp.other.example:465", "d@drill.test"), "error channels[0].from"},
		{"node:mx1", mail("mx1:465", "d@other.example"), "error channels[0].server"},
		{"mail", mail("smtp.other.example:465", "d@other.example"), "error channels[0].kind"},
		{"mail:drill.test", mail("smtp.other.example:465", "d@other.example"), ""},
		// People.
		{"mail:drill.test", people("email", "a@drill.test"), "error " + address},
		{"mail:drill.test", people("email", "a@other.example"), ""},
		{"mail:drill.test", people("email", ""), "error " + address},
		{"mail:drill.test", people("exec", "a@drill.test"), "warning " + address},
		{"mail:drill.test", people("matrix", "@a:drill.test"), ""},
		{"", people("ntfy", "a", "b"), "warning roles"},
		{"", scenarios.GameDay{Roles: []scenarios.Role{{Role: "player", Name: "A"}}}, "warning roles[0]"},
		{"", scenarios.GameDay{Roles: []scenarios.Role{{Role: "player", Waived: "nobody is there"}}}, ""},
		// The runbook.
		{"dns:drill.test", plan(scenarios.RecoveryPlan{Runbook: "the wiki (https://wiki.drill.test/mail), and on paper"}), "error plan.runbook"},
		{"mail:drill.test", plan(scenarios.RecoveryPlan{Runbook: "shared folder of ops@drill.test"}), "error plan.runbook"},
		{"dns:drill.test", plan(scenarios.RecoveryPlan{Runbook: "on paper, in the red folder"}), ""},
		{"directory", plan(scenarios.RecoveryPlan{DependsOn: []string{"paper", "sso"}}), "error plan.depends_on[1]"},
	} {
		var got []string
		for _, f := range Lint(c.game, RadiusOf(strings.Fields(c.breaks))) {
			got = append(got, string(f.Severity)+" "+f.Path)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q is down, %+v: found %v, not %q", c.breaks, c.game.Channels, got, c.want)
		}
	}
}

func TestRadius(t *testing.T) {
	r := RadiusOf([]string{"mail:Drill.Test.", "mail:drill.test", "dns:z.test", "sso", "node:mx1", ""})
	r = r.And(RadiusOf([]string{"node:mx0", "sso", "pigeon:x"}))
	if got := fmt.Sprint(r); got != "{[drill.test] [z.test] [mx0 mx1] [pigeon:x sso]}" {
		t.Error(got)
	}
}
