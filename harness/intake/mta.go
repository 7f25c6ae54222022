package intake

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/intake/postfix"
)

// takePostfix carries the parameters of main.cf over.
func (h *host) takePostfix() {
	if h.main == nil {
		return
	}
	h.node.Server, h.node.Host = "postfix", h.fqdn
	for _, s := range h.main.Settings {
		if f := fateOf(s.Name); f != nil {
			if !f.quiet {
				h.changed(Change{Where: at(s), What: s.Name, Was: guarded(s), Means: f.means})
			}
			continue
		}
		if value, ok := h.value(s); ok {
			h.node.Settings[s.Name] = value
		}
	}
	h.receives()
	h.listens()
	h.filters()
}

func at(s postfix.Setting) string { return fmt.Sprintf("%s:%d", mainFile, s.Line) }

// guarded is a value for people to read; one that may hold a secret is not shown.
func guarded(s postfix.Setting) string {
	if strings.Contains(s.Name, "sasl") || strings.Contains(s.Name, "password") {
		return "(not shown)"
	}
	return s.Value
}

// value carries the tables of a value over; false: nothing is left of it.
func (h *host) value(s postfix.Setting) (string, bool) {
	words := strings.FieldsFunc(s.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	lists := strings.Contains(s.Name, "restrictions") || strings.HasSuffix(s.Name, "_maps") || strings.HasSuffix(s.Name, "_checks")
	if !lists && !slices.ContainsFunc(words, isTable) {
		return s.Value, true
	}
	var kept []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "check_policy_service":
			i++
			h.changed(Change{Where: at(s), What: s.Name, Was: strings.Join(words[i-1:min(i+1, len(words))], " "), Means: "no policy server is asked: what it would refuse is taken"})
			continue
		case isTable(w):
			table, ok := h.table(s, w)
			if !ok {
				// A check without its table is none.
				if n := len(kept); n > 0 && strings.HasPrefix(kept[n-1], "check_") {
					kept = kept[:n-1]
				}
				continue
			}
			w = table
		}
		kept = append(kept, w)
	}
	return strings.Join(kept, ", "), len(kept) > 0 || s.Value == ""
}

// plainTables are kinds of tables whose text is in a file that can be read without
// postmap(1); indexed are those that are made from such a file.
var (
	plainTables = []string{"texthash", "regexp", "cidr", "pcre"}
	indexed     = []string{"hash", "btree", "lmdb", "cdb", "dbm", "sdbm"}
	asked       = []string{"ldap", "mysql", "pgsql", "sqlite", "memcache", "tcp", "socketmap", "nis", "nisplus", "netinfo"}
)

// isTable tells whether a word is a table: hash:/etc/postfix/virtual.
func isTable(word string) bool {
	kind, _, ok := strings.Cut(strings.TrimPrefix(word, "proxy:"), ":")
	return ok && slices.Contains(slices.Concat(plainTables, indexed, asked), kind)
}

// table carries one table over. An index becomes the text it is made from, which
// means the same (DATABASE_README).
func (h *host) table(s postfix.Setting, word string) (string, bool) {
	kind, path, _ := strings.Cut(strings.TrimPrefix(word, "proxy:"), ":")
	path = strings.ReplaceAll(path, "$config_directory", "/etc/postfix")
	gone := func(means string) (string, bool) {
		h.changed(Change{Where: at(s), What: s.Name, Was: word, Means: means})
		return "", false
	}
	switch {
	case slices.Contains(asked, kind):
		return gone("what " + kind + " would answer is not known here: the table is left out")
	case kind == "pcre":
		return gone("the drill's Postfix has no pcre: the table is left out; regexp tables are taken")
	}
	text, ok := h.Files[path]
	if !ok {
		return gone(path + " is not among the files: the table is left out")
	}
	if !strings.HasPrefix(path, "/etc/") {
		return gone("tables outside of /etc are not taken")
	}
	h.node.Files[path] = string(text)
	if slices.Contains(indexed, kind) {
		kind = "texthash"
	}
	return kind + ":" + path, true
}

