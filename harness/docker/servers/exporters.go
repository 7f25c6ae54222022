package servers

import (
	"fmt"
	"strings"

	"maildrill/harness/topology"
)

// exporterImage is the image of Postfix with exporters beside it.
const exporterImage = "postfix+exporters"

// addExporters starts, beside Postfix, the exporters that a monitor reads: of
// its queues (the socket of showq(8)) and of the node's disks.
func addExporters(c *Container, t topology.Topology, n topology.Node) error {
	var start []string
	if watchedBy(t, n, topology.PostfixMetrics) {
		// It wants a log to read, and counts what it finds there; the queues are
		// what it is here for.
		start = append(start, fmt.Sprintf("{ : >/var/log/exported.log; prometheus-postfix-exporter --web.listen-address=:%d "+
			"--postfix.showq_path=/var/spool/postfix/public/showq --postfix.logfile_path=/var/log/exported.log & }", portNumber(n, topology.PostfixMetrics)))
	}
	if watchedBy(t, n, topology.NodeMetrics) {
		start = append(start, fmt.Sprintf("{ prometheus-node-exporter --web.listen-address=:%d --log.level=error "+
			"--collector.disable-defaults --collector.filesystem & }", portNumber(n, topology.NodeMetrics)))
	}
	if len(start) == 0 {
		return nil
	}
	if n.Server != "postfix" {
		return fmt.Errorf("a monitor reads metrics of it, but only postfix has exporters beside it; watch its services instead")
	}
	c.ImageKind = exporterImage
	c.Command = shell("export GOMAXPROCS=1; " + strings.Join(append(start, "exec postfix start-fg"), "; "))
	return nil
}
