package servers

import (
	"strings"
	"testing"
)

func TestOptionsOfAService(t *testing.T) {
	p := postfix{SMTP: 25, Submission: 587, AuthServer: "inet:store1:10001", Wakeup: "300"}
	text, err := fill("master.cf", p)
	if err != nil {
		t.Fatal(err)
	}
	main, options := split(map[string]string{"message_size_limit": "1", "submission/smtpd_client_restrictions": "permit_sasl_authenticated, reject", "smtp/smtpd_hard_error_limit": "3", "lmtp/lmtp_tls_loglevel": "1"})
	got, err := p.withOptions(text, options)
	if err != nil || len(main) != 1 {
		t.Fatal(err, main)
	}
	for service, want := range map[string]string{
		"587 inet": "  -o { smtpd_client_restrictions = permit_sasl_authenticated, reject }\n",
		"25 inet":  "  -o { smtpd_hard_error_limit = 3 }\n",
		"lmtp ":    "  -o { lmtp_tls_loglevel = 1 }\n",
	} {
		_, entry, _ := strings.Cut(got, "\n"+service)
		_, entry, _ = strings.Cut(entry, "\n")
		for rest := entry; ; {
			line, more, _ := strings.Cut(rest, "\n")
			if line+"\n" == want {
				break
			}
			if !strings.HasPrefix(line, " ") {
				t.Errorf("%s has not %q:\n%s", service, want, got)
				break
			}
			rest = more
		}
	}
	for _, wrong := range []string{"submissions/x", "nobody/x", "smtp/", "smtp/a b"} {
		if _, err := p.withOptions(text, map[string]string{wrong: "1"}); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}