// receives finds the domains that the host takes mail for, and where that goes.
func (h *host) receives() {
	for _, d := range slices.Concat(h.named("virtual_mailbox_domains"), h.named("mydestination")) {
		if d != "localhost" && !strings.HasPrefix(d, "localhost.") && d != h.fqdn && strings.Contains(d, ".") && !slices.Contains(h.domains, d) {
			h.domains = append(h.domains, d)
		}
	}
	if len(h.domains) == 0 && slices.Contains(h.named("mydestination"), h.fqdn) && h.dovecot != nil {
		h.domains = []string{h.fqdn} // user@mail.example.org
	}
	for _, d := range h.named("relay_domains") {
		if strings.Contains(d, ".") && !slices.Contains(h.domains, d) {
			h.node.Mail.RelayDomains = append(h.node.Mail.RelayDomains, strings.TrimPrefix(d, "."))
		}
	}
	if len(h.node.Mail.RelayDomains) > 0 && len(h.main.Words("relay_recipient_maps")) == 0 {
		h.node.Settings["relay_recipient_maps"] = "" // it takes mail for everybody, and so does the drill's
	}
	for _, name := range []string{"virtual_transport", "mailbox_transport", "local_transport"} {
		if transport, rest, _ := strings.Cut(h.main.Value(name), ":inet:"); transport == "lmtp" {
			h.hop = rest
			return
		}
	}
	if h.dovecot == nil || len(h.domains) == 0 {
		return
	}
	transport := h.main.Value("virtual_transport")
	h.changed(Change{Where: mainFile, What: "final delivery", Was: transport, Now: "lmtp to the Dovecot of the same host",
		Means: "mail reaches its mailbox by another way: what that program does with it (sieve, quotas of its own) is not seen"})
}

// named are the names of a list. Those that stand in a table whose text is known
// are read from there; patterns are left out.
func (h *host) named(parameter string) (names []string) {
	for _, w := range h.main.Words(parameter) {
		w = strings.ToLower(w)
		switch {
		case isTable(w):
			_, path, _ := strings.Cut(strings.TrimPrefix(w, "proxy:"), ":")
			for _, l := range strings.Split(string(h.Files[path]), "\n") {
				if f := strings.Fields(l); len(f) > 0 && !strings.HasPrefix(f[0], "#") && !strings.Contains(f[0], "@") && l[0] != ' ' && l[0] != '\t' {
					names = append(names, strings.ToLower(f[0]))
				}
			}
		case !strings.ContainsAny(w, ":/!$[]*"):
			names = append(names, w)
		}
	}
	return names
}

// listens gives the node its roles, as master.cf has them.
func (h *host) listens() {
	if len(h.domains)+len(h.node.Mail.RelayDomains) > 0 {
		h.node.Roles = append(h.node.Roles, "mx")
	}
	known := []string{"smtp", "smtps", "submission", "submissions", "25", "465", "587"}
	for _, s := range h.master.Listeners("smtpd") {
		port := s.Name[strings.LastIndex(s.Name, ":")+1:]
		if (port == "submission" || port == "587") && !slices.Contains(h.node.Roles, "submission") {
			h.node.Roles = append(h.node.Roles, "submission")
			own := h.main.With(s.Overrides)
			h.node.Mail.Auth = own.Value("smtpd_sasl_auth_enable") == "yes" && h.dovecot != nil
			if own.Value("smtpd_tls_auth_only") == "yes" || own.Value("smtpd_tls_security_level") == "encrypt" {
				h.node.Settings["smtpd_tls_auth_only"] = "yes"
			}
		}
		switch {
		case !slices.Contains(known, port) || port == "smtps" || port == "submissions" || port == "465":
			h.changed(Change{Where: fmt.Sprintf("%s:%d", masterFile, s.Line), What: "the entry of " + s.Name, Was: options(s),
				Means: "the drill's server listens to ports 25 and 587 alone"})
		default:
			h.options(s, port)
		}
	}
}

// options carries those of one service over.
func (h *host) options(s postfix.Service, port string) {
	service := "smtp"
	if port == "submission" || port == "587" {
		service = "submission"
	}
	for _, o := range s.Overrides {
		where := postfix.Setting{Name: o.Name, Value: o.Value, Line: s.Line}
		if f := fateOf(o.Name); f != nil {
			if !f.quiet && !slices.Contains(takenUp, o.Name) {
				h.changed(Change{Where: fmt.Sprintf("%s:%d", masterFile, s.Line), What: s.Name + " -o " + o.Name, Was: guarded(o), Means: f.means})
			}
			continue
		}
		if value, ok := h.value(where); ok {
			h.node.Settings[service+"/"+o.Name] = value
		}
	}
}

// takenUp are options that are worked out from them: whether users log in, and whether
// before that inside TLS.
var takenUp = []string{"smtpd_sasl_auth_enable", "smtpd_tls_auth_only", "smtpd_tls_security_level"}

func options(s postfix.Service) string {
	var all []string
	for _, o := range s.Overrides {
		all = append(all, o.Name+"="+guarded(o))
	}
	return strings.Join(all, " ")
}

// filters puts a stand-in in the place of milters.
func (h *host) filters() {
	if milters := h.main.Value("smtpd_milters"); milters != "" {
		h.changed(Change{Where: mainFile, What: "smtpd_milters", Was: milters, Now: "the node " + filterName,
			Means: "the filter is a stand-in that takes everything: what happens without it is seen, what it would refuse is not"})
	}
}
