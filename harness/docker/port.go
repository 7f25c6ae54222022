package docker

import (
	"fmt"
	"strconv"

	"maildrill/harness/topology"
)

// portOf gives the port of a service: as the node says, else the well-known
// one; a decimal number is a service too.
func portOf(services map[topology.Service]int, service topology.Service) (uint16, error) {
	if port, ok := services[service]; ok {
		return uint16(port), nil
	}
	if port, ok := topology.DefaultPort[service]; ok {
		return uint16(port), nil
	}
	port, err := strconv.ParseUint(string(service), 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("unknown service %q", service)
	}
	return uint16(port), nil
}
