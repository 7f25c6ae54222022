// Package starttls makes connections private where a server wants that before it
// hears a password. Certificates are not verified: what a drill reads its mailboxes
// through is no user, and a bad certificate is what other probes look for.
package starttls
