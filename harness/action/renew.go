package action

import (
	"context"
	"fmt"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// CanRenew is the ability of [topology.Renewer].
const CanRenew faults.Ability = "renew"

// usualValid is for how long a public authority signs (Let's Encrypt).
const usualValid = 90 * 24 * time.Hour

var renewKind = Kind{
	ID: "renew-certificate", Title: "Renew a server's certificate", Aim: AtNodes, New: newRenew,
	Params: []faults.Param{
		{Name: "valid", Type: "duration", Default: "2160h", Doc: "from now until its end"},
		{Name: "hook", Type: "string", Default: "none", Doc: "for sh -c in the node after it, such as `doveadm reload`; it must end with 0. None: nobody tells the server"},
	},
	Needs: []faults.Ability{CanRenew},
	Does:  "a new key and a new certificate of the authority of all servers are written over those in the server's own file, as a client of ACME does (RFC 8555), then the hook runs; a server that is not told goes on with what it has loaded. A node that is made anew has its first certificate again",
}

// renew gives a node a new certificate.
type renew struct {
	valid time.Duration
	hook  string
}

func newRenew(decode func(any) error) (Action, error) {
	with := struct {
		Valid time.Duration `yaml:"valid"`
		Hook  string        `yaml:"hook"`
	}{Valid: usualValid}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.Valid < time.Second {
		return nil, fmt.Errorf("valid is %v; valid: one second or more, as certificates count in seconds", with.Valid)
	}
	return renew{with.Valid, strings.TrimSpace(with.Hook)}, nil
}

// Tells implements [Teller].
func (a renew) Tells(nodes string) string {
	then := "and nobody tells the server"
	if a.hook != "" {
		then = "then run " + a.hook
	}
	lasts := a.valid.String()
	if day := 24 * time.Hour; a.valid%day == 0 {
		lasts = fmt.Sprintf("%d days", a.valid/day)
	}
	return fmt.Sprintf("operators renew the certificate of %s for %s, %s", nodes, lasts, then)
}

// Needs implements [Needer].
func (a renew) Needs() []faults.Ability {
	if a.hook == "" {
		return nil
	}
	return []faults.Ability{CanScript}
}

// Check implements [Particular].
func (renew) Check(t topology.Topology, on []string) []Misfit {
	return refuse(t, on, func(n topology.Node) string {
		if !n.HasCertificate() {
			return "has no certificate of the drill's own: a Dovecot that offers imaps has one, and a Postfix that offers submission"
		}
		return ""
	})
}

func (a renew) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	n, err := find[topology.Renewer](s, node, "cannot be given a certificate")
	if err != nil {
		return Outcome{}, err
	}
	said, err := n.Renew(ctx, a.valid)
	if err != nil || a.hook == "" {
		return Outcome{Output: said}, err
	}
	out, err := runScript(ctx, s, node, a.hook, 0)
	out.Output = strings.TrimSuffix(said+"\n"+out.Output, "\n")
	return out, err
}
