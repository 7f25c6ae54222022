package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// etc writes a configuration as a host has it, and gives its folder.
func etc(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	ourMain = `myhostname = mail.example.org
virtual_mailbox_domains = example.org
virtual_transport = lmtp:unix:private/dovecot-lmtp
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
milter_default_action = accept
smtpd_milters = inet:127.0.0.1:11332
`
	ourDovecot = "!include conf.d/*.conf\n"
)

func ourHost(t *testing.T) string {
	return etc(t, map[string]string{
		"postfix/main.cf": ourMain, "postfix/master.cf": "smtp inet n - y - - smtpd\n", "postfix/sasl_passwd": "x joe:geheim\n",
		"dovecot/dovecot.conf": ourDovecot, "dovecot/conf.d/10-mail.conf": "mail_location = maildir:~/Maildir\nmail_fsync = never\n",
		"dovecot/private/dovecot.key": "-----BEGIN PRIVATE KEY-----\n",
	})
}

// TestInitFromServers makes a topology and a drill of a host's folders, which are
// valid, are found wanting, and have no secret in them.
func TestInitFromServers(t *testing.T) {
	host := ourHost(t)
	t.Chdir(t.TempDir())
	code, stdout, stderr := commanded(t, "init", "ours", "--postfix", host+"/postfix", "--dovecot", host+"/dovecot")
	if code != exitPassed {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"mail (postfix+dovecot), filter1 (filter), mail domain example.org", "Not as on your servers", "smtpd_milters = inet:127.0.0.1:11332 -> the node filter1", "maildrill inspect ours-mail.yaml"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("init says nothing of %q:\n%s", want, stdout)
		}
	}
	for _, file := range []string{"ours.yaml", "ours-mail.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(text), "geheim") || strings.Contains(string(text), "PRIVATE") {
			t.Errorf("%s: %v\n%s", file, err, text)
		}
	}
	if code, stdout, stderr = commanded(t, "validate", "ours.yaml", "ours-mail.yaml"); code != exitPassed {
		t.Errorf("validate: exit %d\n%s%s", code, stdout, stderr)
	}
	if _, stdout, _ = commanded(t, "inspect", "ours-mail.yaml"); !strings.Contains(stdout, "LOSS  fsync-never") || !strings.Contains(stdout, "filter-fails-open") {
		t.Errorf("inspect:\n%s", stdout)
	}
	if code, _, stderr = commanded(t, "init", "ours", "--out", "other.yaml", "--postfix", host+"/postfix", "--dovecot", host+"/dovecot"); code != exitUsage || !strings.Contains(stderr, "ours-mail.yaml is there already") {
		t.Errorf("again: exit %d %s", code, stderr)
	}
}

// TestInitFromServersThatDoNotDo: what cannot be used is said, and nothing is left.
func TestInitFromServersThatDoNotDo(t *testing.T) {
	host := ourHost(t)
	t.Chdir(t.TempDir())
	for _, c := range []struct{ args, want string }{
		{"--postfix /nowhere/at/all", "no such file"},
		{"--postfix " + host, "there is no main.cf in it; name the folder that was /etc/postfix, or a file with the output of `postconf -n`"},
		{"--postfix " + host + "/postfix", "has no Dovecot: give its configuration with --dovecot"},
		{"--postfix " + host + "/postfix --dovecot " + host + "/dovecot --domain example.com", "delivers mail of example.org, not of example.com"},
		{"--postfix " + host + "/postfix --dovecot " + host + "/dovecot --fault node.crsh", `did you mean "node.crash"?`},
	} {
		code, stdout, stderr := commanded(t, append([]string{"init", "ours"}, strings.Fields(c.args)...)...)
		if code != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("init %s: exit %d, want %q in\n%s%s", c.args, code, c.want, stdout, stderr)
		}
		if left, _ := filepath.Glob("*"); len(left) > 0 {
			t.Errorf("init %s: left %v", c.args, left)
		}
	}
}

// trees are configurations as they stand on hosts, each with a planted defect.
var trees = []struct {
	name, finding string
	args          []string
}{
	{"debian", "LOSS  fsync-never", []string{"--postfix", "debian/postfix", "--dovecot", "debian/dovecot"}},
	{"backup-mx", "EXPOSURE  backup-mx-takes-anybody", []string{"--postfix", "mx1=debian/postfix", "--postfix", "mx2=backup-mx/postconf-n.txt", "--dovecot", "mx1=debian/dovecot"}},
	{"debian13", "BOUNCE  queue-gives-up-soon", []string{"--postfix", "debian13/postfix", "--dovecot", "debian13/dovecot"}},
}

// initTree makes a topology and a drill of a tree in the working folder.
func initTree(t *testing.T, testdata, name string, args []string) (said string) {
	t.Helper()
	code, stdout, stderr := commanded(t, append([]string{"init", name}, within(testdata, args)...)...)
	if code != exitPassed {
		t.Fatalf("%s: exit %d\n%s%s", name, code, stdout, stderr)
	}
	return stdout
}

// within puts the folder before every path.
func within(testdata string, args []string) (all []string) {
	for _, a := range args {
		node, file, named := strings.Cut(a, "=")
		switch {
		case strings.HasPrefix(a, "--"):
		case named:
			a = node + "=" + filepath.Join(testdata, file)
		default:
			a = filepath.Join(testdata, a)
		}
		all = append(all, a)
	}
	return all
}

func TestTreesOfServers(t *testing.T) {
	testdata, err := filepath.Abs("testdata/servers")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, tree := range trees {
		said := initTree(t, testdata, tree.name, tree.args)
		if strings.Contains(said, "could not be read") {
			t.Errorf("%s:\n%s", tree.name, said)
		}
		if code, stdout, stderr := commanded(t, "validate", tree.name+".yaml"); code != exitPassed {
			t.Errorf("%s: exit %d\n%s%s", tree.name, code, stdout, stderr)
		}
		own := append([]string{"inspect"}, within(testdata, tree.args)...)
		for _, args := range [][]string{{"inspect", tree.name + "-mail.yaml"}, own} {
			code, stdout, stderr := commanded(t, args...)
			if code != exitPassed || !strings.Contains(stdout, tree.finding) {
				t.Errorf("%v: exit %d, %s is not found in\n%s%s", args, code, tree.finding, stdout, stderr)
			}
			if strings.Contains(stdout, "on-no-volume") {
				t.Errorf("%v: a host keeps its files, and is told that it does not:\n%s", args, stdout)
			}
		}
	}
}
