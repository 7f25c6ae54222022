// Package dovecot reads the configuration of a Dovecot, of 2.3 and of 2.4, with the
// files that it includes (https://doc.dovecot.org, "Configuration file syntax"). It
// asks no Dovecot and no network.
package dovecot
