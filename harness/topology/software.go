package topology

import "strings"

// Software is what is known of a program that a server may be made of.
type Software struct {
	Name  string
	Queue string // how its queue is read; "": it has none
	// State is where it keeps what must outlive its processes, by the usual name
	// of the volume: "queue" or "mail".
	State map[string]string
}

// software is the table of all programs with a state.
var software = []Software{
	{"postfix", "postfix", map[string]string{"queue": "/var/spool/postfix"}},
	{"exim", "exim", map[string]string{"queue": "/var/spool/exim4"}},
	{"opensmtpd", "opensmtpd", map[string]string{"queue": "/var/spool/smtpd"}},
	{"chasquid", "chasquid", map[string]string{"queue": "/var/lib/chasquid"}},
	{"dovecot", "", map[string]string{"mail": "/srv/mail"}},
	{"cyrus", "", map[string]string{"mail": "/srv/mail"}},
}

// Runs lists the programs with a state that the node's server is made of.
func (n Node) Runs() []Software {
	var all []Software
	for _, name := range strings.Split(n.Server, "+") {
		for _, s := range software {
			if s.Name == name {
				all = append(all, s)
			}
		}
	}
	return all
}

// StatePath is where a volume of the name belongs on the node; "" if its server
// keeps nothing of that name.
func (n Node) StatePath(volume string) string {
	for _, s := range n.Runs() {
		if path := s.State[volume]; path != "" {
			return path
		}
	}
	return ""
}

// HasCertificate tells whether the node's server is given one: a Dovecot that
// offers imaps, a Postfix that takes mail from users, an image that is given it in files.
func (n Node) HasCertificate() bool {
	if len(n.Certificates) > 0 {
		return true
	}
	offers := func(s Service) bool { return n.Services[s] != 0 }
	for _, s := range n.Runs() {
		switch s.Name {
		case "dovecot":
			if offers(IMAPS) {
				return true
			}
		case "postfix":
			if n.Has(Submission) || offers(MSA) || offers(Submissions) {
				return true
			}
		}
	}
	return false
}
