package compose

import (
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// kind is what is known of an image.
type kind struct {
	image *regexp.Regexp // of the reference without registry, tag and digest
	roles []string
	queue string // how its queue is read
	spool string // where that is kept
	store string // where mailboxes are kept
	// accounts makes those of the drill, as its manual says.
	accounts string
	// configs are files that are put over the server's own, by where they are mounted.
	configs map[string]string
	port    int // of what others use it for
}

func image(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[/_-])(` + pattern + `)([/_-]|$)`)
}

// kinds is the table of images, whole systems first.
var kinds = []kind{{
	image: image("docker-mailserver"), roles: []string{"mx", "submission", "store"}, queue: "postfix", spool: "/var/mail-state/spool-postfix", store: "/var/mail",
	accounts: "while read -r address password; do\n  setup email update \"$address\" \"$password\" 2>/dev/null || setup email add \"$address\" \"$password\" || exit 1\ndone\n",
	configs:  map[string]string{"/tmp/docker-mailserver/dovecot.cf": "/etc/dovecot/dovecot.conf"},
}, {
	image: image("mailu/(admin)"), roles: []string{"other"},
	accounts: "while read -r address password; do\n  flask mailu password \"${address%@*}\" \"${address#*@}\" \"$password\" 2>/dev/null || flask mailu user \"${address%@*}\" \"${address#*@}\" \"$password\" || exit 1\ndone\n",
}, {
	image: image("mailu/(nginx|front)"), roles: []string{"balancer"},
}, {
	image: image("mailu/(postfix|smtp)"), roles: []string{"mx"}, queue: "postfix", spool: "/queue",
}, {
	image: image("mailu/(dovecot|imap)"), roles: []string{"store"}, store: "/mail",
	configs: map[string]string{"/overrides/dovecot.conf": "/etc/dovecot/dovecot.conf"},
}, {
	image: image("mailcow/postfix"), roles: []string{"mx", "submission"}, queue: "postfix", spool: "/var/spool/postfix",
}, {
	image: image("mailcow/dovecot"), roles: []string{"store"}, store: "/var/vmail",
	configs: map[string]string{"/etc/dovecot/extra.conf": "/etc/dovecot/dovecot.conf"},
}, {
	image: image("postfix.dovecot"), roles: []string{"mx", "submission", "store"}, queue: "postfix", spool: "/var/spool/postfix",
}, {
	image: image("postfix"), roles: []string{"mx"}, queue: "postfix", spool: "/var/spool/postfix",
}, {
	image: image("exim4?"), roles: []string{"mx"}, queue: "exim", spool: "/var/spool/exim4",
}, {
	image: image("opensmtpd|smtpd"), roles: []string{"mx"}, queue: "opensmtpd", spool: "/var/spool/smtpd",
}, {
	image: image("dovecot|cyrus"), roles: []string{"store"},
}, {
	image: image("rspamd|antispam"), roles: []string{"other"}, port: 11332,
}, {
	image: image("opendkim"), roles: []string{"other"}, port: 8891,
}, {
	image: image("clamd|clamav|antivirus"), roles: []string{"other"}, port: 3310,
}, {
	image: image("mysql|mariadb"), roles: []string{"other"}, port: 3306,
}, {
	image: image("postgres"), roles: []string{"other"}, port: 5432,
}, {
	image: image("redis|valkey|keydb"), roles: []string{"other"}, port: 6379,
}, {
	image: image("openldap|slapd"), roles: []string{"other"}, port: 389,
}, {
	image: image("unbound|bind9|dnsmasq"), roles: []string{"other"},
}}

// kindOf finds what is known of a service: by its image, else by the folder that
// its image is built from, else by its own name.
func kindOf(s types.ServiceConfig) kind {
	names := []string{bare(s.Image)}
	if s.Build != nil {
		names = append(names, strings.ToLower(s.Build.Context[strings.LastIndexByte(s.Build.Context, '/')+1:]))
	}
	for _, name := range append(names, s.Name) {
		for _, k := range kinds {
			if name != "" && k.image.MatchString(name) {
				return k
			}
		}
	}
	return kind{}
}

// bare is an image's name without tag and digest.
func bare(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if colon := strings.LastIndexByte(ref, ':'); colon > strings.LastIndexByte(ref, '/') {
		ref = ref[:colon]
	}
	return strings.ToLower(ref)
}

// labels of services that maildrill reads.
const (
	labelRole     = "maildrill.role"
	labelSite     = "maildrill.site"
	labelQueue    = "maildrill.queue"
	labelStore    = "maildrill.store"
	labelAccounts = "maildrill.accounts"
	labelRemove   = "maildrill.accounts.remove"
	labelLMTP     = "maildrill.lmtp"
	labelSMTP     = "maildrill.smtp"
	labelIMAP     = "maildrill.imap"
)

// portServices are what the ports of mail are called, and which role opens each.
var portServices = []struct {
	port          int
	service, role string
}{
	{25, "smtp", "mx"}, {587, "submission", "submission"}, {465, "submissions", "submission"},
	{143, "imap", "store"}, {993, "imaps", "store"}, {24, "lmtp", "store"}, {110, "pop3", "store"},
}

// rolesOf finds what a service does in the mail flow: what its owner says, what its
// image is known for, what its ports say.
func rolesOf(s types.ServiceConfig, k kind, told []string) []string {
	if told = toldRoles(s, told); len(told) > 0 {
		return told
	}
	if len(k.roles) > 0 {
		return withPorts(s, k)
	}
	var roles []string
	for _, p := range portServices {
		if slices.Contains(ports(s), p.port) && !slices.Contains(roles, p.role) {
			roles = append(roles, p.role)
		}
	}
	proxy := regexp.MustCompile(`nginx|haproxy|traefik|caddy|proxy`)
	switch {
	case len(roles) == 0:
		return []string{"other"}
	case proxy.MatchString(bare(s.Image)) || proxy.MatchString(s.Name):
		return []string{"balancer"}
	}
	return roles
}

// toldRoles are what somebody says, on the command line or in the service's label.
func toldRoles(s types.ServiceConfig, told []string) []string {
	if len(told) > 0 {
		return told
	}
	return strings.FieldsFunc(s.Labels[labelRole], func(r rune) bool { return r == ',' || r == ' ' })
}

// withPorts adds to what is known of an image that it takes mail from users too.
func withPorts(s types.ServiceConfig, k kind) []string {
	roles := slices.Clone(k.roles)
	open := ports(s)
	if slices.Contains(roles, "mx") && !slices.Contains(roles, "submission") && (slices.Contains(open, 587) || slices.Contains(open, 465)) {
		roles = append(roles, "submission")
	}
	return roles
}

// ports are those that a service listens to, as far as the file says.
func ports(s types.ServiceConfig) (open []int) {
	for _, p := range s.Ports {
		open = append(open, int(p.Target))
	}
	for _, e := range s.Expose {
		open = append(open, number(e))
	}
	return open
}
