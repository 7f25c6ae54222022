package intake

import "strings"

// What becomes of a parameter of main.cf that cannot stand in a drill as it is. What
// is not here is taken over.
type fate struct {
	names []string // a name that ends with * stands for all that begin so
	means string
	quiet bool // it makes no difference to any verdict: not worth a line
}

var fates = []fate{
	{quiet: true, means: "where the host's programs are", names: []string{"command_directory", "daemon_directory", "data_directory", "queue_directory",
		"mail_owner", "setgid_group", "sendmail_path", "newaliases_path", "mailq_path", "html_directory", "manpage_directory", "sample_directory",
		"readme_directory", "shlib_directory", "meta_directory", "debug_peer_level", "debugger_command", "maillog_*", "syslog_*", "biff",
		"compatibility_level", "myhostname", "mydomain", "myorigin", "inet_protocols"}},
	{means: "the server listens to the drill's network, and its address is another", names: []string{"inet_interfaces", "proxy_interfaces", "smtp_bind_address*"}},
	{means: "no certificate and no key is copied; port 25 does not offer STARTTLS, so that a drill of TLS between servers is one of the library's (mx-store-tls)",
		names: []string{"smtpd_tls_*", "smtp_tls_*", "lmtp_tls_*", "tls_*", "smtpd_use_tls", "smtp_use_tls", "smtpd_enforce_tls", "smtp_enforce_tls"}},
	{means: "no password is copied; the stand-in for the smart host asks for none", names: []string{"smtp_sasl_*"}},
	{means: "users log in with passwords of the drill's, checked by its own Dovecot", names: []string{"smtpd_sasl_*", "broken_sasl_auth_clients", "cyrus_sasl_config_path"}},
	{means: "mail of system users is delivered as that of virtual ones, by LMTP: aliases, .forward and mailbox_command do nothing",
		names: []string{"mydestination", "local_transport", "local_recipient_maps", "mailbox_transport", "mailbox_command", "home_mailbox", "mail_spool_directory",
			"alias_maps", "alias_database", "forward_path", "recipient_delimiter", "fallback_transport", "luser_relay"}},
	{quiet: true, means: "worked out from them: who the recipients are and where their mail goes", names: []string{"virtual_mailbox_domains", "virtual_mailbox_base",
		"virtual_uid_maps", "virtual_gid_maps", "virtual_minimum_uid", "virtual_transport", "relay_domains", "relay_recipient_maps", "virtual_mailbox_limit"}},
	{means: "the recipients are those of the drill", names: []string{"virtual_mailbox_maps"}},
	{quiet: true, means: "worked out from it: the stand-in for the smart host", names: []string{"relayhost", "sender_dependent_relayhost_maps"}},
	{means: "a filter that is spoken to over SMTP is left out: mail is delivered as if it let everything pass", names: []string{"content_filter", "receive_override_options"}},
	{quiet: true, means: "worked out from them: the stand-in for the filter", names: []string{"smtpd_milters"}},
	{means: "mail of the host's own programs is not filtered; a drill has none", names: []string{"non_smtpd_milters"}},
	{means: "the drill's master.cf has no such service", names: []string{"cleanup_service_name", "smtpd_proxy_filter"}},
	{means: "it needs a program that is not in the drill", names: []string{"proxy_read_maps", "proxy_write_maps", "default_database_type", "address_verify_map", "postscreen_cache_map"}},
}

// fateOf finds what becomes of a parameter; nil: it is taken over.
func fateOf(name string) *fate {
	for i, f := range fates {
		for _, n := range f.names {
			if prefix, all := strings.CutSuffix(n, "*"); n == name || all && strings.HasPrefix(name, prefix) {
				return &fates[i]
			}
		}
	}
	return nil
}
