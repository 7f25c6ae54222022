package dovecot

import (
	"strings"
	"testing"
)

var tree = map[string][]byte{
	"dovecot.conf": []byte(`protocols = imap lmtp   # two
!include_try /usr/share/dovecot/protocols.d/*.protocol
listen = *, ::
!include conf.d/*.conf
!include_try local.conf
mail_fsync = optimized
`),
	"conf.d/10-master.conf": []byte(`service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = 24
  }
  executable = lmtp \
    -L
}
protocol lmtp {
  mail_fsync = always
}
namespace inbox {
  prefix = "a # b"
}
`),
	"conf.d/10-auth.conf": []byte("!include auth.inc\n"),
	"conf.d/auth.inc":     []byte("passdb {\n  args = /etc/users\n}\n"),
}

func TestTree(t *testing.T) {
	c, mistakes := Parse(tree, "/etc/dovecot", "dovecot.conf")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if c.Value("protocols") != "imap lmtp" || c.Value("listen") != "*, ::" {
		t.Errorf("%+v", c.Settings)
	}
	if c.For("lmtp", "mail_fsync") != "always" || c.For("imap", "mail_fsync") != "optimized" {
		t.Errorf("mail_fsync: lmtp %q, imap %q", c.For("lmtp", "mail_fsync"), c.For("imap", "mail_fsync"))
	}
	lmtp := c.Find("service", "lmtp")
	if len(lmtp) != 1 || lmtp[0].Value("executable") != "lmtp -L" || lmtp[0].Find("inet_listener", "")[0].Value("port") != "24" || lmtp[0].Line != 1 {
		t.Errorf("%+v", lmtp)
	}
	if n := c.Find("namespace", "inbox"); len(n) != 1 || n[0].Value("prefix") != "a # b" {
		t.Errorf("%+v", n)
	}
	if p := c.Find("passdb", ""); len(p) != 1 || p[0].File != "conf.d/auth.inc" {
		t.Errorf("%+v", p)
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\nservice x {\n":          "f:2: the section service x is never closed",
		"}\n":                           "f:1: } without a section",
		"what is this\n":                `f:1: "what is this" is neither a setting nor a section`,
		"!include f\n":                  "f:1: files include each other without an end",
		"!include /somewhere/else.conf": "f:1: /somewhere/else.conf is outside of /etc/dovecot, and is not read",
		"\n!include /etc/dovecot/gone":  "f:2: /etc/dovecot/gone is not there",
		"!include ../../etc/shadow":     "f:1: ../../etc/shadow is outside of /etc/dovecot, and is not read",
	} {
		_, mistakes := Parse(map[string][]byte{"f": []byte(text)}, "/etc/dovecot", "f")
		if len(mistakes) == 0 || mistakes[len(mistakes)-1].Error() != want {
			t.Errorf("%q: %v, want %s", text, mistakes, want)
		}
	}
}

// TestNewSyntax reads what Dovecot 2.4 has: named filters, and lists in braces.
func TestNewSyntax(t *testing.T) {
	const text = `dovecot_config_version = 2.4.1
mail_driver = maildir
passdb static {
  password = secret
}
protocols {
  imap = yes
}
mailbox "Sent Messages" {
  special_use = \Sent
}
`
	c, mistakes := Parse(map[string][]byte{"f": []byte(text)}, "/etc/dovecot", "f")
	if len(mistakes) > 0 || c.Find("passdb", "static")[0].Value("password") != "secret" || c.Find("protocols", "")[0].Value("imap") != "yes" {
		t.Errorf("%v %+v", mistakes, c)
	}
	if m := c.Find("mailbox", "Sent Messages"); len(m) != 1 || m[0].Value("special_use") != `\Sent` {
		t.Errorf("%+v", m)
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range tree {
		f.Add(string(file))
	}
	f.Add("a = \"\n\\\n{\n" + strings.Repeat("x {\n", 40))
	f.Fuzz(func(_ *testing.T, text string) {
		Parse(map[string][]byte{"f": []byte(text)}, "/etc/dovecot", "f")
	})
}
