package docker

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"maildrill/harness/docker/servers"
	"maildrill/harness/topology"
)

// statLimit bounds what a balancer may answer, in bytes.
const statLimit = 1 << 20

// behind is what a balancer's checks say of the nodes behind it; of servers
// with other names nobody knows which nodes they are. A node that is no
// balancer, or one with a configuration that cannot be asked, says nothing.
func (i *insides) behind(ctx context.Context) ([]topology.Checked, error) {
	if !i.planned.server.Stats {
		return nil, nil
	}
	stats, err := i.showStat(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask %s for the servers behind it: %w", i.Name(), err)
	}
	var said []topology.Checked
	for _, s := range stats {
		if _, known := i.system.layout.topology.Node(s.Server); known {
			said = append(said, topology.Checked{Node: s.Server, By: i.Name() + "/" + s.Proxy, Healthy: s.Up, Detail: s.Status + " " + s.Check})
		}
	}
	return said, nil
}

func (i *insides) showStat(ctx context.Context) ([]servers.BackendStat, error) {
	conn, err := i.system.Dial(ctx, i.Name(), topology.Service(strconv.Itoa(servers.StatsPort)))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, err
		}
	}
	if _, err := io.WriteString(conn, servers.ShowStat); err != nil {
		return nil, err
	}
	return servers.ParseStat(io.LimitReader(conn, statLimit))
}
