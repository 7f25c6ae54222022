package docker

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/netip"
	"strings"

	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"

	"maildrill/harness/agent/sweep"
	"maildrill/harness/topology"
)

// subnet is the addresses of one run's network.
type subnet struct {
	v4 netip.Prefix
	v6 netip.Prefix // invalid without IPv6
}

// subnets is how many networks fit into 198.18.0.0/15, the range for tests of
// network devices (RFC 2544, appendix C.2.2): never routed on the Internet, and
// rare on office networks.
const subnets = 512

// candidate is the n-th subnet that a run tries. Runs begin at different
// places, so that two side by side seldom try the same.
func candidate(run string, n int, ipv6 bool) subnet {
	h := fnv.New64a()
	_, _ = h.Write([]byte(run))
	seed := h.Sum64()
	i := (seed + uint64(n)) % subnets
	s := subnet{v4: netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18 + byte(i>>8), byte(i), 0}), 24)}
	if ipv6 { // a unique local address (RFC 4193) of this run
		a := [16]byte{0: 0xfd, 6: byte(i >> 8), 7: byte(i)}
		for b := range 5 {
			a[1+b] = byte(seed >> (8 * b))
		}
		s.v6 = netip.PrefixFrom(netip.AddrFrom16(a), 64)
	}
	return s
}

// host gives a host's addresses, IPv4 first.
func (s subnet) host(number int) []netip.Addr {
	four := s.v4.Addr().As4()
	four[3] = byte(number)
	addrs := []netip.Addr{netip.AddrFrom4(four)}
	if s.v6.IsValid() {
		six := s.v6.Addr().As16()
		six[15] = byte(number)
		addrs = append(addrs, netip.AddrFrom16(six))
	}
	return addrs
}

// makeNetwork makes the run's network on the first subnet that is free, from
// the n-th candidate on: no route out, and no other run on it.
func makeNetwork(ctx context.Context, cli *client.Client, run string, t topology.Topology) (subnet, error) {
	var last error
	for n := range subnets {
		s := candidate(run, n, t.IPv6)
		if last = createNetwork(ctx, cli, run, s); last == nil {
			return s, nil
		}
		if !overlaps(last) {
			break
		}
	}
	return subnet{}, fmt.Errorf("make the drill's network: %w", last)
}

func createNetwork(ctx context.Context, cli *client.Client, run string, s subnet) error {
	ipam := []network.IPAMConfig{{Subnet: s.v4.String()}}
	if s.v6.IsValid() {
		ipam = append(ipam, network.IPAMConfig{Subnet: s.v6.String()})
	}
	v6 := s.v6.IsValid()
	_, err := cli.NetworkCreate(ctx, objectName(run), network.CreateOptions{
		Driver: "bridge", Internal: true, EnableIPv6: &v6,
		IPAM:   &network.IPAM{Driver: "default", Config: ipam},
		Labels: labels(run, "network"),
	})
	return err
}

// overlaps tells that the engine has the addresses in use; it has no code of
// its own for that.
func overlaps(err error) bool { return strings.Contains(err.Error(), "overlap") }

func labels(run, kind string) map[string]string {
	return map[string]string{sweep.Kind: kind, sweep.Run: run}
}

// endpoint puts a container on the run's network with the node's addresses.
func (l layout) endpoint(p planned) *network.NetworkingConfig {
	ip := &network.EndpointIPAMConfig{IPv4Address: p.addresses[0].String()}
	if len(p.addresses) > 1 {
		ip.IPv6Address = p.addresses[1].String()
	}
	return &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{
		objectName(l.run): {IPAMConfig: ip},
	}}
}
