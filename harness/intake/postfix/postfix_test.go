package postfix

import (
	"slices"
	"strings"
	"testing"
)

const sample = `# what postconf -n prints
myhostname = mail.example.org
mydomain=example.org
mydestination = $myhostname,
    # between the lines of one
    localhost.$mydomain localhost

relayhost = [smart.example.net]:587
relayhost =
empty =
twice = ${relayhost:{none}} ${mydomain?{yes $mydomain}:{no}} $(mydomain) $$x ${empty?never}
loop = $loop
level = ${{$compatibility_level} >= {3.6} ? {a} : {b}}
`

func TestParameters(t *testing.T) {
	m, mistakes := ParseMain("main.cf", []byte(sample))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for name, want := range map[string]string{
		"mydestination": "mail.example.org, localhost.example.org localhost", "relayhost": "",
		"twice": "none yes example.org example.org $x ", "myorigin": "mail.example.org",
		"maximal_backoff_time": "4000s", "unheard_of": "",
		"level": "${{$compatibility_level} >= {3.6} ? {a} : {b}}",
	} {
		if got := m.Value(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if s, ok := m.Written("relayhost"); !ok || s.Line != 9 {
		t.Errorf("relayhost = %+v, %v; want the second one", s, ok)
	}
	if got := m.Words("mydestination"); !slices.Equal(got, []string{"mail.example.org", "localhost.example.org", "localhost"}) {
		t.Errorf("words = %q", got)
	}
	if got := m.With([]Setting{{Name: "mydomain", Value: "b.example"}}).Value("mydestination"); !strings.Contains(got, "localhost.b.example") {
		t.Errorf("with an override: %q", got)
	}
	if m.Value("loop") != "$loop" {
		t.Errorf("loop = %q", m.Value("loop"))
	}
}

func TestMistakesHaveALine(t *testing.T) {
	m, mistakes := ParseMain("main.cf", []byte("good = 1\nno equals sign\n= 2\na b = 3\nlast = 4\n"))
	if len(mistakes) != 3 || mistakes[0].Error() != `main.cf:2: "no equals sign": there is no = after the name of the parameter` || m.Value("last") != "4" {
		t.Errorf("%v, last = %q", mistakes, m.Value("last"))
	}
	_, mistakes = ParseMaster("master.cf", []byte("smtp inet n - y\n"))
	if len(mistakes) != 1 || mistakes[0].Line != 1 {
		t.Errorf("%v", mistakes)
	}
}

const master = `
# service type  private unpriv  chroot  wakeup  maxproc command + args
smtp      inet  n       -       y       -       -       smtpd
submission inet n       -       y       -       10      smtpd
  -o syslog_name=postfix/submission
  -osmtpd_tls_security_level=encrypt
  -o { smtpd_relay_restrictions = permit_sasl_authenticated, reject }
  -v
scache    unix  -       -       n       -       1       scache
dovecot   unix  -       n       n       -       -       pipe
  flags=DRhu user=vmail argv=/usr/lib/dovecot/deliver -f ${sender}
`

func TestMaster(t *testing.T) {
	m, mistakes := ParseMaster("master.cf", []byte(master))
	if len(mistakes) > 0 || len(m.Services) != 4 {
		t.Fatalf("%v, %+v", mistakes, m.Services)
	}
	on := m.Listeners("smtpd")
	if len(on) != 2 || on[1].Name != "submission" || on[1].MaxProc != "10" || !on[1].Chroot || on[1].Private {
		t.Fatalf("%+v", on)
	}
	main := Main{}.With(on[1].Overrides)
	if got := main.Words("smtpd_relay_restrictions"); !slices.Equal(got, []string{"permit_sasl_authenticated", "reject"}) {
		t.Errorf("restrictions = %q", got)
	}
	if main.Value("smtpd_tls_security_level") != "encrypt" || !slices.Equal(on[1].Args, []string{"-v"}) {
		t.Errorf("%+v", on[1])
	}
	if s := m.Services[3]; s.Args[2] != "argv=/usr/lib/dovecot/deliver" || s.Line != 10 {
		t.Errorf("%+v", s)
	}
}

// FuzzParse: nothing a file can have in it makes the reader panic or go on for ever.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(master))
	f.Add([]byte("a = ${a?{${b:{$a}}\n b = ${"))
	f.Fuzz(func(_ *testing.T, src []byte) {
		m, _ := ParseMain("main.cf", src)
		for _, s := range m.Settings {
			m.Value(s.Name)
		}
		ParseMaster("master.cf", src)
	})
}
