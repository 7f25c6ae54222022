package dialogue

import (
	"net"

	"maildrill/faults"
)

// IsVisit tells whether the drill itself is the client: a look that must meet
// the script for certain, and that counts for nobody's mail.
func IsVisit(client net.Conn) bool {
	at, ok := client.RemoteAddr().(*net.TCPAddr)
	return ok && at.Port >= int(faults.VisitorPorts[0]) && at.Port <= int(faults.VisitorPorts[1])
}
