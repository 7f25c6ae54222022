// Command scanmain reads a mailbox at an address as a drill does, into a ledger,
// and prints how that went, for the benchmark of package docker:
//
//	scanmain ADDRESS ACCOUNT PASSWORD FOLDER
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"

	"maildrill/harness/docker/testdata/scanmain/scan"
	"maildrill/harness/topology"
)

// at dials one address, whatever is asked for.
type at string

func (a at) Dial(ctx context.Context, _ string, _ topology.Service) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", string(a))
}

func main() {
	account := topology.Account{Address: os.Args[2], User: os.Args[2], Password: os.Args[3]}
	lap, err := scan.Read(context.Background(), at(os.Args[1]), "store1", account, os.Args[4])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(lap)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
