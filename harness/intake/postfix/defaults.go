package postfix

// defaults are those of postconf(5) for the parameters that decide over mail, as
// Postfix 3.7 and 3.10 print them (postconf -d) at compatibility level 3.6.
var defaults = map[string]string{
	"myorigin": "$myhostname", "mydestination": "$myhostname, localhost.$mydomain, localhost",
	"inet_interfaces": "all", "inet_protocols": "all", "mynetworks_style": "host",
	"queue_directory": "/var/spool/postfix", "local_transport": "local:$myhostname",
	"virtual_transport": "virtual", "relay_transport": "relay", "default_transport": "smtp",
	"virtual_mailbox_domains": "$virtual_mailbox_maps", "virtual_alias_maps": "$virtual_maps", "virtual_alias_domains": "$virtual_alias_maps",
	"local_recipient_maps": "proxy:unix:passwd.byname $alias_maps", "smtp_fallback_relay": "$fallback_relay",

	"smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
	"smtpd_sasl_auth_enable":   "no", "smtpd_sasl_type": "cyrus", "smtpd_sasl_path": "smtpd",
	"smtpd_tls_key_file": "$smtpd_tls_cert_file", "smtpd_tls_auth_only": "no",

	"minimal_backoff_time": "300s", "maximal_backoff_time": "4000s", "queue_run_delay": "300s",
	"maximal_queue_lifetime": "5d", "bounce_queue_lifetime": "5d", "delay_warning_time": "0h",
	"smtp_connect_timeout": "30s", "smtp_helo_timeout": "300s", "smtp_data_done_timeout": "600s",
	"lmtp_connect_timeout": "0s", "lmtp_lhlo_timeout": "300s", "lmtp_data_done_timeout": "600s",
	"milter_connect_timeout": "30s", "milter_command_timeout": "30s", "milter_content_timeout": "300s",
	"milter_default_action": "tempfail",

	"soft_bounce": "no", "unknown_local_recipient_reject_code": "550", "unknown_virtual_mailbox_reject_code": "550",
	"unknown_relay_recipient_reject_code": "550",
	"message_size_limit":                  "10240000", "mailbox_size_limit": "51200000", "queue_minfree": "0",
	"default_process_limit": "100", "smtpd_client_connection_count_limit": "50", "smtpd_client_connection_rate_limit": "0",
	"notify_classes": "resource, software",
}
