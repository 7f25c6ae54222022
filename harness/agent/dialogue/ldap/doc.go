// Package ldap plays LDAP (RFC 4511) between a client and a directory. Requests
// are handed on; of the answers, entries are held back or altered, or all comes
// late. A search that finds nothing is a success, which is what makes an empty
// directory worse than one that is down.
package ldap
