package intake

import (
	"slices"
	"strings"
	"testing"

	"maildrill/scenarios"
)

const debianMain = `smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no
readme_directory = no
compatibility_level = 3.6
smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_security_level=may
smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = mail.example.org
alias_maps = hash:/etc/aliases
myorigin = /etc/mailname
mydestination = $myhostname, localhost.example.org, localhost
mynetworks = 127.0.0.0/8 [::1]/128
inet_interfaces = all
`

const debianMaster = `smtp      inet  n       -       y       -       -       smtpd
submission inet n       -       y       -       -       smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_security_level=encrypt
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o cleanup_service_name=subcleanup
10026     inet  n       -       y       -       -       smtpd
  -o content_filter=
pickup    unix  n       -       y       60      1       pickup
`

const virtual = `virtual_mailbox_domains = example.org
virtual_mailbox_maps = hash:/etc/postfix/vmailbox
virtual_alias_maps = hash:/etc/postfix/virtual, mysql:/etc/postfix/aliases.cf
virtual_transport = lmtp:unix:private/dovecot-lmtp
relayhost = [smtp.provider.example]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtpd_recipient_restrictions = reject_rbl_client zen.example.net, check_sender_access hash:/etc/postfix/blocked, check_policy_service unix:private/policy, check_client_access pcre:/etc/postfix/gone
smtpd_milters = inet:127.0.0.1:11332
milter_default_action = accept
maximal_queue_lifetime = 4h
`

const debianDovecot = `mail_location = mdbox:/var/vmail/%d/%n
mail_fsync = never
passdb {
  driver = sql
  args = /etc/dovecot/sql.conf
}
service imap-login {
  process_limit = 7
  executable = /bin/sh
}
`

func oneHost() Server {
	return Server{Files: map[string][]byte{
		mainFile: []byte(debianMain + virtual), masterFile: []byte(debianMaster),
		"/etc/postfix/virtual": []byte("info@example.org joe@example.org\n"), "/etc/postfix/blocked": []byte("spam@example.com REJECT\n"),
		"/etc/postfix/vmailbox": []byte("joe@example.org x\n"), "/etc/postfix/sasl_passwd": []byte("smtp.provider.example joe:geheim\n"),
		"/etc/dovecot/dovecot.conf": []byte(debianDovecot), "/etc/dovecot/sql.conf": []byte("connect = password=geheim\n"),
	}}
}

func TestOneHost(t *testing.T) {
	r, err := Translate("ours", "", []Server{oneHost()})
	if err != nil || len(r.Mistakes) > 0 {
		t.Fatal(err, r.Mistakes)
	}
	n := r.Topology.Nodes[0]
	if r.Topology.Domain != "example.org" || n.Name != "mail" || n.Host != "mail.example.org" || n.Server != "postfix+dovecot" ||
		!slices.Equal(n.Roles, []string{"mx", "submission", "store"}) || n.Mail.DeliverTo != "mail" || !n.Mail.Auth {
		t.Errorf("%+v", n)
	}
	for name, want := range map[string]string{
		"milter_default_action": "accept", "maximal_queue_lifetime": "4h", "dovecot.mail_fsync": "never", "dovecot.mail_location": "mdbox:~/mdbox",
		"virtual_alias_maps": "texthash:/etc/postfix/virtual", "relayhost": "[smtp.provider.example]", "smtpd_milters": "inet:filter1.example.org:8891",
		"smtpd_recipient_restrictions": "reject_rbl_client, zen.example.net, check_sender_access, texthash:/etc/postfix/blocked",
		"mydestination":                "", "smtpd_tls_cert_file": "", "readme_directory": "", "virtual_transport": "",
	} {
		if n.Settings[name] != want {
			t.Errorf("%s = %q, want %q", name, n.Settings[name], want)
		}
	}
	if n.Settings["submission/smtpd_client_restrictions"] == "" || n.Settings["smtpd_tls_auth_only"] != "yes" || n.Settings["submission/cleanup_service_name"] != "" {
		t.Errorf("the options of submission: %v", n.Settings)
	}
	if got := n.Files["/etc/dovecot/local.conf"]; got != "service imap-login {\n  process_limit = 7\n}\n" {
		t.Errorf("local.conf: %q", got)
	}
	if _, ok := r.Topology.Zones["zen.example.net"]; !ok || len(r.Topology.Zones["provider.example"]) != 1 {
		t.Errorf("zones: %+v", r.Topology.Zones)
	}
	text := valid(t, r)
	for _, secret := range []string{"geheim", "/bin/sh", "sasl_passwd"} {
		if strings.Contains(text, secret) {
			t.Errorf("the topology has %q", secret)
		}
	}
	said := told(r)
	for _, want := range []string{"smtpd_milters", "relayhost", "virtual_mailbox_maps", "check_policy_service", "mysql", "pcre", "passdb", "mydestination", "the entry of 10026", "cleanup_service_name"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing is said of %s", want)
		}
	}
	for _, quiet := range []string{"readme_directory", "geheim", "biff"} {
		if strings.Contains(said, quiet) {
			t.Errorf("%s is told", quiet)
		}
	}
}

