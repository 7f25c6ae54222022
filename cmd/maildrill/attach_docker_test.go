package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/record"
)

// stack is a running project of one container, as Compose would have started it.
type stack struct{ container, network, volume string }

// startStack runs the equal of docker-mailserver.
func startStack(t *testing.T, args ...string) stack {
	t.Helper()
	s := stack{"maildrill-theirs-mailserver-1", "maildrill-theirs_default", "maildrill-theirs_mail"}
	t.Cleanup(s.remove)
	dockerSays(t, "network", "create", s.network)
	dockerSays(t, "volume", "create", s.volume)
	dockerSays(t, append(append([]string{"run", "--detach", "--name", s.container, "--network", s.network, "--network-alias", "mailserver", "--volume", s.volume + ":/var/mail",
		"--label", "com.docker.compose.project=maildrill-theirs", "--label", "com.docker.compose.service=mailserver",
		"--label", "maildrill.accounts.remove=while read -r address password; do sed -i \"/^$address|/d\" /tmp/docker-mailserver/postfix-accounts.cf; rm -rf /var/mail/${address#*@}; done; start.sh accounts",
		"--hostname", "mail.drill.test", "--restart", "unless-stopped"}, args...), "maildrill-test/docker-mailserver")...)
	return s
}

func (s stack) remove() {
	_ = exec.Command("docker", "rm", "--force", "--volumes", s.container).Run()
	_ = exec.Command("docker", "network", "rm", s.network).Run()
	_ = exec.Command("docker", "volume", "rm", "--force", s.volume).Run()
}

// files are digests of what is in the container and on its volume, logs and what runs
// aside.
func (s stack) files(t *testing.T) string {
	t.Helper()
	return dockerSays(t, "exec", s.container, "sh", "-c", "find /etc /usr/local /tmp/docker-mailserver /var/mail -type f ! -name '*.lock' ! -name vhost.db ! -name vmailbox.db -exec sha256sum {} + | sort -k 2")
}

// state is what the engine says of it.
func (s stack) state(t *testing.T) string {
	t.Helper()
	return dockerSays(t, "inspect", "--format", "{{.Id}} {{.Image}} {{.State.Running}} {{json .Config}} {{json .HostConfig}} {{json .Mounts}} {{json .NetworkSettings.Networks}}", s.container) +
		dockerSays(t, "network", "inspect", s.network) + dockerSays(t, "volume", "inspect", "--format", "{{.Driver}} {{.Labels}} {{.Mountpoint}} {{.Options}}", s.volume)
}

// TestDockerAttach plays a drill on a stack that runs, and leaves it as it was. What
// looks live is refused.
func TestDockerAttach(t *testing.T) {
	ref := serverImage(t, "postfix+dovecot")
	before := hostState(t)
	dockerSays(t, "build", "--tag", "maildrill-test/docker-mailserver", "--build-arg", "BASE="+ref, "testdata/compose/docker-mailserver/mailserver")
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "maildrill-test/docker-mailserver").Run() })
	binary, out := program(t), t.TempDir()
	t.Chdir(t.TempDir())
	attach := []string{"attach", "theirs", "--project", "maildrill-theirs", "--role", "mailserver=mx,submission,store", "--accounts", "mailserver=accounts.sh", "--for", "5s"}
	must(t, os.WriteFile("accounts.sh", []byte("while read -r address password; do\n  setup email update \"$address\" \"$password\" 2>/dev/null || setup email add \"$address\" \"$password\" || exit 1\ndone\n"), 0o600))

	for want, args := range map[string][]string{
		"no label maildrill.allow=true": {"--publish", "127.0.0.1:2525:25"},
		"publishes port 25":             {"--label", "maildrill.allow=true", "--publish", "2525:25"},
	} {
		s := startStack(t, args...)
		code, stdout, stderr := commanded(t, attach...)
		if code != exitUsage || !strings.Contains(stderr, want) || exists("theirs.yaml") || exists("theirs-mail.yaml") {
			t.Errorf("%v: exit %d, want a refusal that says %q:\n%s%s", args, code, want, stdout, stderr)
		}
		s.remove()
	}

	s := startStack(t, "--label", "maildrill.allow=true", "--publish", "127.0.0.1:2525:25")
	if code, _, stderr := commanded(t, append(attach, "--fault", "node.crash")...); code != exitInvalid || !strings.Contains(stderr, "runs already") || exists("theirs-mail.yaml") {
		t.Errorf("a fault that makes it anew: exit %d, a file is left: %v: %s", code, exists("theirs-mail.yaml"), stderr)
	}
	if code, stdout, stderr := commanded(t, attach...); code != exitPassed || !strings.Contains(stdout, s.container) {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := commanded(t, "run", "theirs.yaml", "--out", out); code != exitUsage || !strings.Contains(stderr, "node.freeze for 5s on mailserver") || !strings.Contains(stderr, "--yes") {
		t.Errorf("without a word: exit %d\n%s%s", code, stdout, stderr)
	}
	eventually(t, leaseAndWork, "the stack answers", func() bool {
		return exec.Command("docker", "exec", s.container, "doveadm", "service", "status", "imap").Run() == nil
	})
	state, files := s.state(t), s.files(t)
	said, _ := exec.Command(binary, "run", "theirs.yaml", "--yes", "--out", out).CombinedOutput()
	sound(t, keptRecords(t, out), 1)
	for _, r := range keptRecords(t, out) {
		if r.Dirty || r.Accounting.Lost > 0 || r.Verdict == record.Error {
			t.Errorf("%s, dirty %v (%s)", r.Verdict, r.Dirty, r.Reason)
		}
	}
	if now := s.state(t); now != state {
		t.Errorf("the engine says\n%s\nand said\n%s", now, state)
	}
	if now := s.files(t); now != files {
		t.Errorf("the files are\n%s\nand were\n%s", now, files)
	}
	if code, _, stderr := commanded(t, "up", "theirs-mail.yaml"); code != exitUsage || !strings.Contains(stderr, "attached to containers that run") {
		t.Errorf("up: exit %d %s", code, stderr)
	}
	s.remove()
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
	if t.Failed() {
		t.Logf("%s", said)
		logs, _ := filepath.Glob(filepath.Join(out, "*", "logs", "mailserver.log"))
		t.Log(logs)
	}
}
