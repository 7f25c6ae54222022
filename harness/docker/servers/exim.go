package servers

import (
	"strings"

	"maildrill/harness/topology"
)

// Files and folders of Exim, as Debian has them.
const (
	eximFile    = "/etc/exim4/exim4.conf"
	eximBoxFile = "/etc/exim4/mailboxes" // accounts, for lsearch
	eximLog     = "/var/log/exim4"
)

// eximCommand runs the daemon in the foreground with a queue runner (exim4(8)).
// It writes its log as its own user, who cannot open the container's output, so
// another program reads it aloud. A new volume belongs to root.
func eximCommand(c topology.Clock) []string {
	every := "30m" // as Debian starts it
	if c == topology.Drill {
		every = "2s"
	}
	return shell("chown Debian-exim: /var/spool/exim4 && : >" + eximLog + "/mainlog && chown Debian-exim " + eximLog + "/mainlog" +
		" && { tail -n +1 -f " + eximLog + "/mainlog & } && exec exim4 -bdf -q" + every)
}

// addExim makes an MX or a relay of Exim.
func addExim(c *Container, t topology.Topology, n topology.Node) error {
	data, err := transferOf(t, n, eximFile)
	if err != nil {
		return err
	}
	data.Mailboxes, data.Log = eximBoxFile, eximLog
	text, err := fill("exim4.conf", data)
	if err != nil {
		return err
	}
	c.Files[eximFile] = File{Content: []byte(text)}
	c.Files[eximBoxFile] = File{Content: []byte(lsearch(mailboxes(t, n)))}
	return nil
}

// lsearch writes a texthash as lsearch*@ wants it: a colon after each key, and a
// star for all of a domain (Exim specification, 9.3 and 9.6).
func lsearch(texthash string) string {
	var text strings.Builder
	for line := range strings.Lines(texthash) {
		key, value, _ := strings.Cut(line, " ")
		if strings.HasPrefix(key, "@") {
			key = "*" + key
		}
		text.WriteString(key + ": " + value)
	}
	return text.String()
}
