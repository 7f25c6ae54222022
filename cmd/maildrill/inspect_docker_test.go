package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDockerInspectProject reads the containers of a project as they are, their own
// configuration too, and changes none of them.
func TestDockerInspectProject(t *testing.T) {
	ref := serverImage(t, "postfix")
	before := hostState(t)
	mta := createLabelled(t, "--label", "com.docker.compose.service=mta", "--hostname", "mx.example.org", "--expose", "25", "--env", "RELAY_PASSWORD=s3cret-of-theirs", ref, "true")
	store := createLabelled(t, "--label", "com.docker.compose.service=dovecot", "--volume", "/srv/vmail", "--expose", "143", "--restart", "always", ref, "true")
	folder := t.TempDir()
	for name, text := range map[string]string{
		"postfix/main.cf":      "myhostname = mx.example.org\nvirtual_mailbox_domains = example.org\nvirtual_transport = lmtp:inet:dovecot:24\n",
		"postfix/tls/key.pem":  "-----BEGIN PRIVATE KEY-----\n",
		"dovecot/dovecot.conf": "mail_location = maildir:/srv/vmail/%u\nmail_fsync = never\n",
	} {
		file := filepath.Join(folder, name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o700))
		must(t, os.WriteFile(file, []byte(text), 0o600))
	}
	dockerSays(t, "cp", filepath.Join(folder, "postfix")+"/.", mta+":/etc/postfix")
	dockerSays(t, "cp", filepath.Join(folder, "dovecot")+"/.", store+":/etc/dovecot")
	was := dockerSays(t, "inspect", mta, store)
	code, stdout, stderr := commanded(t, "inspect", "--project", "maildrill-theirs", "--role", "mta=mx", "--role", "dovecot=store")
	for _, id := range []string{"hop-by-container-name", "queue-on-no-volume", "fsync-never"} {
		if code != exitPassed || !strings.Contains(stdout, "  "+id+"\n") {
			t.Errorf("exit %d, %s is not found in\n%s%s", code, id, stdout, stderr)
		}
	}
	if strings.Contains(stdout, "store-on-no-volume") || strings.Contains(stdout, "s3cret") || strings.Contains(stdout, "not-looked-at") {
		t.Errorf("%s", stdout)
	}
	if now := dockerSays(t, "inspect", mta, store); now != was {
		t.Errorf("the containers are not as they were:\n%s\nand were\n%s", now, was)
	}
	if code, _, stderr := commanded(t, "inspect", "--project", "maildrill-their"); code != exitUsage || !strings.Contains(stderr, `did you mean "maildrill-theirs"`) {
		t.Errorf("exit %d: %s", code, stderr)
	}
	dockerSays(t, "rm", "--volumes", mta, store)
	if now := hostState(t); now != before {
		t.Errorf("the host has\n%s\nand had\n%s", now, before)
	}
}

// createLabelled makes a container of a project, and does not start it.
func createLabelled(t *testing.T, args ...string) string {
	t.Helper()
	id := dockerSays(t, append([]string{"create", "--label", "com.docker.compose.project=maildrill-theirs"}, args...)...)
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", "--volumes", id).Run() })
	return id
}

func dockerSays(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
