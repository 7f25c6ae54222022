package servers

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"maildrill/harness/topology"
)

// Files of OpenSMTPD. Its mailboxes belong to the user of the system to whom mail
// is handed for LMTP.
const (
	smtpdFile    = "/etc/smtpd.conf"
	smtpdBoxFile = "/etc/smtpd/mailboxes"
	smtpdOwner   = "mail"
)

// smtpdCommand stays in the foreground and logs there (smtpd(8)). A new volume has
// not the mode that smtpd wants.
var smtpdCommand = shell("chmod 711 /var/spool/smtpd 2>/dev/null; exec smtpd -d -f " + smtpdFile)

// addOpenSMTPD makes an MX or a relay of OpenSMTPD (smtpd.conf(5)). When it tries
// again is built in: after ten seconds, forty, ninety.
func addOpenSMTPD(c *Container, t topology.Topology, n topology.Node) error {
	data, err := transferOf(t, n, smtpdFile)
	if err != nil {
		return err
	}
	data.Mailboxes = smtpdBoxFile
	text, err := fill("smtpd.conf", data)
	if err != nil {
		return err
	}
	c.Files[smtpdFile] = File{Content: []byte(text)}
	c.Files[smtpdBoxFile] = File{Content: []byte(strings.ReplaceAll(mailboxes(t, n), " x\n", ": "+smtpdOwner+"\n"))}
	return nil
}

// ParseSmtpctl reads what `smtpctl show queue` prints (smtpctl(8)): a line for
// each recipient, whose fields are separated by "|".
func ParseSmtpctl(out []byte) ([]topology.Queued, error) {
	var queued []topology.Queued
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Split(lines.Text(), "|")
		if len(fields) == 1 && strings.TrimSpace(fields[0]) == "" {
			continue
		}
		if len(fields) < 14 {
			return nil, fmt.Errorf("read the output of smtpctl: line %q", lines.Text())
		}
		created, err := strconv.ParseInt(fields[7], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read the output of smtpctl: %w", err)
		}
		queued = append(queued, topology.Queued{ID: fields[0], Queue: fields[11], Sender: fields[4], Recipient: fields[6],
			Reason: strings.Trim(fields[13], `"`), Arrived: time.Unix(created, 0)})
	}
	return queued, nil
}
