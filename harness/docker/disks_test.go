package docker

import (
	"maps"
	"strings"
	"testing"

	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// TestDisksAreTheVolumesWithASize: no other volume is a file system of its own.
func TestDisksAreTheVolumesWithASize(t *testing.T) {
	n := topology.Node{Volumes: []topology.Volume{
		{Name: "queue", Path: "/var/spool/postfix"},
		{Name: "mail", Path: "/srv/mail", Size: leastSize},
	}}
	got, err := disksOf(n)
	if want := map[string]string{"mail": "/srv/mail"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("disksOf = %v, %v; want %v", got, err, want)
	}
	n.Volumes[1].Size--
	if _, err := disksOf(n); err == nil || !strings.Contains(err.Error(), "volume mail: 16777215 bytes are too few") {
		t.Errorf("a byte less: %v", err)
	}
	if leastSize != scenarios.LeastDisk {
		t.Errorf("files are held to %d bytes, the runtime to %d", scenarios.LeastDisk, leastSize)
	}
}
