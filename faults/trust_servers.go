package faults

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// software is what has to be known of a server to change its configuration.
type software struct {
	name, config, certificate string
	reload, check, version    []string // programs with their arguments
	// mistake is what a slip may add to the configuration.
	mistake string
}

// servers are those whose configuration can be changed: postfix(1), doveadm(1),
// haproxy(1).
var servers = []software{
	{
		name: "postfix", config: "/etc/postfix/main.cf", certificate: "/etc/postfix/tls.pem",
		reload: []string{"postfix", "reload"}, check: []string{"postfix", "check"}, version: []string{"postconf", "-h", "mail_version"},
		mistake: "smtpd_recipient_restrictions = reject",
	},
	{
		name: "dovecot", config: "/etc/dovecot/dovecot.conf", certificate: "/etc/dovecot/tls.pem",
		reload: []string{"doveadm", "reload"}, check: []string{"doveconf", "-n"}, version: []string{"dovecot", "--version"},
		mistake: "protocols {",
	},
	{
		name: "haproxy", config: "/etc/haproxy/haproxy.cfg", certificate: "/etc/haproxy/tls.pem",
		// As its service does (ExecReload of haproxy.service).
		reload: []string{"sh", "-c", "haproxy -q -c -f /etc/haproxy/haproxy.cfg && kill -USR2 1"}, check: []string{"haproxy", "-q", "-c", "-f", "/etc/haproxy/haproxy.cfg"},
		version: []string{"haproxy", "-v"},
		mistake: "maildrill",
	},
}

// softwareOf finds the software of the target to which a file belongs; without a
// file, the first that it runs of those with the names, or of all.
func softwareOf(t Target, file string, names ...string) (software, error) {
	p, ok := t.Peer(t.Node.Name())
	if !ok {
		return software{}, fmt.Errorf("%s is no node of the topology", t.Node.Name())
	}
	for _, s := range servers {
		runs := slices.Contains(strings.Split(p.Server, "+"), s.name) && (names == nil || slices.Contains(names, s.name))
		if runs && (file == "" || strings.HasPrefix(file, path.Dir(s.config)+"/")) {
			return s, nil
		}
	}
	if file != "" {
		return software{}, fmt.Errorf("nobody knows who of %s reads %s: Postfix, Dovecot and HAProxy are known by their folders in /etc", p.Server, file)
	}
	return software{}, fmt.Errorf("%s runs %s; the fault is about %s", p.Name, p.Server, cmp.Or(strings.Join(names, ", "), "postfix, dovecot, haproxy"))
}

// checkFile refuses what is no absolute path.
func checkFile(file string) error {
	if file != "" && (!path.IsAbs(file) || path.Clean(file) != file) {
		return fmt.Errorf("file is %q; valid: an absolute path", file)
	}
	return nil
}

// newSetting makes a fault that is one rule for one file of the target.
func newSetting(kind string, params any, spec func(Target) (SettingSpec, error), sees func(context.Context, Target, phase) (Evidence, error)) (Fault, error) {
	return newRuled(kind, params, &ruled{
		mechanism: Settings,
		place: func(t Target) ([]placed, error) {
			s, err := spec(t)
			if err != nil {
				return nil, err
			}
			return []placed{{t.Node, s}}, nil
		},
		sees:  sees,
		check: func(t Target) error { _, err := spec(t); return err },
	})
}

// own is an address of the target's own service.
func own(t Target, service string) (Visit, error) {
	p, _ := t.Peer(t.Node.Name())
	if port, ok := p.Services[service]; ok && len(p.Addresses) > 0 {
		return Visit{To: ports(p.Addresses, port)[0], Timeout: lookTime}, nil
	}
	return Visit{}, fmt.Errorf("no address is known of the service %s of %s", service, p.Name)
}