// TestBackupMX is two hosts: the second passes mail on, for whatever recipient.
func TestBackupMX(t *testing.T) {
	backup := Server{Name: "mx2", Files: map[string][]byte{mainFile: []byte("myhostname = mx2.example.net\nrelay_domains = example.org\nmydestination =\n"), masterFile: []byte(debianMaster[:60])}}
	r, err := Translate("ours", "", []Server{oneHost(), backup})
	if err != nil {
		t.Fatal(err)
	}
	n := r.Topology.Nodes[1]
	recipients, given := n.Settings["relay_recipient_maps"]
	if n.Name != "mx2" || !slices.Equal(n.Mail.RelayDomains, []string{"example.org"}) || !given || recipients != "" {
		t.Errorf("%+v", n)
	}
	if mx := r.Topology.Zones["example.org"]; len(mx) != 2 || mx[0].Value != "10 mail.example.org." || mx[1].Value != "20 mx2.example.net." {
		t.Errorf("%+v", mx)
	}
	if !slices.ContainsFunc(r.Topology.Links, func(l scenarios.Link) bool { return l.Name == "mx2-mail" && l.Service == "smtp" }) {
		t.Errorf("%+v", r.Topology.Links)
	}
	valid(t, r)
}

// TestAStoreOfItsOwn is an MX that delivers over the network.
func TestAStoreOfItsOwn(t *testing.T) {
	mx := Server{Files: map[string][]byte{mainFile: []byte("myhostname = mx.example.org\nvirtual_mailbox_domains = hash:/etc/postfix/domains\nvirtual_transport = lmtp:inet:store.example.org:24\n"),
		masterFile: []byte(debianMaster[:60]), "/etc/postfix/domains": []byte("# ours\nexample.org x\n")}}
	store := Server{Files: map[string][]byte{"/etc/dovecot/dovecot.conf": []byte("hostname = store.example.org\nmail_location = maildir:~/Maildir\n")}}
	r, err := Translate("ours", "", []Server{mx, store})
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Topology.Nodes[0]; n.Mail.DeliverTo != "store" || n.Settings["virtual_transport"] != "lmtp:inet:store.example.org:24" {
		t.Errorf("%+v", n)
	}
	valid(t, r)
	if _, err := Translate("ours", "", []Server{mx}); err == nil || !strings.Contains(err.Error(), "store.example.org:24, which is none of the servers given") {
		t.Errorf("without its store: %v", err)
	}
}

func TestRefused(t *testing.T) {
	for want, s := range map[string]Server{
		"neither":                 {Name: "x", Files: map[string][]byte{"/etc/hosts": nil}},
		"no server delivers mail": {Files: map[string][]byte{mainFile: []byte("myhostname = a.example.org\n")}},
		"has no Dovecot":          {Files: map[string][]byte{mainFile: []byte("myhostname = a.example.org\nvirtual_mailbox_domains = example.org\n")}},
	} {
		if _, err := Translate("ours", "", []Server{s}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// valid writes the topology, and reads it back without a mistake.
func valid(t *testing.T, r Result) string {
	t.Helper()
	text, err := scenarios.MarshalTopology(&r.Topology)
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := scenarios.Parse("ours.yaml", text); len(problems) > 0 {
		t.Errorf("%v\n%s", problems, text)
	}
	return string(text)
}

func told(r Result) string {
	var b strings.Builder
	for _, c := range r.Changes {
		b.WriteString(strings.Join([]string{c.Node, c.Where, c.What, c.Was, c.Now, c.Means, "\n"}, " "))
	}
	return b.String()
}

// TestDovecot24 is a store of the next release: its settings have other names.
func TestDovecot24(t *testing.T) {
	store := Server{Name: "store", Files: map[string][]byte{"/etc/dovecot/dovecot.conf": []byte(`dovecot_config_version = 2.4.1
hostname = mail.example.org
mail_driver = sdbox
mail_path = ~/mail
mail_fsync = never
service imap-login {
  restart_request_count = 1
}
`), mainFile: []byte("myhostname = mail.example.org\nvirtual_mailbox_domains = example.org\n"), masterFile: []byte(debianMaster[:60])}}
	r, err := Translate("ours", "", []Server{store})
	if err != nil {
		t.Fatal(err)
	}
	n := r.Topology.Nodes[0]
	if n.Release != "trixie" || n.Settings["dovecot.mail_driver"] != "sdbox" || n.Settings["dovecot.mail_path"] != "~/sdbox" || n.Settings["dovecot.mail_fsync"] != "never" ||
		n.Settings["dovecot.mail_location"] != "" || !strings.Contains(n.Files["/etc/dovecot/local.conf"], "restart_request_count = 1") {
		t.Errorf("%+v", n)
	}
	valid(t, r)
}
