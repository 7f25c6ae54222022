package servers

import (
	"fmt"

	"maildrill/harness/topology"
)

// Files of Rspamd.
const (
	rspamdFile  = "/etc/rspamd/rspamd.conf"
	rspamdRules = "/etc/rspamd/drill.lua"
	rspamdTLDs  = "/etc/rspamd/domains"
)

// FilterMark is the header field that the filter adds to what it has looked at.
const FilterMark = "X-Filtered-By"

// addRspamd makes a milter that refuses GTUBE (spamassassin.apache.org/gtube),
// which stands for all spam, and marks everything else.
func addRspamd(c *Container, n topology.Node) error {
	if len(n.Settings) > 0 {
		return fmt.Errorf("settings: rspamd takes none; give %s in files", rspamdFile)
	}
	data := map[string]any{"Milter": port(n, topology.Milter), "Rules": rspamdRules, "TLDs": rspamdTLDs, "Mark": FilterMark, "Host": n.Host}
	for file, name := range map[string]string{rspamdFile: "rspamd.conf", rspamdRules: "rspamd.lua"} {
		text, err := fill(name, data)
		if err != nil {
			return err
		}
		c.Files[file] = File{Content: []byte(text)}
	}
	c.Files[rspamdTLDs] = File{Content: []byte("test\nexample\ninvalid\n")}
	return nil
}
