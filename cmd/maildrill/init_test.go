package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func initiated(t *testing.T, terminal bool, answers string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, progress bytes.Buffer
	p := &process{Args: append([]string{"init"}, args...), Stdin: strings.NewReader(answers), Stdout: &out, Stderr: &progress, Terminal: terminal,
		Env: func(string) string { return "1" }, Width: func() int { return 80 }}
	code = p.run(t.Context())
	return code, out.String(), progress.String()
}

func TestInitWritesWhatIsValid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "drill.yaml")
	for name, c := range map[string]struct {
		terminal bool
		answers  string
		args     []string
		holds    []string
	}{
		"defaults":    {false, "", nil, []string{"topology: primary-backup-mx", "fault: node.crash", "on: mx1", "mx: 30s"}},
		"flags":       {false, "", []string{"--topology", "two-mx-haproxy", "--fault", "net.loss", "--on", "mx1-store1", "--with", "rate=20%", "--rto", "20s"}, []string{"rate: 20%", "on: mx1-store1", "observe: 30s"}},
		"answers":     {true, "single-server\nnode.freeze\n\n4s\n25s\n", nil, []string{"topology: single-server", "on: mail1", "for: 4s", "imap: 25s"}},
		"some of it":  {true, "node.stop\n", []string{"--topology", "two-mx-haproxy"}, []string{"topology: two-mx-haproxy", "fault: node.stop", "on: mx1"}},
		"momentary":   {false, "", []string{"--fault", "process.kill", "--with", "name=qmgr"}, []string{"name: qmgr"}},
		"name server": {false, "", []string{"--fault", "dns.servfail"}, []string{"on: dns1"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := initiated(t, c.terminal, c.answers, append(c.args, "drill", "--force", "--out", file)...)
			text, err := os.ReadFile(file)
			if code != 0 || err != nil || !strings.Contains(stdout, "maildrill validate "+file) {
				t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
			}
			for _, want := range c.holds {
				if !strings.Contains(string(text), want) {
					t.Errorf("%q is not in\n%s", want, text)
				}
			}
			if _, problems, err := compile(file, overrides{}, nil); err != nil || len(problems) > 0 {
				t.Errorf("%v %v", err, problems)
			}
		})
	}
}

func TestInitKeepsWhatIsThere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "drill.yaml")
	write(t, file, "mine")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a file":       {nil, exitUsage, "--force"},
		"a fault":      {[]string{"--force", "--fault", "node.crush"}, exitUsage, `did you mean "node.crash"?`},
		"a topology":   {[]string{"--force", "--topology", "two-mxs"}, exitUsage, "two-mxs"},
		"a node":       {[]string{"--force", "--on", "mx9"}, exitInvalid, `unknown node "mx9"`},
		"no parameter": {[]string{"--force", "--fault", "process.kill"}, exitInvalid, "name is missing"},
	} {
		code, _, stderr := initiated(t, false, "", append(c.args, "drill", "--out", file)...)
		if code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d: %s", name, code, stderr)
		}
		if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
			t.Errorf("%s: the file is now %q", name, text)
		}
	}
}
